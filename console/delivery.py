"""Says how far a reply has come, and what may still be done about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.vocabulary import Audience, Lane, ReplyKind, ReplyState
from console.troubles import CHANNEL_STATES
from responders.splitting import split

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.vocabulary import Condition, Reply
    from console.situation import Situation
    from storage.cases import ReplyRecord
    from storage.cases.channel import Sent

WORDS = {
    ReplyState.QUEUED: "waits",
    ReplyState.SENDING: "is being sent",
    ReplyState.SENT: "sent",
    ReplyState.FAILED: "not sent",
    ReplyState.CANCELLED: "not sent",
    ReplyState.RETRACTED: "deleted again",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """One post, or one message, that a reply became."""

    part: int
    post_id: str
    retracted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How far a reply has come, in plain words."""

    words: str
    why: str = ""  #: Why it waits, failed or was withdrawn.
    leaves_at: datetime | None = None  #: When it goes out; None unless it waits for that alone.
    posts: tuple[Posted, ...] = ()
    parts: int = 1  #: Posts that it needs in all.
    can_undo: bool = False
    can_retract: bool = False


def describe(record: ReplyRecord, sent: Sequence[Sent], *, leaves_at: datetime, situation: Situation) -> Delivery:
    """Say how far *record* has come, of which *sent* is on the channel; a queued one goes out at *leaves_at*."""
    reply, state = record.reply, record.state
    parts = len(split(reply.text)) if reply.audience is Audience.PUBLIC else 1
    waits = state is ReplyState.QUEUED
    trouble = situation.trouble(reply.channel, lane_of(reply)) if waits else None
    return Delivery(
        words=_words(state, sent, parts),
        why=_why(trouble) if trouble else record.problem or "",
        leaves_at=leaves_at if waits and not trouble else None,
        posts=tuple(_posted(one) for one in sent),
        parts=max(parts, len(sent)),
        can_undo=waits and reply.kind is not ReplyKind.AUTOMATIC,
        can_retract=state is ReplyState.SENT and reply.audience is Audience.PUBLIC,
    )


def lane_of(reply: Reply) -> Lane:
    """Give the lane that *reply* leaves by."""
    return Lane.MESSAGE if reply.audience is Audience.PRIVATE else Lane.POST


def _words(state: ReplyState, sent: Sequence[Sent], parts: int) -> str:
    if state is ReplyState.SENDING and sent:
        return f"{len(sent)} of {parts} sent"
    if state is ReplyState.RETRACTED and any(one.retracted_at is None for one in sent):
        return "is being deleted"
    return WORDS[state]


def _why(trouble: Condition) -> str:
    _, words, helps = CHANNEL_STATES[trouble.state]
    return f"The channel: {words}. {helps}"


def _posted(one: Sent) -> Posted:
    return Posted(part=one.part, post_id=one.post_id, retracted=one.retracted_at is not None)
