"""Whether a post by our account, which came back to us through the feed, is one that the outbox made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, or_, select

from bot.vocabulary import Audience, ReplyState
from storage.tables import conversations, receipts, replies

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Exists
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.vocabulary import Mention


async def is_known(connection: AsyncConnection, post: Mention) -> bool:
    """Say whether *post*, by our own account, is the outbox's: there is a receipt for it, or there will be one.

    The latter where a reply to the same post, or into the same private conversation, is being sent at this moment, or
    says the same up to blanks and what the channel puts before it.
    """
    by_receipt = exists().where(receipts.c.channel == post.channel, receipts.c.post_id == post.post_id)
    if await connection.scalar(select(by_receipt)):
        return True
    rows = await connection.execute(
        select(replies.c.state, replies.c.text).where(
            replies.c.channel == post.channel, replies.c.state != ReplyState.CANCELLED, _goes_there(post)
        )
    )
    return any(row.state == ReplyState.SENDING or _words(post.text).endswith(_words(row.text)) for row in rows)


def has_messaged(
    channel: ColumnElement[str], customer: ColumnElement[str], *, besides: ColumnElement[int] | None = None
) -> Exists:
    """Give the condition that *customer* got a direct message of ours, or is getting one *besides* this reply."""
    former = replies.alias("former")
    condition = exists().where(
        former.c.channel == channel,
        former.c.addressee == customer,
        former.c.audience == Audience.PRIVATE,
        former.c.state.in_([ReplyState.SENDING, ReplyState.SENT]),
    )
    return condition if besides is None else condition.where(former.c.id != besides)


def _goes_there(post: Mention) -> ColumnElement[bool]:
    if post.audience is Audience.PRIVATE:
        there = exists().where(conversations.c.id == replies.c.conversation_id, conversations.c.root_id == post.root_id)
        return and_(replies.c.audience == Audience.PRIVATE, there)
    part_before = exists().where(receipts.c.reply_id == replies.c.id, receipts.c.post_id == post.in_reply_to)
    return or_(replies.c.in_reply_to == post.in_reply_to, part_before)


def _words(text: str) -> str:
    return " ".join(text.split())
