"""Posts of ours that are to be deleted again: of a reply that is retracted, and of one that failed half-way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from bot.errors import IllegalMove
from bot.vocabulary import Audience, ReplyState
from storage.outbox.moving import move, open_conversation
from storage.tables import receipts, replies

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.vocabulary import Receipt
    from storage.agents import Agent


async def retract(connection: AsyncConnection, reply_id: int, *, by: Agent) -> None:
    """Have the posts of a reply deleted from the channel, and give its conversation to a person.

    The reply is `retracted` at once; each receipt says when its post was gone. Raises IllegalMove for what was not
    sent, and for direct messages, which X deletes for ourselves only:
    https://docs.x.com/enterprise-api/direct-messages/manage/introduction.
    """
    audience = await connection.scalar(select(replies.c.audience).where(replies.c.id == reply_id))
    if audience == Audience.PRIVATE:
        raise IllegalMove("A direct message cannot be deleted for the customer; write them another one.")
    if not await move(connection, reply_id, ReplyState.RETRACTED, problem=f"{by.name} deleted it."):
        raise IllegalMove("Only a reply that is sent can be deleted.")
    await open_conversation(connection, reply_id)


async def note_retracted(connection: AsyncConnection, receipt: Receipt) -> None:
    """Note that a post of ours is gone from the channel."""
    where = (receipts.c.channel == receipt.channel, receipts.c.post_id == receipt.post_id)
    await connection.execute(update(receipts).where(*where).values(retracted_at=func.clock_timestamp()))


async def note_problem(connection: AsyncConnection, reply_id: int, problem: str) -> None:
    """Note why the posts of a reply could not be deleted yet."""
    await connection.execute(update(replies).where(replies.c.id == reply_id).values(problem=problem))
