"""The articles of the knowledge base: what is stored, what changed since when, and what is in quarantine."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import and_, cast, delete, func, null, select, text, true, tuple_, union_all
from sqlalchemy.dialects.postgresql import JSONB, insert

from storage.notices import Notice, Subject, notify
from storage.tables import article_removals, article_revisions, articles, quarantines

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection

Key: TypeAlias = tuple[str, str]
"""Id and language of an article."""

BATCH = 500
COLUMNS = ("id", "language", "topic", "fingerprint", "document")
FILES = "files"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The last thing that happened to an article."""

    key: Key
    revision: int  #: The later the change, the higher.
    document: Mapping[str, Any] | None  #: The article as it is stored since; None where it was removed.


async def article_fingerprints(connection: AsyncConnection, origin: str | None = None) -> dict[Key, str]:
    """Give the fingerprint of each stored article by (id, language); with *origin* of those from there only."""
    wanted = articles.c.origin == origin if origin is not None else true()
    rows = await connection.execute(select(articles.c.id, articles.c.language, articles.c.fingerprint).where(wanted))
    return {(row.id, row.language): row.fingerprint for row in rows}


async def article_documents(connection: AsyncConnection, keys: Collection[Key] | None = None) -> list[dict[str, Any]]:
    """Give stored articles, all or those of *keys*, as documents in the order of their ids, quarantines written in."""
    if keys is None:
        return await _documents(connection, true())
    found = [await _documents(connection, _is_one_of(articles, batch)) for batch in _batches(keys)]
    return [document for batch in found for document in batch]


async def translations(connection: AsyncConnection, article_id: str) -> list[dict[str, Any]]:
    """Give one article in each language that it is stored in, as documents, quarantines written in."""
    return await _documents(connection, articles.c.id == article_id)


async def changes_since(connection: AsyncConnection, revision: int, *, at_most: int | None = None) -> list[Change]:
    """Give what changed after *revision*, oldest change first, *at_most* so many; quarantines are no changes.

    Who asks again from the last revision that it was given misses nothing.
    """
    put = select(articles.c.revision, articles.c.id, articles.c.language, articles.c.document)
    gone = select(article_removals.c.revision, article_removals.c.id, article_removals.c.language, cast(null(), JSONB))
    # One statement sees one moment: no key can be both stored and removed in it, or slip through between the tables.
    both = union_all(put.where(articles.c.revision > revision), gone.where(article_removals.c.revision > revision))
    rows = await connection.execute(both.order_by("revision").limit(at_most))
    return [Change(key=(row.id, row.language), revision=row.revision, document=row.document) for row in rows]


async def put_articles(connection: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> frozenset[Key]:
    """Store articles given as {id, language, topic, fingerprint, document} in the place of their earlier forms.

    Gives the keys that were left alone because an article of another origin has them. What is stored already is not
    touched; of everything else all processes are told when the transaction commits.
    """
    wanted = {(row["id"], row["language"]): row for row in rows}
    if not wanted:
        return frozenset()
    await _take_turn(connection)
    known = await _known(connection, wanted)
    taken = {key for key, (origin, _) in known.items() if origin != wanted[key]["document"].get("origin", FILES)}
    kept = {key for key, (_, fingerprint) in known.items() if fingerprint == wanted[key]["fingerprint"]}
    changed = {key: row for key, row in wanted.items() if key not in taken | kept}
    if changed:
        await _write(connection, list(changed.values()))
        for batch in _batches(changed):
            await connection.execute(delete(article_removals).where(_is_one_of(article_removals, batch)))
        await notify(connection, Notice(subject=Subject.KNOWLEDGE))
    return frozenset(taken)


async def drop_articles(connection: AsyncConnection, keys: Iterable[Key]) -> None:
    """Remove articles by (id, language); all processes are told when the transaction commits."""
    await _take_turn(connection)
    for batch in _batches(keys):
        statement = delete(articles).where(_is_one_of(articles, batch)).returning(articles.c.id, articles.c.language)
        gone = [row._asdict() for row in await connection.execute(statement)]
        if gone:
            again = {"revision": article_revisions.next_value()}
            removing = insert(article_removals).on_conflict_do_update(index_elements=["id", "language"], set_=again)
            await connection.execute(removing.returning(article_removals.c.id), gone)
            await notify(connection, Notice(subject=Subject.KNOWLEDGE))


async def quarantined_articles(connection: AsyncConnection) -> dict[Key, str]:
    """Give the reason of each quarantine by (id, language), also of articles that are not stored now."""
    rows = await connection.execute(select(quarantines.c.id, quarantines.c.language, quarantines.c.reason))
    return {(row.id, row.language): row.reason for row in rows}


async def quarantine(
    connection: AsyncConnection, article_id: str, *, reason: str, language: str | None = None
) -> list[Key]:
    """Take an article out of use, in all languages that it is stored in or in one, until it is released.

    Gives what was taken; nothing where there is no such article. It stays in quarantine when it is written anew, and
    when it is removed and comes back.
    """
    wanted = and_(articles.c.id == article_id, articles.c.language == language if language else true())
    found = [
        row._asdict() for row in await connection.execute(select(articles.c.id, articles.c.language).where(wanted))
    ]
    if found:
        statement = insert(quarantines).values([{**key, "reason": reason} for key in found])
        await connection.execute(
            statement.on_conflict_do_update(
                index_elements=["id", "language"], set_={"reason": reason, "since": func.now()}
            )
        )
        await notify(connection, Notice(subject=Subject.KNOWLEDGE))
    return sorted((key["id"], key["language"]) for key in found)


async def release(connection: AsyncConnection, article_id: str, *, language: str | None = None) -> list[Key]:
    """End the quarantine of an article, in all languages or in one, and give what was released."""
    wanted = and_(quarantines.c.id == article_id, quarantines.c.language == language if language else true())
    released = await connection.execute(
        delete(quarantines).where(wanted).returning(quarantines.c.id, quarantines.c.language)
    )
    keys = sorted((row.id, row.language) for row in released)
    if keys:
        await notify(connection, Notice(subject=Subject.KNOWLEDGE))
    return keys


async def _documents(connection: AsyncConnection, wanted: ColumnElement[bool]) -> list[dict[str, Any]]:
    same = and_(quarantines.c.id == articles.c.id, quarantines.c.language == articles.c.language)
    statement = select(articles.c.document, func.coalesce(quarantines.c.reason, "").label("reason"))
    rows = await connection.execute(
        statement.select_from(articles.outerjoin(quarantines, same))
        .where(wanted)
        .order_by(articles.c.id, articles.c.language)
    )
    return [{**row.document, "quarantined": row.reason} for row in rows]


async def _take_turn(connection: AsyncConnection) -> None:
    """Let one transaction at a time number its changes.

    A sequence gives its numbers when it is asked, not in the order of the commits: without this, a reader could see
    number 8, ask from there, and never learn of number 7 which was committed later. The lock ends after the commit.
    """
    await connection.execute(text("select pg_advisory_xact_lock(hashtext('heed changes the knowledge base'))"))


async def _known(connection: AsyncConnection, keys: Collection[Key]) -> dict[Key, tuple[str, str]]:
    """Give origin and fingerprint of those of *keys* that are stored."""
    found = {}
    statement = select(articles.c.id, articles.c.language, articles.c.origin, articles.c.fingerprint)
    for batch in _batches(keys):
        for row in await connection.execute(statement.where(_is_one_of(articles, batch))):
            found[row.id, row.language] = (row.origin, row.fingerprint)
    return found


async def _write(connection: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
    statement = insert(articles)
    changed = {name: statement.excluded[name] for name in ("topic", "fingerprint", "document")}
    replacing = statement.on_conflict_do_update(
        index_elements=["id", "language"],
        set_={**changed, "revision": article_revisions.next_value(), "updated_at": func.now()},
    )
    # Asked for ids, SQLAlchemy sends many rows in one statement, several times as fast as row by row.
    await connection.execute(
        replacing.returning(articles.c.id), [{name: row[name] for name in COLUMNS} for row in rows]
    )


def _is_one_of(table: Any, keys: Collection[Key]) -> ColumnElement[bool]:  # noqa: ANN401 - any table with these columns
    return tuple_(table.c.id, table.c.language).in_(keys)


def _batches(keys: Iterable[Key]) -> Iterator[list[Key]]:
    waiting = iter(keys)
    while batch := list(islice(waiting, BATCH)):
        yield batch
