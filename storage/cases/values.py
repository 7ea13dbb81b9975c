"""What an agent sees of a conversation, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.vocabulary import DraftState

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.vocabulary import (
        Conversation,
        ConversationState,
        Decision,
        Draft,
        Handoff,
        Mention,
        Ranked,
        Reason,
        Receipt,
        Reply,
        ReplyState,
        Route,
    )


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
    priority: float  #: 0 to 1.
    owner: str | None
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
    language: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRecord:
    """A stored decision; the understanding in it is None, what was read is beside it."""

    decision: Decision
    reading: Reading | None
    versions: Mapping[str, str]
    mention_id: int
    decided_at: datetime


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

    @property
    def newest(self) -> Mention | None:
        """The mention that a reply answers."""
        return self.mentions[-1] if self.mentions else None

    @property
    def decision(self) -> DecisionRecord | None:
        """The newest decision."""
        return self.decisions[-1] if self.decisions else None

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
