"""Lays out one conversation as its reader sees it: everything that happened, in order of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.vocabulary import DraftState, Reason
from console.delivery import describe
from console.pleas import plea

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from bot.vocabulary import Candidate, Mention, Parent
    from console.delivery import Delivery
    from console.opened import Opened
    from storage.cases import Case, DecisionRecord, DraftRecord, ReplyRecord
    from storage.corrections import Correction


MOODS = 6
"""Moods at most that are shown of one conversation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing in a thread: a post, a reply of ours, or a line about what somebody did."""

    at: datetime
    mention: Mention | None = None
    parents: tuple[Parent, ...] = ()  #: What the mention replies to or quotes and nothing above shows, farthest first.
    decision: DecisionRecord | None = None  #: Of the mention.
    corrections: tuple[Correction, ...] = ()  #: What agents said of the mention's mood, oldest first.
    goes_on: bool = False  #: Whether the mention is decided together with the next one.
    together: int = 0  #: Earlier posts that were read together with the mention.
    plea: str = ""  #: Asks the author to delete the mention, where it shows personal data.
    language: str = ""  #: Of the plea.
    kept: bool = False  #: Whether what was masked in the mention can be looked at.
    reply: ReplyRecord | None = None
    delivery: Delivery | None = None  #: Of the reply.
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


def find_moods(case: Case) -> tuple[float, ...]:
    """Give the moods of the latest posts that were read, oldest first; posts that were read as one have one mood."""
    return tuple(record.reading.mood for record in case.decisions if record.reading is not None)[-MOODS:]


def lay_out(opened: Opened) -> tuple[Entry, ...]:
    """Give the thread of a conversation, oldest first."""
    case = opened.case
    said = (*_posts(opened), *_replies(opened))
    done = (*_settled(case), *_handed(case), *_moved(case), *_disclosed(opened), *_left(opened))
    return tuple(sorted((*said, *done), key=lambda entry: entry.at))


def _posts(opened: Opened) -> Iterator[Entry]:
    case, traces = opened.case, opened.traces
    decided = {record.mention_id: record for record in case.decisions}
    shown = {mention.post_id for mention in case.mentions}
    shown |= {sent.post_id for parts in traces.sent.values() for sent in parts}
    for mention in case.mentions:
        decision = decided.get(mention.id)
        language = decision.reading.language if decision and decision.reading else None
        yield Entry(
            at=mention.posted_at,
            mention=mention,
            parents=tuple(parent for parent in reversed(mention.parents) if parent.post_id not in shown),
            decision=decision,
            corrections=tuple(each for each in opened.corrections if each.mention_id == mention.id),
            goes_on=decision is not None and Reason.CONTINUED in decision.decision.reasons,
            together=len(traces.together.get(mention.id, ())),
            plea=plea(mention, language),
            language=language or "en",
            kept=mention.id in opened.kept,
        )
        shown |= {parent.post_id for parent in mention.parents}


def _replies(opened: Opened) -> Iterator[Entry]:
    for record in opened.case.replies:
        sent = opened.traces.sent.get(record.reply.id, ())
        leaves_at = opened.traces.leaves_at.get(record.reply.id, record.queued_at)
        delivery = describe(record, sent, leaves_at=leaves_at, situation=opened.situation)
        yield Entry(at=sent[0].sent_at if sent else record.queued_at, reply=record, delivery=delivery)


def _settled(case: Case) -> Iterator[Entry]:
    for record in case.drafts:
        if record.settled_at is not None:
            yield Entry(at=record.settled_at, event=_became(record))


def _became(record: DraftRecord) -> str:
    state = record.draft.state
    if state is DraftState.WITHDRAWN:
        return f"The draft was withdrawn. {(record.settled_by or '').removeprefix('the bot: ')}".rstrip()
    edited = state is DraftState.APPROVED and record.final_text != record.draft.text
    return f"{record.settled_by} {f'edited and {state}' if edited else state} the draft"


def _handed(case: Case) -> Iterator[Entry]:
    for record in case.handoffs:
        yield Entry(at=record.handed_at, event=f"Handed to a person: {record.handoff.goal}")


def _moved(case: Case) -> Iterator[Entry]:
    for move in case.moves:
        yield Entry(at=move.at, event=f"{move.by} moved this to {move.team}")


def _disclosed(opened: Opened) -> Iterator[Entry]:
    for disclosure in opened.disclosures:
        yield Entry(at=disclosure.shown_at, event=f"{disclosure.by} looked at what was masked")


def _left(opened: Opened) -> Iterator[Entry]:
    for shown in opened.offline:
        case, reference = shown.case, shown.case.escalation.reference
        yield Entry(at=case.escalation.opened_at, event=f"Case {reference} was opened")
        if case.sent_at is not None:
            yield Entry(at=case.sent_at, event=f"The help desk has case {reference}")
        if case.resolved_at is not None:
            yield Entry(at=case.resolved_at, event=f"The help desk resolved case {reference}")
