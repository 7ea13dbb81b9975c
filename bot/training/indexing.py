"""Brings the stored knowledge base in line with its files, and loads it for searching."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import structlog

from bot.errors import DataError, NotTrained
from bot.training.fingerprints import fingerprint
from bot.training.progress import CHUNK, Progress, silent
from knowledge.article import Article, read_library
from knowledge.passages import split
from knowledge.shelves import Shelves
from storage import library

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.ports import Encoder
    from bot.settings import Settings
    from storage.database import Database

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """What an indexing run did."""

    articles: int
    changed: int  #: Added, changed or removed.
    passages: int
    encoded: int  #: Passages whose vector was not stored yet.
    problems: tuple[DataError, ...]  #: Files that were left out, and why.


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """The knowledge base as it is searched."""

    shelves: Shelves
    fingerprint: str  #: Of the articles on the shelves.


async def index(settings: Settings, database: Database, encoder: Encoder, progress: Progress = silent) -> Indexed:
    """Bring the stored articles and vectors in line with the Markdown files. Raises DataError, StorageDown."""
    read = await asyncio.to_thread(read_library, settings.data.articles)
    for problem in read.problems:
        log.warning("article left out", problem=str(problem))
    wanted = {(article.id, article.language): article for article in read.articles}
    async with database.begin() as connection:
        stored = await library.article_fingerprints(connection)
        changed = [article for key, article in wanted.items() if stored.get(key) != article.fingerprint]
        await library.put_articles(connection, [_row(article) for article in changed])
        gone = stored.keys() - wanted.keys()
        await library.drop_articles(connection, gone)
    texts = _texts(read.articles)
    return Indexed(
        articles=len(wanted),
        changed=len(changed) + len(gone),
        passages=len(texts),
        encoded=await _encode_missing(database, encoder, texts, progress),
        problems=read.problems,
    )


async def load_knowledge(database: Database, encoder: Encoder) -> Knowledge:
    """Put the stored articles that have not expired on shelves. Raises NotTrained where vectors are missing."""
    async with database.begin() as connection:
        articles = [Article.from_document(document) for document in await library.article_documents(connection)]
        texts = _texts(articles)
        vectors = await library.find_vectors(connection, texts, model=encoder.name, revision=encoder.revision)
    if not articles or len(vectors) < len(texts):
        raise NotTrained("The knowledge base is not indexed for this encoder; run `heed index` first.")
    today = datetime.now(UTC).date()
    usable = [article for article in articles if article.searchable_on(today)]
    shelves = await asyncio.to_thread(Shelves.of, usable, vectors)
    return Knowledge(shelves=shelves, fingerprint=fingerprint(*(article.fingerprint for article in usable)))


async def _encode_missing(database: Database, encoder: Encoder, texts: Sequence[str], progress: Progress) -> int:
    names = {"model": encoder.name, "revision": encoder.revision}
    async with database.begin() as connection:
        known = await library.find_vectors(connection, texts, **names)
    missing = [text for text in texts if text not in known]
    for start in range(0, len(missing), CHUNK):
        chunk = missing[start : start + CHUNK]
        vectors = await asyncio.to_thread(encoder.encode, chunk)
        async with database.begin() as connection:
            await library.put_vectors(connection, chunk, vectors, **names)
        progress("Encoding passages", start + len(chunk), len(missing))
    return len(missing)


def _texts(articles: Sequence[Article]) -> list[str]:
    return list(dict.fromkeys(passage.text for passage in split(articles)))


def _row(article: Article) -> dict[str, Any]:
    return {
        "id": article.id,
        "language": article.language,
        "topic": article.topic,
        "fingerprint": article.fingerprint,
        "document": article.to_document(),
    }
