"""Lays out one conversation as its reader sees it: everything that happened, in order of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.vocabulary import DraftState

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from bot.vocabulary import Candidate, Mention
    from storage.cases import Case, DecisionRecord, ReplyRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing in a thread: a customer's post, a reply of ours, or a line about what somebody did."""

    at: datetime
    mention: Mention | None = None
    decision: DecisionRecord | None = None  #: Of the mention.
    reply: ReplyRecord | None = None
    event: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What a draft was made from."""

    candidate: Candidate
    spoken: str  #: The customer's language where the article has another; else empty.


def find_basis(case: Case) -> Basis | None:
    """Say what the waiting draft of *case* was made from; None where none waits, or that is not known."""
    mention_id = case.waiting.draft.mention_id if case.waiting else None
    record = next((record for record in case.decisions if record.mention_id == mention_id), None)
    if record is None or not record.decision.candidates:
        return None
    best = record.decision.candidates[0]
    spoken = (record.reading.language if record.reading else None) or best.language
    return Basis(candidate=best, spoken="" if spoken == best.language else spoken)


def lay_out(case: Case) -> tuple[Entry, ...]:
    """Give the thread of *case*, oldest first."""
    entries = (*_posts(case), *_replies(case), *_settled(case), *_handed(case))
    return tuple(sorted(entries, key=lambda entry: entry.at))


def _posts(case: Case) -> Iterator[Entry]:
    decided = {record.mention_id: record for record in case.decisions}
    for mention in case.mentions:
        yield Entry(at=mention.posted_at, mention=mention, decision=decided.get(mention.id))


def _replies(case: Case) -> Iterator[Entry]:
    for record in case.replies:
        yield Entry(at=record.receipt.sent_at if record.receipt else record.queued_at, reply=record)


def _settled(case: Case) -> Iterator[Entry]:
    for record in case.drafts:
        if record.settled_at is None:
            continue
        edited = record.draft.state is DraftState.APPROVED and record.final_text != record.draft.text
        verb = f"edited and {record.draft.state}" if edited else record.draft.state
        yield Entry(at=record.settled_at, event=f"{record.settled_by} {verb} the draft")


def _handed(case: Case) -> Iterator[Entry]:
    for record in case.handoffs:
        yield Entry(at=record.handed_at, event=f"Handed to a person: {record.handoff.goal}")
