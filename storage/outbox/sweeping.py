"""Replies that wait for a job, after a crash, a write that failed, or trouble with their lane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, exists, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from bot.vocabulary import Audience, ChannelState, Lane, ReplyState
from storage.tables import conditions, receipts, replies

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.ext.asyncio import AsyncConnection

AT_ONCE = 200
"""Replies that one sweep revives; more would crowd out fresh ones, and the next sweep is near."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsent:
    """A reply that waits for a job."""

    reply_id: int
    mention_id: int
    conversation_id: int


async def unsent(
    connection: AsyncConnection, *, now: datetime, tried_before: datetime, limit: int = AT_ONCE
) -> tuple[Unsent, ...]:
    """Give replies that something can be done for now, *limit* of a kind at most.

    They are: what is due in a lane that works; one pilot a lane whose trouble may be over; what is `sending` since
    before *tried_before*; and what has posts that are to be deleted.
    """
    due = and_(replies.c.state == ReplyState.QUEUED, replies.c.not_before <= now)
    over = or_(conditions.c.until <= now, conditions.c.state == ChannelState.BUDGET)
    unsettled = and_(replies.c.state == ReplyState.SENDING, replies.c.tried_at <= tried_before)
    questions = (
        _replies().outerjoin(conditions, _of_its_lane()).where(due, conditions.c.lane.is_(None)),
        _replies()
        .join(conditions, _of_its_lane())
        .where(due, over)
        .ext(distinct_on(replies.c.channel, conditions.c.lane))
        .order_by(replies.c.channel, conditions.c.lane),
        _replies().where(or_(unsettled, _to_delete())),
    )
    found = [row for each in questions for row in await _rows(connection, each, limit)]
    return tuple(sorted({each.reply_id: each for each in found}.values(), key=lambda each: each.reply_id))


async def _rows(connection: AsyncConnection, question: Select[Any], limit: int) -> list[Unsent]:
    rows = await connection.execute(question.order_by(replies.c.id).limit(limit))
    return [Unsent(**row) for row in rows.mappings()]


def _replies() -> Select[Any]:
    return select(replies.c.id.label("reply_id"), replies.c.mention_id, replies.c.conversation_id)


def _of_its_lane() -> ColumnElement[bool]:
    lane = case((replies.c.audience == Audience.PRIVATE, Lane.MESSAGE.value), else_=Lane.POST.value)
    return and_(conditions.c.channel == replies.c.channel, conditions.c.lane == lane)


def _to_delete() -> ColumnElement[bool]:
    posted = exists().where(receipts.c.reply_id == replies.c.id, receipts.c.retracted_at.is_(None))
    return and_(replies.c.state.in_([ReplyState.FAILED, ReplyState.RETRACTED]), posted)
