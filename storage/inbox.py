"""Mentions on their way in: stored once each, put into their conversation, and queued for a decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ARRAY, BigInteger, Integer, and_, cast, exists, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from bot.vocabulary import Admitted, Circumstances, Kind, Mention, ReplyState
from storage.notices import Notice, Subject, notify
from storage.tables import conversations, cursors, inbox, mentions, opt_outs, replies

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, RowMapping, Select
    from sqlalchemy.ext.asyncio import AsyncConnection

ITSELF = (
    "channel", "post_id", "chain_id", "author_id", "author_handle", "author_name", "text", "posted_at", "root_id",
    "in_reply_to", "kind", "addressed", "followers", "ours",
)  # fmt: skip
"""The fields of a mention that its row holds as they are."""

Key = tuple[str, str, str]


async def admit(connection: AsyncConnection, heard: Sequence[Mention]) -> int:
    """Store the mentions that are new, each in its conversation, and queue them; say how many were new."""
    unique = {(mention.channel, mention.post_id): mention for mention in heard}
    known = await _known(connection, list(unique))
    fresh = [mention for key, mention in unique.items() if key not in known]
    if not fresh:
        return 0
    places = await _conversations(connection, fresh)
    rows = [{"conversation_id": places[_key(mention)], **_row(mention)} for mention in fresh]
    stored = await connection.execute(
        insert(mentions).on_conflict_do_nothing().returning(mentions.c.id, mentions.c.conversation_id), rows
    )
    new = stored.all()
    if new:
        ids = func.unnest(cast([row.id for row in new], ARRAY(BigInteger)))
        await connection.execute(insert(inbox).from_select(["mention_id"], select(ids)))
        notices = [Notice(subject=Subject.HEARD, conversation_id=row.conversation_id, mention_id=row.id) for row in new]
        await notify(connection, *notices)
    return len(new)


async def take(connection: AsyncConnection, limit: int) -> list[Admitted]:
    """Take up to *limit* waiting mentions, oldest first, for as long as the transaction lasts.

    What another process has taken is passed over.
    """
    waiting = select(inbox.c.mention_id).order_by(inbox.c.mention_id).limit(limit).with_for_update(skip_locked=True)
    ids = list(await connection.scalars(waiting))
    if not ids:
        return []
    rows = await connection.execute(_with_circumstances().where(mentions.c.id.in_(ids)).order_by(mentions.c.id))
    return [_admitted(row) for row in rows.mappings()]


async def count_waiting(connection: AsyncConnection) -> int:
    """Say how many mentions wait for their decision."""
    return int(await connection.scalar(select(func.count()).select_from(inbox)) or 0)


async def find_cursor(connection: AsyncConnection, stream: str) -> str | None:
    """Give the cursor up to which everything heard on *stream* is stored."""
    value: str | None = await connection.scalar(select(cursors.c.value).where(cursors.c.stream == stream))
    return value


async def save_cursor(connection: AsyncConnection, stream: str, value: str) -> None:
    """Move the cursor of *stream*; do it in the transaction that stores what was heard."""
    values = {"value": value, "updated_at": func.now()}
    await connection.execute(
        insert(cursors).values(stream=stream, **values).on_conflict_do_update(index_elements=["stream"], set_=values)
    )


async def _known(connection: AsyncConnection, keys: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    if not keys:
        return set()
    columns = (mentions.c.channel, mentions.c.post_id)
    rows = await connection.execute(select(*columns).where(tuple_(*columns).in_(keys)))
    return {(row.channel, row.post_id) for row in rows}


async def _conversations(connection: AsyncConnection, fresh: Sequence[Mention]) -> dict[Key, int]:
    rows = {
        _key(mention): {
            "channel": mention.channel,
            "author_id": mention.author_id,
            "root_id": mention.root_id,
            "author_handle": _storable(mention.author_handle),
            "author_name": _storable(mention.author_name),
        }
        for mention in fresh
    }
    # Asked for ids, SQLAlchemy sends many rows in one statement; known conversations are not among them.
    made = insert(conversations).on_conflict_do_nothing().returning(conversations.c.id)
    await connection.execute(made, list(rows.values()))
    columns = (conversations.c.channel, conversations.c.author_id, conversations.c.root_id)
    found = await connection.execute(select(conversations.c.id, *columns).where(tuple_(*columns).in_(list(rows))))
    return {(row.channel, row.author_id, row.root_id): row.id for row in found}


def _with_circumstances() -> Select[Any]:
    other = mentions.alias("other")
    same_post = and_(
        other.c.channel == mentions.c.channel, other.c.chain_id == mentions.c.chain_id, other.c.id != mentions.c.id
    )
    answered = (
        exists()
        .where(
            replies.c.channel == mentions.c.channel,
            replies.c.chain_id == mentions.c.chain_id,
            replies.c.state != ReplyState.CANCELLED,
        )
        .correlate(mentions)
    )
    superseded: ColumnElement[bool] = (
        exists().where(same_post, _number(other.c.post_id) > _number(mentions.c.post_id)).correlate(mentions)
    )
    opted_out = exists().where(opt_outs.c.channel == mentions.c.channel, opt_outs.c.author_id == mentions.c.author_id)
    return select(
        mentions,
        conversations.c.owner,
        answered.label("answered"),
        superseded.label("superseded"),
        opted_out.label("opted_out"),
    ).join(conversations, conversations.c.id == mentions.c.conversation_id)


def _number(post_id: ColumnElement[str]) -> ColumnElement[tuple[int, str]]:
    """Order ids as numbers where they are numbers: by length, then by digits."""
    return func.row(cast(func.length(post_id), Integer), post_id)


def _admitted(row: RowMapping) -> Admitted:
    return Admitted(
        mention=Mention(id=row["id"], **{name: row[name] for name in ITSELF if name != "kind"}, kind=Kind(row["kind"])),
        conversation_id=row["conversation_id"],
        circumstances=Circumstances(
            answered=row["answered"],
            superseded=row["superseded"],
            opted_out=row["opted_out"],
            with_agent=row["owner"] is not None,
        ),
    )


def _row(mention: Mention) -> dict[str, object]:
    return {name: _storable(getattr(mention, name)) for name in ITSELF}


def _storable(value: object) -> object:
    """Leave out what PostgreSQL refuses, null characters and half surrogate pairs, lest one post stop all others."""
    return value.replace("\x00", "").encode(errors="ignore").decode() if isinstance(value, str) else value


def _key(mention: Mention) -> Key:
    return mention.channel, mention.author_id, mention.root_id
