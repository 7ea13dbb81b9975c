"""How far mentions have come, for tables, drills and benchmarks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import exists, extract, func, select, true

from bot.vocabulary import Reason, ReplyState, Route
from storage.tables import decisions, drafts, handoffs, inbox, mentions, receipts, replies

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One mention from heard to settled."""

    post_id: str
    author: str
    text: str
    route: Route
    reasons: tuple[Reason, ...]
    confidence: float
    milliseconds: float  #: From stored to decided.
    said: str  #: The newest reply that was not withdrawn, the draft, or the goal of the handoff.
    delivered: bool  #: Whether the reply has its receipt.


async def courses(connection: AsyncConnection, channel: str, post_ids: Sequence[str]) -> dict[str, Course]:
    """Give the decided ones among the posts *post_ids*, by id."""
    replied = (
        select(replies.c.id, replies.c.text)
        .where(replies.c.mention_id == mentions.c.id, replies.c.state != ReplyState.CANCELLED)
        .order_by(replies.c.id.desc())
        .limit(1)
        .lateral("replied")
    )
    took = extract("epoch", decisions.c.decided_at - mentions.c.heard_at) * 1000
    statement = (
        select(
            mentions.c.post_id,
            mentions.c.author_handle.label("author"),
            mentions.c.text,
            decisions.c.route,
            decisions.c.reasons,
            decisions.c.confidence,
            took.label("milliseconds"),
            func.coalesce(replied.c.text, drafts.c.text, handoffs.c.goal, "").label("said"),
            exists().where(receipts.c.reply_id == replied.c.id).label("delivered"),
        )
        .join(decisions, decisions.c.mention_id == mentions.c.id)
        .outerjoin(replied, true())
        .outerjoin(drafts, drafts.c.mention_id == mentions.c.id)
        .outerjoin(handoffs, handoffs.c.mention_id == mentions.c.id)
        .where(mentions.c.channel == channel, mentions.c.post_id == func.any(list(post_ids)))
    )
    rows = (await connection.execute(statement)).mappings()
    return {
        row["post_id"]: Course(
            **{
                **row,
                "route": Route(row["route"]),
                "reasons": tuple(Reason(reason) for reason in row["reasons"]),
                "milliseconds": float(row["milliseconds"]),
            }
        )
        for row in rows
    }


async def count_open_work(connection: AsyncConnection) -> int:
    """Say how many mentions wait for a decision and how many replies wait to be sent."""
    waiting = await connection.scalar(select(func.count()).select_from(inbox))
    unsent = await connection.scalar(
        select(func.count()).select_from(replies).where(replies.c.state.in_(["queued", "sending"]))
    )
    return int(waiting or 0) + int(unsent or 0)
