"""Reads what became of things on their channel: how far it is heard, and where our replies and their posts are."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.vocabulary import Audience
from storage.outbox.knowing import has_messaged
from storage.tables import conversations, cursors, decisions, drafts, mentions, receipts, replies

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """One stream of a channel, and when it last had something new."""

    name: str  #: `Listener.stream`.
    moved_at: datetime  #: When its cursor moved; it stays while nothing is new.


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One post, or one message, that a reply became."""

    part: int  #: From 1.
    post_id: str
    sent_at: datetime
    retracted_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """What is known of one conversation beside its texts."""

    sent: Mapping[int, tuple[Sent, ...]]  #: By the reply's id, in the order of the parts.
    leaves_at: Mapping[int, datetime]  #: When a reply goes out at the soonest, by its id.
    together: Mapping[int, tuple[int, ...]]  #: Earlier mentions read with one, by its id.
    first_message: bool  #: Whether the customer never got a direct message of ours.


async def list_streams(connection: AsyncConnection) -> tuple[Stream, ...]:
    """Give every stream that was ever heard, by name."""
    rows = await connection.execute(select(cursors).order_by(cursors.c.stream))
    return tuple(Stream(name=row.stream, moved_at=row.updated_at) for row in rows)


async def find_traces(connection: AsyncConnection, conversation_id: int) -> Traces:
    """Give what is known of a conversation beside its texts; empty where there is no such conversation."""
    own = mentions.c.conversation_id == conversation_id
    due = select(replies.c.id, replies.c.not_before).where(replies.c.conversation_id == conversation_id)
    read = select(decisions.c.mention_id, decisions.c.together).join(mentions).where(own, decisions.c.together != [])
    return Traces(
        sent=await _sent(connection, conversation_id),
        leaves_at={row.id: row.not_before for row in await connection.execute(due)},
        together={row.mention_id: tuple(row.together) for row in await connection.execute(read)},
        first_message=await is_first_message(connection, conversation_id),
    )


async def find_place(connection: AsyncConnection, reply_id: int) -> int | None:
    """Give the id of the conversation that a reply belongs to, or None."""
    place: int | None = await connection.scalar(select(replies.c.conversation_id).where(replies.c.id == reply_id))
    return place


async def find_mention_place(connection: AsyncConnection, mention_id: int) -> int:
    """Give the id of the conversation that a mention belongs to; 0 where there is no such mention."""
    place: int | None = await connection.scalar(select(mentions.c.conversation_id).where(mentions.c.id == mention_id))
    return place or 0


async def find_audience(connection: AsyncConnection, conversation_id: int) -> Audience:
    """Say who reads what is said in a conversation; everybody where there is no such conversation."""
    own = conversations.c.id == conversation_id
    return Audience(await connection.scalar(select(conversations.c.audience).where(own)) or Audience.PUBLIC)


async def find_draft_audience(connection: AsyncConnection, draft_id: int) -> Audience:
    """Say who would read a draft; everybody where there is no such draft."""
    conversation_id = await connection.scalar(select(drafts.c.conversation_id).where(drafts.c.id == draft_id))
    return await find_audience(connection, conversation_id or 0)


async def find_private(connection: AsyncConnection, conversation_ids: Sequence[int]) -> frozenset[int]:
    """Give those of the conversations that nobody but the customer and we read."""
    private = (conversations.c.id.in_(conversation_ids), conversations.c.audience == Audience.PRIVATE)
    return frozenset(await connection.scalars(select(conversations.c.id).where(*private)))


async def is_first_message(connection: AsyncConnection, conversation_id: int) -> bool:
    """Say whether the customer of a conversation never got a direct message of ours."""
    message = has_messaged(conversations.c.channel, conversations.c.author_id).correlate(conversations)
    return not await connection.scalar(select(message).where(conversations.c.id == conversation_id))


async def _sent(connection: AsyncConnection, conversation_id: int) -> Mapping[int, tuple[Sent, ...]]:
    statement = select(receipts).join(replies).where(replies.c.conversation_id == conversation_id)
    found: dict[int, tuple[Sent, ...]] = defaultdict(tuple)
    for row in await connection.execute(statement.order_by(receipts.c.reply_id, receipts.c.part)):
        one = Sent(part=row.part, post_id=row.post_id, sent_at=row.sent_at, retracted_at=row.retracted_at)
        found[row.reply_id] = (*found[row.reply_id], one)
    return dict(found)
