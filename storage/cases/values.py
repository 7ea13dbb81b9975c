"""What an agent sees of a conversation, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from math import isclose
from typing import TYPE_CHECKING

from bot.vocabulary import DraftState, Reason
from storage.corrections import as_irate

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.vocabulary import (
        Conversation,
        ConversationState,
        Decision,
        Draft,
        Entity,
        Handoff,
        Mention,
        Priority,
        Ranked,
        Receipt,
        Reply,
        ReplyState,
        Route,
    )


ASIDE = frozenset({Reason.CONTINUED, Reason.OURSELVES})
"""Reasons of decisions on posts that say nothing about where a conversation stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """One line of the queue."""

    id: int
    channel: str
    author_handle: str
    author_name: str
    preview: str  #: Text of the newest mention.
    heard_at: datetime  #: When the newest mention was posted.
    state: ConversationState
    priority: float  #: As it has grown until now, 0 to 1.
    owner: str | None
    team: str | None  #: None before the first decision.
    has_draft: bool  #: Whether a draft waits for a person.
    route: Route | None  #: Of the newest decision; None before the first.
    reasons: tuple[Reason, ...]
    confidence: float
    mood: float  #: 0 to 1; 0 where nothing was read.
    danger: float  #: 0 to 1; 0 where nothing was read.
    reply_state: ReplyState | None  #: Of the newest reply that was not withdrawn.


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the bot read out of one mention."""

    text: str
    intents: tuple[Ranked, ...]
    mood: float
    danger: float
    dangers: tuple[Ranked, ...]  #: Most probable first; empty for what was decided before kinds were told apart.
    language: str | None
    entities: tuple[Entity, ...]  #: What it names, contacts aside; empty for what was decided before they were read.


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRecord:
    """A stored decision; the understanding in it is None, what was read is beside it."""

    decision: Decision
    reading: Reading | None
    versions: Mapping[str, str]
    mention_id: int
    decided_at: datetime

    @property
    def is_aside(self) -> bool:
        """Whether it says only that another post counts."""
        return set(self.decision.reasons) <= ASIDE


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRecord:
    """A stored draft and what became of it."""

    draft: Draft
    final_text: str | None
    settled_by: str | None
    settled_at: datetime | None
    drafted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffRecord:
    """A stored handoff."""

    handoff: Handoff
    handed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyRecord:
    """A stored reply and how far it has come."""

    reply: Reply
    state: ReplyState
    problem: str | None
    queued_at: datetime
    receipt: Receipt | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A conversation that an agent gave to another team."""

    team: str
    by: str  #: The agent's name.
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One conversation with everything that happened in it, each group oldest first."""

    conversation: Conversation
    author_name: str
    opened_at: datetime
    mentions: tuple[Mention, ...]
    replies: tuple[ReplyRecord, ...]
    drafts: tuple[DraftRecord, ...]
    handoffs: tuple[HandoffRecord, ...]
    decisions: tuple[DecisionRecord, ...]
    moves: tuple[Move, ...] = ()

    @property
    def newest(self) -> Mention | None:
        """The mention that a reply answers: the customer's last, or the one that their last burst was decided with."""
        aside = {record.mention_id for record in self.decisions if record.is_aside}
        return next((each for each in reversed(self.mentions) if not each.ours and each.id not in aside), None)

    @property
    def decision(self) -> DecisionRecord | None:
        """The newest decision that says what becomes of the conversation."""
        return next((record for record in reversed(self.decisions) if not record.is_aside), None)

    @property
    def fixed_priority(self) -> Priority | None:
        """The parts of the priority that the most urgent decision fixed; None where they were not kept.

        The mood is all that it can be where an agent said so after the decision.
        """
        decided = [record.decision.priority for record in reversed(self.decisions)]
        parts = (*decided, *map(as_irate, decided))
        return next((each for each in parts if isclose(each.total, self.conversation.priority)), None)

    @property
    def waiting(self) -> DraftRecord | None:
        """The newest draft that waits for a person."""
        pending = [record for record in self.drafts if record.draft.state is DraftState.PENDING]
        return pending[-1] if pending else None

    @property
    def handoff(self) -> HandoffRecord | None:
        """The newest handoff."""
        return self.handoffs[-1] if self.handoffs else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Who pressed the kill switch, and when."""

    by: str
    since: datetime
