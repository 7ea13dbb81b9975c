"""One try at sending a reply: claimed by one worker, and settled by whoever knows what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from bot.vocabulary import ReplyState
from storage.outbox.moving import is_try, may_become, move, open_conversation
from storage.tables import receipts, replies

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.vocabulary import Receipt


async def claim(connection: AsyncConnection, reply_id: int, *, now: datetime) -> int | None:
    """Take a queued reply for sending and give the number of this try; None when it is not due or somebody was first.

    Commit before posting: the row must say `sending` when the channel hears of the reply.
    """
    statement = (
        update(replies)
        .where(replies.c.id == reply_id, may_become(ReplyState.SENDING), replies.c.not_before <= now)
        .values(state=ReplyState.SENDING, tried_at=now, attempts=replies.c.attempts + 1, problem=None)
        .returning(replies.c.attempts)
    )
    attempt: int | None = await connection.scalar(statement)
    return attempt


async def settle_sent(
    connection: AsyncConnection, reply_id: int, receipt: Receipt, *, part: int = 1, is_last: bool = True
) -> bool:
    """Store the proof that a *part* of a reply was posted, once; the last one makes it sent.

    False when the post is another reply's, and nothing changed.
    """
    values = {"channel": receipt.channel, "post_id": receipt.post_id, "sent_at": receipt.sent_at}
    await connection.execute(insert(receipts).values(reply_id=reply_id, part=part, **values).on_conflict_do_nothing())
    own = (receipts.c.reply_id == reply_id, receipts.c.part == part)
    stored = await connection.scalar(select(receipts.c.reply_id).where(*own))
    if stored is not None and is_last:
        await move(connection, reply_id, ReplyState.SENT, problem=None)
    return stored is not None


async def go_on(connection: AsyncConnection, reply_id: int, *, attempt: int, now: datetime) -> bool:
    """Keep a reply of several parts claimed for the next one; False when *attempt* is no longer its last try."""
    statement = update(replies).where(is_try(reply_id, attempt)).values(tried_at=now).returning(replies.c.id)
    return await connection.scalar(statement) is not None


async def doubt(connection: AsyncConnection, reply_id: int, *, attempt: int, problem: str) -> bool:
    """Note why the try *attempt* seems refused, while the reply stays `sending` until our own posts are read."""
    statement = update(replies).where(is_try(reply_id, attempt)).values(problem=problem).returning(replies.c.id)
    return await connection.scalar(statement) is not None


async def requeue(
    connection: AsyncConnection, reply_id: int, *, attempt: int, not_before: datetime, problem: str | None = None
) -> bool:
    """Put back a reply whose try *attempt* certainly posted nothing; False when that try is no longer the last word."""
    values = {"not_before": not_before, "problem": problem}
    return await move(connection, reply_id, ReplyState.QUEUED, attempt=attempt, **values)


async def fail(connection: AsyncConnection, reply_id: int, *, attempt: int, problem: str) -> bool:
    """Give up a reply that the channel refused for good in the try *attempt*, and give the conversation to a person."""
    failed = await move(connection, reply_id, ReplyState.FAILED, attempt=attempt, problem=problem)
    if failed:
        await open_conversation(connection, reply_id)
    return failed


async def cancel(connection: AsyncConnection, reply_id: int, *, problem: str, for_a_person: bool = False) -> bool:
    """Withdraw a reply that nobody has begun to send; *for_a_person* also gives the conversation to one."""
    cancelled = await move(connection, reply_id, ReplyState.CANCELLED, problem=problem)
    if cancelled and for_a_person:
        await open_conversation(connection, reply_id)
    return cancelled
