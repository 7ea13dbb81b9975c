"""Private mentions that a dialogue leads: handed out one by one, in the order in which they were written."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, select, update

from bot.vocabulary import Admitted, Audience, ConversationState
from storage.inbox.taking import waiting_of, with_circumstances
from storage.tables import conversations, decisions, inbox, mentions

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


class Spoken(NamedTuple):
    """A private mention whose turn it is."""

    admitted: Admitted
    repeated: bool  #: Whether the dialogue engine may have been given it before.
    with_people: bool  #: Whether people have the conversation, or are to take it.
    language: str | None  #: ISO 639-1 code that was last told of the conversation; None before.


async def conversations_waiting(connection: AsyncConnection, limit: int) -> list[int]:
    """Give up to *limit* conversations in which a private mention is due, the longest waiting first."""
    due = inbox.c.due_at <= func.statement_timestamp()
    statement = (
        select(mentions.c.conversation_id)
        .join(inbox)
        .where(due, mentions.c.audience == Audience.PRIVATE)
        .group_by(mentions.c.conversation_id)
        .order_by(func.min(inbox.c.due_at))
        .limit(limit)
    )
    return list(await connection.scalars(statement))


async def take_spoken(connection: AsyncConnection, conversation_id: int) -> Spoken | None:
    """Give the oldest private mention that waits in a conversation, and keep that it was given; None without one."""
    oldest = (
        select(inbox.c.mention_id)
        .join(mentions)
        .where(mentions.c.conversation_id == conversation_id, mentions.c.audience == Audience.PRIVATE)
        .order_by(mentions.c.posted_at, mentions.c.id)
        .limit(1)
        .with_for_update(of=inbox)
    )
    mention_id = await connection.scalar(oldest)
    if mention_id is None:
        return None
    own = with_circumstances().add_columns(inbox.c.turned_at, conversations.c.state.label("conversation_state"))
    row = (await connection.execute(own.where(mentions.c.id == mention_id))).mappings().one()
    await connection.execute(
        update(inbox)
        .where(inbox.c.mention_id == mention_id, inbox.c.turned_at.is_(None))
        .values(turned_at=func.clock_timestamp())
    )
    waiting = waiting_of(row)
    return Spoken(
        admitted=Admitted(
            mention=waiting.mention, conversation_id=conversation_id, circumstances=waiting.circumstances
        ),
        repeated=row["turned_at"] is not None,
        language=await _last_language(connection, conversation_id),
        with_people=waiting.circumstances.with_agent or row["conversation_state"] == ConversationState.OPEN,
    )


async def still_waits(connection: AsyncConnection, mention_id: int) -> bool:
    """Lock a mention that waits until the transaction ends; False where another process has decided it."""
    own = select(inbox.c.mention_id).where(inbox.c.mention_id == mention_id).with_for_update()
    return await connection.scalar(own) is not None


async def _last_language(connection: AsyncConnection, conversation_id: int) -> str | None:
    told = decisions.c.understanding["language"].astext
    last = (
        select(told)
        .join(mentions)
        .where(mentions.c.conversation_id == conversation_id, told.is_not(None))
        .order_by(mentions.c.id.desc())
        .limit(1)
    )
    language: str | None = await connection.scalar(last)
    return language
