"""Brings the stored knowledge base in line with its files, and its vectors in line with the encoder."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog

from bot.errors import DataError
from bot.training.encoding import encode_missing, texts_of
from bot.training.progress import Progress, silent
from knowledge.article import FILES, Article, read_library
from knowledge.trust import find_contradictions
from storage import contradictions, library, vectors

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bot.ports import Encoder
    from bot.settings import Settings
    from knowledge.article import Library
    from storage.database import Database
    from storage.library import Key

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """What an indexing run did."""

    articles: int  #: That are stored now, imported ones included.
    changed: int  #: Added, changed or removed.
    passages: int
    encoded: int  #: Passages whose vector was not stored yet.
    contradictions: int  #: Pairs of articles that answer the same question differently.
    problems: tuple[DataError, ...]  #: Files that were left out, and why.


async def index(settings: Settings, database: Database, encoder: Encoder, progress: Progress = silent) -> Indexed:
    """Store what changed in the Markdown files, and a vector of *encoder* for every passage that has none.

    Imported articles are encoded too and otherwise left alone, and so are quarantines and the vectors of other
    encoders. Raises DataError, StorageDown.
    """
    read = await asyncio.to_thread(read_library, settings.data.articles)
    changed, taken = await _store(database, read)
    problems = (*read.problems, *(_taken(settings.data.articles, key) for key in sorted(taken)))
    for problem in problems:
        log.warning("article left out", problem=str(problem))
    articles = await stored_articles(database)
    texts = await asyncio.to_thread(texts_of, articles)
    encoded = await encode_missing(database, encoder, texts, progress)
    return Indexed(
        articles=len(articles),
        changed=changed,
        passages=len(texts),
        encoded=encoded,
        contradictions=await _contradictions(database, encoder, articles),
        problems=problems,
    )


async def _contradictions(database: Database, encoder: Encoder, articles: Sequence[Article]) -> int:
    """Find out which articles contradict each other, store it for people to settle, and give how many pairs."""
    today = datetime.now(UTC).date()
    asked = [article for article in articles if article.question and article.searchable_on(today)]
    texts = list(dict.fromkeys(text for article in asked for text in (article.question, *article.ask)))
    async with database.begin() as connection:
        known = await vectors.find_vectors(connection, texts, model=encoder.name, revision=encoder.revision)
    found = await asyncio.to_thread(find_contradictions, asked, known)
    async with database.begin() as connection:
        await contradictions.put_all(connection, [pair.to_row() for pair in found])
    return len(found)


async def drop_former_vectors(database: Database, encoder: Encoder) -> int:
    """Drop the vectors of other encoders once every stored passage has one of *encoder*; give how many they were.

    To be called after training: until then a process may still be started with the former encoder. Raises StorageDown.
    """
    names = {"model": encoder.name, "revision": encoder.revision}
    async with database.begin() as connection:
        if not await vectors.other_models(connection, **names):
            return 0
    texts = await asyncio.to_thread(texts_of, await stored_articles(database))
    async with database.begin() as connection:
        if await vectors.missing_texts(connection, texts, **names):
            return 0
        return await vectors.drop_other_models(connection, **names)


async def stored_articles(database: Database) -> list[Article]:
    """Give all stored articles, those in quarantine with its reason. Raises StorageDown."""
    async with database.begin() as connection:
        documents = await library.article_documents(connection)
    return await asyncio.to_thread(lambda: [Article.from_document(document) for document in documents])


async def _store(database: Database, read: Library) -> tuple[int, frozenset[Key]]:
    """Give how many articles changed, and the keys that an article of another origin has."""
    wanted = {(article.id, article.language): article for article in read.articles}
    async with database.begin() as connection:
        stored = await library.article_fingerprints(connection, FILES)
        changed = [article for key, article in wanted.items() if stored.get(key) != article.fingerprint]
        taken = await library.put_articles(connection, [article.to_row() for article in changed])
        gone = stored.keys() - wanted.keys()
        await library.drop_articles(connection, gone)
    return len(changed) - len(taken) + len(gone), taken


def _taken(folder: Path, key: Key) -> DataError:
    name, language = key
    return DataError(
        "an imported article has its id.", file=str(folder / language / f"{name}.md"), remedy="Give it another id."
    )
