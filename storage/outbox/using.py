"""How much of a channel was used, counted from the outbox itself, so that it is exact across processes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, literal, or_, select, text, true, union_all

from bot.vocabulary import Audience, ReplyState
from storage.tables import receipts, replies

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What was sent, or may have been."""

    posts: int  #: Without a link.
    linked: int  #: Posts with a link.
    messages: int  #: Direct messages.


async def line_up(connection: AsyncConnection, channel: str, audience: Audience) -> None:
    """Wait until no other process counts and claims for the same channel and audience; ends with the transaction."""
    await connection.execute(
        text("select pg_advisory_xact_lock(hashtext('heed outbox'), hashtext(:lane))"),
        {"lane": f"{channel} {audience}"},
    )


async def nth_latest(
    connection: AsyncConnection, channel: str, audience: Audience, nth: int, *, since: datetime, besides: int
) -> datetime | None:
    """Give when the *nth* latest post of the channel was tried; None where there were fewer *since* then.

    The reply *besides*, which is to be sent now, is not counted.
    """
    own = and_(replies.c.channel == channel, replies.c.audience == audience, replies.c.id != besides)
    tried = select(replies.c.tried_at.label("at")).where(own, replies.c.tried_at > since)
    parts = (
        select(receipts.c.sent_at.label("at"))
        .join(replies, replies.c.id == receipts.c.reply_id)
        .where(own, receipts.c.part > 1, replies.c.tried_at > since, receipts.c.sent_at > since)
    )
    posts = union_all(tried, parts).subquery()
    moment: datetime | None = await connection.scalar(
        select(posts.c.at).order_by(posts.c.at.desc()).offset(nth - 1).limit(1)
    )
    return moment


async def counted(connection: AsyncConnection, channel: str, *, since: datetime, link: str) -> Counts:
    """Count what was tried *since* then and not refused; a post matches *link*, a regular expression, or does not."""
    parts = (
        select(func.greatest(func.count(), 1).label("number"))
        .where(receipts.c.reply_id == replies.c.id)
        .correlate(replies)
        .lateral()
    )
    kept = replies.c.state.in_([ReplyState.SENDING, ReplyState.SENT, ReplyState.RETRACTED])
    is_message = replies.c.audience == Audience.PRIVATE
    is_linked = and_(~is_message, or_(replies.c.invites, replies.c.text.op("~*")(literal(link))))
    all_posts = func.coalesce(func.sum(parts.c.number).filter(~is_message), 0)
    linked = func.count().filter(is_linked)
    statement = (
        select(all_posts.label("posts"), linked.label("linked"), func.count().filter(is_message).label("messages"))
        .select_from(replies)
        .join(parts, true())
        .where(replies.c.channel == channel, replies.c.tried_at >= since, kept)
    )
    row = (await connection.execute(statement)).one()
    return Counts(posts=int(row.posts) - row.linked, linked=row.linked, messages=row.messages)
