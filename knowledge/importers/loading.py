"""Writes what an importer finds to the database, batch by batch, and counts what became of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from knowledge.importers.found import Imported, Reached, Skipped
from knowledge.importers.reporting import Ledger, key_of
from storage import inbox, library

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncConnection

    from knowledge.article import Article
    from knowledge.importers.found import Found
    from knowledge.importers.reporting import Report
    from storage.database import Database

BATCH = 200
"""Articles that are stored together; what is stored stays when an import is interrupted."""


async def off_the_loop(found: Iterator[Found]) -> AsyncIterator[Found]:
    """Give what *found* gives, read in a thread."""
    while batch := await asyncio.to_thread(lambda: list(islice(found, BATCH))):
        for item in batch:
            yield item


async def find_cursor(database: Database, origin: str) -> str:
    """Say where an interrupted import of *origin* may go on; empty at the beginning. Raises StorageDown."""
    async with database.begin() as connection:
        return await inbox.find_cursor(connection, _cursor_name(origin)) or ""


async def load(
    database: Database,
    found: AsyncIterator[Found],
    *,
    origin: str,
    today: date,
    whole: bool = True,
    prune: bool = False,
) -> Report:
    """Store the articles among *found*, and remove those of *origin* that are absent if *prune*.

    *whole* says that *found* begins at the beginning of the source; otherwise nothing counts as absent. Raises
    StorageDown, and what *found* raises; the batches that were stored before stay.
    """
    async with database.begin() as connection:
        stored = await library.article_fingerprints(connection, origin)
    ledger = Ledger(stored, today)
    async for batch in _batches(found, ledger):
        async with database.begin() as connection:
            await _store(connection, batch.articles, ledger)
            if batch.cursor is not None:
                await inbox.save_cursor(connection, _cursor_name(origin), batch.cursor)
    absent = sorted(stored.keys() - ledger.seen) if whole else []
    if prune:
        async with database.begin() as connection:
            await library.drop_articles(connection, absent)
    return ledger.report(origin, absent=len(absent), removed=len(absent) if prune else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    """Articles that are new or changed, and how far they reach."""

    articles: Sequence[Article]
    cursor: str | None = None


async def _batches(found: AsyncIterator[Found], ledger: Ledger) -> AsyncIterator[_Batch]:
    articles: list[Article] = []
    async for item in found:
        match item:
            case Imported() if ledger.enter(item.article):
                articles.append(item.article)
            case Skipped():
                ledger.skip(item)
            case Reached():
                yield _Batch(articles=articles, cursor=item.cursor)
                articles = []
        if len(articles) >= BATCH:
            yield _Batch(articles=articles)
            articles = []
    yield _Batch(articles=articles)


async def _store(connection: AsyncConnection, articles: Sequence[Article], ledger: Ledger) -> None:
    earlier = await library.article_documents(
        connection, [key for key in map(key_of, articles) if key in ledger.stored]
    )
    kept = {(document["id"], document["language"]) for document in earlier if document["reviewed"]}
    taken = await library.put_articles(
        connection, [article.to_row() for article in articles if key_of(article) not in kept]
    )
    ledger.book(articles, kept=kept, taken=taken)


def _cursor_name(origin: str) -> str:
    return f"import {origin}"
