"""The outbox: replies on their way, and the receipts that prove they arrived.

A reply is `sending` before it is posted and stays so until its outcome is known. Each try has a number, and whoever
settles a try names it: a worker that was thought dead cannot undo what happened after it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from bot.vocabulary import ConversationState, Receipt, Reply, ReplyKind, ReplyState
from storage.notices import Notice, Subject, notify
from storage.tables import conversations, mentions, opt_outs, receipts, replies

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import ColumnElement, RowMapping
    from sqlalchemy.ext.asyncio import AsyncConnection

#: What may follow each state. A receipt is proof, so even a reply given up for failed or put back can turn out sent.
NEXT: Mapping[ReplyState, frozenset[ReplyState]] = {
    ReplyState.QUEUED: frozenset({ReplyState.SENDING, ReplyState.CANCELLED, ReplyState.SENT}),
    ReplyState.SENDING: frozenset({ReplyState.QUEUED, ReplyState.SENT, ReplyState.FAILED}),
    ReplyState.FAILED: frozenset({ReplyState.SENT}),
    ReplyState.SENT: frozenset(),
    ReplyState.CANCELLED: frozenset(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A reply on its way, with what must be known before it is sent."""

    reply: Reply
    state: ReplyState
    attempt: int  #: How many times it was claimed; the number of the try that is running.
    not_before: datetime
    tried_at: datetime | None  #: When it was last claimed.
    problem: str | None  #: Why it failed or was cancelled; while `sending`, a refusal that is still to be confirmed.
    addressed: bool  #: Whether the mention spoke to us.
    opted_out: bool  #: Whether its author asked us to stop.
    answered: bool  #: Whether the same post has, or is getting, another reply.


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsent:
    """A reply that waits for a job."""

    reply_id: int
    mention_id: int
    conversation_id: int


async def queue(connection: AsyncConnection, reply: Reply, *, chain_id: str) -> Reply | None:
    """Put *reply* to the post with the edit chain *chain_id* into the outbox and give it with its id.

    None when the bot, or an agent by approving a draft, answers that post already: the database itself allows one.
    """
    values = {
        "mention_id": reply.mention_id,
        "conversation_id": reply.conversation_id,
        "channel": reply.channel,
        "chain_id": chain_id,
        "in_reply_to": reply.in_reply_to,
        "text": reply.text,
        "kind": reply.kind,
        "author": reply.author,
    }
    one_per_post = text("state <> 'cancelled' and kind <> 'agent'")
    statement = upsert(replies).values(**values)
    guarded = statement.on_conflict_do_nothing(index_elements=["channel", "chain_id"], index_where=one_per_post)
    reply_id = await connection.scalar(guarded.returning(replies.c.id))
    return None if reply_id is None else replace(reply, id=reply_id)


async def find(connection: AsyncConnection, reply_id: int) -> Outgoing | None:
    """Give the reply *reply_id* and how far it has come."""
    opted_out = exists().where(opt_outs.c.channel == mentions.c.channel, opt_outs.c.author_id == mentions.c.author_id)
    statement = (
        select(replies, mentions.c.addressed, opted_out.label("opted_out"), _other_reply().label("answered"))
        .join(mentions, mentions.c.id == replies.c.mention_id)
        .where(replies.c.id == reply_id)
    )
    row = (await connection.execute(statement)).mappings().one_or_none()
    return None if row is None else _outgoing(row)


async def claim(connection: AsyncConnection, reply_id: int, *, now: datetime) -> int | None:
    """Take a queued reply for sending and give the number of this try; None when it is not due or somebody was first.

    Commit before posting: the row must say `sending` when the channel hears of the reply.
    """
    statement = (
        update(replies)
        .where(replies.c.id == reply_id, _may_become(ReplyState.SENDING), replies.c.not_before <= now)
        .values(state=ReplyState.SENDING, tried_at=now, attempts=replies.c.attempts + 1, problem=None)
        .returning(replies.c.attempts)
    )
    attempt: int | None = await connection.scalar(statement)
    return attempt


async def settle_sent(connection: AsyncConnection, reply_id: int, receipt: Receipt) -> bool:
    """Store the proof that a reply was posted, once; False when the post is another reply's, and nothing changed."""
    values = {"reply_id": reply_id, "channel": receipt.channel, "post_id": receipt.post_id, "sent_at": receipt.sent_at}
    await connection.execute(upsert(receipts).values(**values).on_conflict_do_nothing())
    stored = await connection.scalar(select(receipts.c.reply_id).where(receipts.c.reply_id == reply_id))
    if stored is not None:
        await _move(connection, reply_id, ReplyState.SENT, problem=None)
    return stored is not None


async def find_receipt(connection: AsyncConnection, reply_id: int) -> Receipt | None:
    """Give the proof that the reply was posted."""
    row = (await connection.execute(select(receipts).where(receipts.c.reply_id == reply_id))).one_or_none()
    return None if row is None else Receipt(channel=row.channel, post_id=row.post_id, sent_at=row.sent_at)


async def doubt(connection: AsyncConnection, reply_id: int, *, attempt: int, problem: str) -> bool:
    """Note why the try *attempt* seems refused, while the reply stays `sending` until our own posts are read."""
    statement = update(replies).where(_is_try(reply_id, attempt)).values(problem=problem).returning(replies.c.id)
    return await connection.scalar(statement) is not None


async def requeue(
    connection: AsyncConnection, reply_id: int, *, attempt: int, not_before: datetime, problem: str | None = None
) -> bool:
    """Put back a reply whose try *attempt* certainly posted nothing; False when that try is no longer the last word."""
    values = {"not_before": not_before, "problem": problem}
    return await _move(connection, reply_id, ReplyState.QUEUED, attempt=attempt, **values)


async def fail(connection: AsyncConnection, reply_id: int, *, attempt: int, problem: str) -> bool:
    """Give up a reply that the channel refused for good in the try *attempt*, and give the conversation to a person."""
    failed = await _move(connection, reply_id, ReplyState.FAILED, attempt=attempt, problem=problem)
    if failed:
        await _open_conversation(connection, reply_id)
    return failed


async def cancel(connection: AsyncConnection, reply_id: int, *, problem: str, for_a_person: bool = False) -> bool:
    """Withdraw a reply that nobody has begun to send; *for_a_person* also gives the conversation to one."""
    cancelled = await _move(connection, reply_id, ReplyState.CANCELLED, problem=problem)
    if cancelled and for_a_person:
        await _open_conversation(connection, reply_id)
    return cancelled


async def unsent(
    connection: AsyncConnection, *, now: datetime, tried_before: datetime, limit: int = 1000
) -> tuple[Unsent, ...]:
    """Give the replies that are due, and those whose try began before *tried_before* and was never settled."""
    queued = and_(replies.c.state == ReplyState.QUEUED, replies.c.not_before <= now)
    unsettled = and_(replies.c.state == ReplyState.SENDING, replies.c.tried_at <= tried_before)
    columns = (replies.c.id.label("reply_id"), replies.c.mention_id, replies.c.conversation_id)
    statement = select(*columns).where(or_(queued, unsettled)).order_by(replies.c.id).limit(limit)
    return tuple(Unsent(**row) for row in (await connection.execute(statement)).mappings())


async def _move(
    connection: AsyncConnection, reply_id: int, state: ReplyState, *, attempt: int | None = None, **values: object
) -> bool:
    """Move one reply, if the state it is in allows it and *attempt* is still its last try; believe the row count."""
    whose = replies.c.id == reply_id if attempt is None else _is_try(reply_id, attempt)
    statement = (
        update(replies)
        .where(whose, _may_become(state))
        .values(state=state, **values)
        .returning(replies.c.conversation_id, replies.c.mention_id)
    )
    row = (await connection.execute(statement)).one_or_none()
    if row is not None and state is not ReplyState.QUEUED:
        delivered = Notice(subject=Subject.DELIVERED, conversation_id=row.conversation_id, mention_id=row.mention_id)
        await notify(connection, delivered)
    return row is not None


def _may_become(state: ReplyState) -> ColumnElement[bool]:
    return replies.c.state.in_([before for before, after in NEXT.items() if state in after])


def _is_try(reply_id: int, attempt: int) -> ColumnElement[bool]:
    return and_(replies.c.id == reply_id, replies.c.state == ReplyState.SENDING, replies.c.attempts == attempt)


def _other_reply() -> ColumnElement[bool]:
    other = replies.alias("other")
    return (
        exists()
        .where(
            other.c.channel == replies.c.channel,
            other.c.chain_id == replies.c.chain_id,
            other.c.id != replies.c.id,
            other.c.state.in_([ReplyState.SENDING, ReplyState.SENT]),
        )
        .correlate(replies)
    )


async def _open_conversation(connection: AsyncConnection, reply_id: int) -> None:
    conversation = select(replies.c.conversation_id).where(replies.c.id == reply_id).scalar_subquery()
    await connection.execute(
        update(conversations)
        .where(conversations.c.id == conversation)
        .values(state=ConversationState.OPEN, updated_at=func.now())
    )


def _outgoing(row: RowMapping) -> Outgoing:
    return Outgoing(
        reply=_reply(row),
        state=ReplyState(row["state"]),
        attempt=row["attempts"],
        not_before=row["not_before"],
        tried_at=row["tried_at"],
        problem=row["problem"],
        addressed=row["addressed"],
        opted_out=row["opted_out"],
        answered=row["answered"],
    )


def _reply(row: RowMapping) -> Reply:
    return Reply(
        channel=row["channel"],
        in_reply_to=row["in_reply_to"],
        text=row["text"],
        kind=ReplyKind(row["kind"]),
        author=row["author"],
        id=row["id"],
        mention_id=row["mention_id"],
        conversation_id=row["conversation_id"],
    )
