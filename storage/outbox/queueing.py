"""Replies that are put into the outbox, and what must be known of one before it is sent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, exists, func, select, text
from sqlalchemy.dialects.postgresql import insert

from bot.vocabulary import Audience, Kind, Receipt, Reply, ReplyKind, ReplyState
from storage.outbox.knowing import has_messaged
from storage.tables import conversations, decisions, mentions, opt_outs, receipts, replies

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, RowMapping, Select
    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A reply on its way, with what must be known before it is sent."""

    reply: Reply
    state: ReplyState
    attempt: int  #: How many times it was claimed; the number of the try that is running.
    queued_at: datetime
    not_before: datetime
    tried_at: datetime | None  #: When it was last claimed, or got further by a part.
    problem: str | None  #: Why it failed or was cancelled; while `sending`, a refusal that is still to be confirmed.
    posted: tuple[Receipt, ...]  #: What of it is on the channel, part by part.
    customer: str  #: The handle of who is answered, without "@".
    addressed: bool  #: Whether the mention spoke to us.
    summoned: bool  #: Whether the channel lets a program reply to it.
    opted_out: bool  #: Whether its author asked us to stop.
    answered: bool  #: Whether the same post has, or is getting, another reply.
    with_agent: bool  #: Whether a person has the conversation.
    overtaken: bool  #: Whether the customer wrote again after the post that is answered.
    wrote_first: bool  #: Whether the addressee sent us a direct message in this conversation.
    first_message: bool  #: Whether it is private, and the addressee never got a direct message of ours.


async def queue(connection: AsyncConnection, reply: Reply, *, chain_id: str, wait_seconds: float = 0.0) -> Reply | None:
    """Put *reply* to the post with the edit chain *chain_id* into the outbox and give it with its id.

    It leaves *wait_seconds* from now at the earliest. None when the bot, or an agent by approving a draft, answers that
    post already: the database itself allows one.
    """
    values = {
        "mention_id": reply.mention_id,
        "conversation_id": reply.conversation_id,
        "channel": reply.channel,
        "chain_id": chain_id,
        "in_reply_to": reply.in_reply_to,
        "text": reply.text,
        "kind": reply.kind,
        "audience": reply.audience,
        "addressee": reply.addressee,
        "invites": reply.invites,
        "author": reply.author,
        "not_before": func.now() + timedelta(seconds=wait_seconds),
    }
    one_per_post = text("state <> 'cancelled' and kind <> 'agent'")
    statement = insert(replies).values(**values)
    guarded = statement.on_conflict_do_nothing(index_elements=["channel", "chain_id"], index_where=one_per_post)
    reply_id = await connection.scalar(guarded.returning(replies.c.id))
    return None if reply_id is None else replace(reply, id=reply_id)


async def find(connection: AsyncConnection, reply_id: int, *, lock: bool = False) -> Outgoing | None:
    """Give the reply *reply_id* and how far it has come; *lock* keeps all others from moving it meanwhile."""
    if lock:
        # Apart from the question below, which then sees what was committed while this waited.
        await connection.execute(select(replies.c.id).where(replies.c.id == reply_id).with_for_update())
    row = (await connection.execute(_outgoing_rows().where(replies.c.id == reply_id))).mappings().one_or_none()
    if row is None:
        return None
    posted = await _posted(connection, reply_id) if row["attempts"] else ()
    return Outgoing(
        reply=_reply(row),
        state=ReplyState(row["state"]),
        attempt=row["attempts"],
        with_agent=row["owner"] is not None,
        posted=posted,
        **{name: row[name] for name in _AS_THEY_ARE},
    )


_AS_THEY_ARE = (
    "queued_at", "not_before", "tried_at", "problem", "customer", "addressed", "summoned", "opted_out", "answered",
    "overtaken", "wrote_first", "first_message",
)  # fmt: skip


def _outgoing_rows() -> Select[Any]:
    return (
        select(
            replies,
            mentions.c.author_handle.label("customer"),
            mentions.c.addressed,
            mentions.c.summoned,
            conversations.c.owner,
            _opted_out().label("opted_out"),
            _other_reply().label("answered"),
            _later_post().label("overtaken"),
            _message_to_us().label("wrote_first"),
            # In a `case`, so that a public reply, as nearly all are, never pays for the question.
            case((replies.c.audience == Audience.PRIVATE, ~_message_of_ours()), else_=False).label("first_message"),
        )
        .join(mentions, mentions.c.id == replies.c.mention_id)
        .join(conversations, conversations.c.id == replies.c.conversation_id)
    )


def _opted_out() -> ColumnElement[bool]:
    return exists().where(opt_outs.c.channel == mentions.c.channel, opt_outs.c.author_id == mentions.c.author_id)


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


def _later_post() -> ColumnElement[bool]:
    """The customer wrote again, and what they wrote was not read for this reply."""
    later = mentions.alias("later")
    read = exists().where(decisions.c.mention_id == replies.c.mention_id, later.c.id == func.any(decisions.c.together))
    return (
        exists()
        .where(
            later.c.conversation_id == replies.c.conversation_id,
            later.c.author_id == mentions.c.author_id,
            later.c.id > replies.c.mention_id,
            later.c.addressed,
            later.c.kind != Kind.REPOST,
            ~later.c.ours,
            ~read.correlate(later, replies),
        )
        .correlate(replies, mentions)
    )


def _message_to_us() -> ColumnElement[bool]:
    message = mentions.alias("message")
    return (
        exists()
        .where(
            message.c.conversation_id == replies.c.conversation_id,
            message.c.author_id == replies.c.addressee,
            message.c.audience == Audience.PRIVATE,
            ~message.c.ours,
        )
        .correlate(replies)
    )


def _message_of_ours() -> ColumnElement[bool]:
    return has_messaged(replies.c.channel, replies.c.addressee, besides=replies.c.id).correlate(replies)


async def _posted(connection: AsyncConnection, reply_id: int) -> tuple[Receipt, ...]:
    kept = and_(receipts.c.reply_id == reply_id, receipts.c.retracted_at.is_(None))
    rows = await connection.execute(select(receipts).where(kept).order_by(receipts.c.part))
    return tuple(Receipt(channel=row.channel, post_id=row.post_id, sent_at=row.sent_at) for row in rows)


def _reply(row: RowMapping) -> Reply:
    return Reply(
        channel=row["channel"],
        in_reply_to=row["in_reply_to"],
        text=row["text"],
        kind=ReplyKind(row["kind"]),
        audience=Audience(row["audience"]),
        addressee=row["addressee"],
        invites=row["invites"],
        author=row["author"],
        id=row["id"],
        mention_id=row["mention_id"],
        conversation_id=row["conversation_id"],
    )
