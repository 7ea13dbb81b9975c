"""The knowledge base as one process searches it: loaded whole at start, changed bit by bit after that."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.errors import NotTrained
from bot.training.encoding import texts_of
from bot.training.fingerprints import fingerprint
from knowledge.article import Article
from knowledge.segment import in_memory
from knowledge.shelves import Shelves
from storage import contradictions, library
from storage.loading import load_vectors

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from bot.ports import Encoder
    from bot.vocabulary import Vector
    from knowledge.segment import Indexing
    from knowledge.trust import Overruled
    from storage.database import Database
    from storage.library import Change, Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """The articles on the shelves, and how far they follow what is stored."""

    shelves: Shelves
    articles: Mapping[Key, Article]  #: Those on the shelves.
    fingerprints: Mapping[Key, str]  #: Theirs.
    revision: int  #: Of what is stored, where a librarian goes on who was given this.
    quarantined: frozenset[Key]  #: What was in quarantine at that revision.
    overruled: Overruled  #: Which articles each gives way to, because they contradict it.

    @property
    def fingerprint(self) -> str:
        """Changes with any article on the shelves."""
        return fingerprint(*sorted(self.fingerprints.values()))

    def changed(self, put: Sequence[Article], gone: Collection[Key], found: Mapping[str, Vector]) -> Knowledge:
        """Give the knowledge base with *put* on the shelves and without *gone*; *found* has the vectors of *put*.

        Takes its time, and belongs on a thread of its own.
        """
        articles = {key: article for key, article in self.articles.items() if key not in gone}
        fingerprints = {key: known for key, known in self.fingerprints.items() if key not in gone}
        return replace(
            self,
            shelves=self.shelves.changed(put, gone, found),
            articles=articles | {key_of(article): article for article in put},
            fingerprints=fingerprints | _fingerprints(put),
        )


async def load_knowledge(database: Database, encoder: Encoder, indexing: Indexing = in_memory) -> Knowledge:
    """Put the stored articles that may be searched on shelves. Raises NotTrained where none has vectors, StorageDown.

    Articles whose vectors are not complete are left for later: the revision stays behind the first of them.
    """
    async with database.begin() as connection:
        changes = await library.changes_since(connection, 0)
        quarantined = frozenset(await library.quarantined_articles(connection))
        overruled = await contradictions.overruled(connection)
        wanted = await asyncio.to_thread(_searchable, changes, quarantined)
        texts = await asyncio.to_thread(texts_of, [article for _, article in wanted])
    matrix, stored = await asyncio.to_thread(load_vectors, database, encoder, texts)
    found = {text: vector for text, vector, there in zip(texts, matrix, stored, strict=True) if there}
    ready = [article for _, article in wanted if found.keys() >= set(texts_of([article]))]
    if not ready:
        raise NotTrained("The knowledge base is not indexed for this encoder; run `heed index` first.")
    known = _fingerprints(ready)
    late = (revision - 1 for revision, article in wanted if key_of(article) not in known)
    return Knowledge(
        shelves=await asyncio.to_thread(Shelves.of, ready, found, indexing),
        articles={key_of(article): article for article in ready},
        fingerprints=known,
        revision=min(late, default=changes[-1].revision),
        quarantined=quarantined,
        overruled=overruled,
    )


def key_of(article: Article) -> Key:
    """Give the id and the language of *article*."""
    return article.id, article.language


def _fingerprints(articles: Sequence[Article]) -> dict[Key, str]:
    return {key_of(article): article.fingerprint for article in articles}


def _searchable(changes: Sequence[Change], quarantined: Collection[Key]) -> list[tuple[int, Article]]:
    """Give what may be searched today, each with its revision."""
    today = datetime.now(UTC).date()
    stored = [
        (change.revision, Article.from_document(change.document))
        for change in changes
        if change.document is not None and change.key not in quarantined
    ]
    return [(revision, article) for revision, article in stored if article.searchable_on(today)]
