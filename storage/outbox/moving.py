"""From which state a reply may come to which. Each move is one conditional update, announced to every process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, func, select, update

from bot.vocabulary import ConversationState, ReplyState
from storage.notices import Notice, Subject, notify
from storage.tables import conversations, replies
from storage.waiting import waiting_again

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection

#: What may follow each state. A receipt is proof, so even a reply given up for failed or put back can turn out sent.
NEXT: Mapping[ReplyState, frozenset[ReplyState]] = {
    ReplyState.QUEUED: frozenset({ReplyState.SENDING, ReplyState.CANCELLED, ReplyState.SENT}),
    ReplyState.SENDING: frozenset({ReplyState.QUEUED, ReplyState.SENT, ReplyState.FAILED}),
    ReplyState.FAILED: frozenset({ReplyState.SENT}),
    ReplyState.SENT: frozenset({ReplyState.RETRACTED}),
    ReplyState.RETRACTED: frozenset(),
    ReplyState.CANCELLED: frozenset(),
}


async def move(
    connection: AsyncConnection, reply_id: int, state: ReplyState, *, attempt: int | None = None, **values: object
) -> bool:
    """Move one reply, if the state it is in allows it and *attempt* is still its last try; believe the row count."""
    whose = replies.c.id == reply_id if attempt is None else is_try(reply_id, attempt)
    statement = (
        update(replies)
        .where(whose, may_become(state))
        .values(state=state, **values)
        .returning(replies.c.conversation_id, replies.c.mention_id)
    )
    row = (await connection.execute(statement)).one_or_none()
    if row is not None and state is not ReplyState.QUEUED:
        delivered = Notice(subject=Subject.DELIVERED, conversation_id=row.conversation_id, mention_id=row.mention_id)
        await notify(connection, delivered)
    return row is not None


def may_become(state: ReplyState) -> ColumnElement[bool]:
    """Hold for replies that may become *state*."""
    return replies.c.state.in_([before for before, after in NEXT.items() if state in after])


def is_try(reply_id: int, attempt: int) -> ColumnElement[bool]:
    """Hold while the try *attempt* of a reply is its last and is not settled."""
    return and_(replies.c.id == reply_id, replies.c.state == ReplyState.SENDING, replies.c.attempts == attempt)


async def open_conversation(connection: AsyncConnection, reply_id: int) -> None:
    """Give the conversation of a reply to a person."""
    conversation = select(replies.c.conversation_id).where(replies.c.id == reply_id).scalar_subquery()
    await connection.execute(
        update(conversations)
        .where(conversations.c.id == conversation)
        .values(state=ConversationState.OPEN, updated_at=func.now(), **waiting_again())
    )
