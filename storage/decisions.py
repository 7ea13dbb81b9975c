"""What was decided: the immutable decision rows, and in the same transaction what follows from them."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    DateTime,
    Float,
    Text,
    and_,
    case,
    cast,
    delete,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from bot.vocabulary import (
    Candidate,
    ConversationState,
    Draft,
    EntityKind,
    Handoff,
    Outcome,
    Reply,
    Route,
    Understanding,
)
from storage import originals
from storage.cases.values import ASIDE
from storage.notices import Notice, Subject, notify
from storage.tables import conversations, decisions, drafts, handoffs, inbox, opt_outs, replies

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, TableValuedAlias
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.vocabulary import Priority, RuleOutcome


CANDIDATE = tuple(field.name for field in fields(Candidate) if field.name != "full_answer")
"""What is kept of a candidate: all but its longest part, which the knowledge base has."""


async def record(connection: AsyncConnection, outcomes: Sequence[Outcome], versions: Mapping[str, str]) -> list[int]:
    """Write down *outcomes* and all that follows from them, and give the ids of the replies that are to be sent."""
    if not outcomes:
        return []
    await _insert(connection, decisions, [_decision_row(outcome, versions) for outcome in outcomes])
    sent = await _queue_replies(connection, outcomes)
    await _insert(connection, drafts, [_draft_row(outcome) for outcome in outcomes if isinstance(outcome.made, Draft)])
    await _insert(
        connection, handoffs, [_handoff_row(outcome) for outcome in outcomes if isinstance(outcome.made, Handoff)]
    )
    await _opt_out(connection, outcomes)
    await _open_conversations(connection, outcomes)
    masked = [outcome.admitted.mention.id for outcome in outcomes if outcome.admitted.mention.masked]
    if masked:
        await originals.let_go(connection, masked)
    await connection.execute(delete(inbox).where(inbox.c.mention_id.in_([o.admitted.mention.id for o in outcomes])))
    notices = [
        Notice(
            subject=Subject.DECIDED,
            conversation_id=outcome.admitted.conversation_id,
            mention_id=outcome.admitted.mention.id,
        )
        for outcome in outcomes
    ]
    await notify(connection, *notices)
    return sent


async def _queue_replies(connection: AsyncConnection, outcomes: Sequence[Outcome]) -> list[int]:
    made = ((outcome, reply) for outcome in outcomes for reply in (outcome.made, outcome.said))
    rows = [_reply_row(outcome, reply) for outcome, reply in made if isinstance(reply, Reply)]
    if not rows:
        return []
    one_per_post = text("state <> 'cancelled' and kind <> 'agent'")
    statement = insert(replies).on_conflict_do_nothing(index_elements=["channel", "chain_id"], index_where=one_per_post)
    return list(await connection.scalars(statement.returning(replies.c.id), rows))


async def _insert(connection: AsyncConnection, table: Any, rows: list[dict[str, Any]]) -> None:  # noqa: ANN401 - any table
    if rows:
        # Asked for ids, SQLAlchemy sends many rows in one statement, several times as fast as row by row.
        await connection.execute(insert(table).returning(table.c.id), rows)


async def _open_conversations(connection: AsyncConnection, outcomes: Sequence[Outcome]) -> None:
    """Open the conversations that need a person, and give every decided one to its team."""
    changes: dict[int, _Change] = {}
    for outcome in sorted(outcomes, key=lambda outcome: outcome.admitted.mention.id):
        if not ASIDE.issuperset(outcome.decision.reasons):
            place, change = outcome.admitted.conversation_id, _change(outcome)
            changes[place] = changes[place].followed_by(change) if place in changes else change
    if not changes:
        return
    given = _given(changes)
    is_open = conversations.c.state == ConversationState.OPEN
    waited = {name: case((is_open, conversations.c[name])) for name in ("waiting_since", "due_at")}
    urgency = func.greatest(given.c.urgency, case((is_open, conversations.c.priority), else_=0.0))
    await connection.execute(
        update(conversations)
        .where(conversations.c.id == given.c.conversation)
        .values(
            state=case((given.c.opens, ConversationState.OPEN), else_=conversations.c.state),
            priority=case((given.c.opens, urgency), else_=conversations.c.priority),
            team=case((_keeps_team(given), conversations.c.team), else_=func.nullif(given.c.team, "")),
            waiting_since=func.least(given.c.since, waited["waiting_since"]),
            due_at=func.least(given.c.due, waited["due_at"]),
            updated_at=case((given.c.opens, func.now()), else_=conversations.c.updated_at),
        )
    )


class _Change(NamedTuple):
    """What becomes of a conversation by the decisions of one batch."""

    opens: bool  #: Whether it needs a person.
    urgency: float  #: The fixed parts of its priority.
    team: str
    is_read: bool  #: Whether the team was chosen by what the customer says.
    since: datetime | None  #: When the oldest post that a person owes an answer was posted.
    due: datetime | None  #: When that should be answered.

    def followed_by(self, later: _Change) -> _Change:
        """Give what becomes of the conversation by both."""
        named = later if later.is_read or not self.is_read else self
        return _Change(
            opens=self.opens or later.opens,
            urgency=max(self.urgency, later.urgency),
            team=named.team,
            is_read=named.is_read,
            since=min((since for since in (self.since, later.since) if since), default=None),
            due=min((due for due in (self.due, later.due) if due), default=None),
        )


def _change(outcome: Outcome) -> _Change:
    decision = outcome.decision
    opens = decision.route in {Route.DRAFT, Route.HANDOFF}
    posts = (outcome.admitted.mention, *outcome.admitted.earlier)
    return _Change(
        opens=opens,
        urgency=decision.priority.total if opens else 0.0,
        team=decision.team,
        is_read=decision.understanding is not None,
        since=min(post.posted_at for post in posts) if opens else None,
        due=decision.deadline if opens else None,
    )


def _given(changes: Mapping[int, _Change]) -> TableValuedAlias:
    """Give *changes* as rows of a statement."""
    made = changes.values()
    rows = func.unnest(
        cast(list(changes), ARRAY(BigInteger)),
        cast([change.opens for change in made], ARRAY(Boolean)),
        cast([change.urgency for change in made], ARRAY(Float)),
        cast([change.team for change in made], ARRAY(Text)),
        cast([change.is_read for change in made], ARRAY(Boolean)),
        cast([change.since for change in made], ARRAY(DateTime(timezone=True))),
        cast([change.due for change in made], ARRAY(DateTime(timezone=True))),
    )
    return rows.table_valued("conversation", *_Change._fields, joins_implicitly=True).render_derived()


def _keeps_team(given: TableValuedAlias) -> ColumnElement[bool]:
    """Hold for a conversation that an agent gave to its team, or that is in one while nothing new was read."""
    unread = and_(~given.c.is_read, conversations.c.team.is_not(None))
    return or_(conversations.c.moved_by.is_not(None), unread)


async def _opt_out(connection: AsyncConnection, outcomes: Sequence[Outcome]) -> None:
    authors = {(o.admitted.mention.channel, o.admitted.mention.author_id) for o in outcomes if o.opts_out}
    for channel, author_id in authors:
        await connection.execute(insert(opt_outs).values(channel=channel, author_id=author_id).on_conflict_do_nothing())
        # A reply that nobody has begun to send must not follow a "stop".
        await connection.execute(
            update(replies)
            .where(
                and_(
                    replies.c.state == "queued",
                    replies.c.kind == "automatic",
                    replies.c.conversation_id.in_(
                        select(conversations.c.id).where(
                            conversations.c.channel == channel, conversations.c.author_id == author_id
                        )
                    ),
                )
            )
            .values(state="cancelled", problem="The customer opted out.")
        )


def _decision_row(outcome: Outcome, versions: Mapping[str, str]) -> dict[str, Any]:
    decision = outcome.decision
    return {
        "mention_id": outcome.admitted.mention.id,
        "route": decision.route,
        "reasons": list(decision.reasons),
        "rules": rule_rows(decision.rules),
        "priority": decision.priority.total,
        "priority_parts": priority_row(decision.priority),
        "team": decision.team or None,
        "deadline": decision.deadline,
        "confidence": decision.confidence,
        "threshold": decision.threshold,
        "certified": decision.certified,
        "candidates": [candidate_row(candidate) for candidate in decision.candidates],
        "understanding": understanding_row(decision.understanding),
        "versions": dict(versions),
        "together": [mention.id for mention in outcome.admitted.earlier],
    }


def candidate_row(candidate: Candidate) -> dict[str, Any]:
    """Give a candidate as it is stored and shown to other programs."""
    # Field by field: dataclasses.asdict copies deeply, and took a tenth of the whole pipeline's time.
    return {name: getattr(candidate, name) for name in CANDIDATE}


def rule_rows(rules: Sequence[RuleOutcome]) -> list[dict[str, Any]]:
    """Give the outcomes of the rules as they are stored and shown to other programs."""
    return [{"rule": rule.rule, "applied": rule.applied, "reasons": list(rule.reasons)} for rule in rules]


def priority_row(priority: Priority) -> dict[str, float]:
    """Give the parts of a priority that are fixed with the decision, as they are stored and shown to other programs."""
    return {"mood": priority.mood, "urgency": priority.urgency, "reach": priority.reach}


def understanding_row(understanding: Understanding | None) -> dict[str, Any] | None:
    """Give an understanding as it is stored and shown to other programs: without its vector, and without contacts.

    How to reach a customer is kept only where they wrote it.
    """
    if understanding is None:
        return None
    return {
        "text": understanding.text,
        "intents": [{"label": ranked.label, "probability": ranked.probability} for ranked in understanding.intents],
        "strange": understanding.strange,
        "mood": understanding.mood,
        "danger": understanding.danger,
        "dangers": [{"label": ranked.label, "probability": ranked.probability} for ranked in understanding.dangers],
        "language": understanding.language,
        "entities": [asdict(entity) for entity in understanding.entities if entity.kind != EntityKind.CONTACT],
    }


def _reply_row(outcome: Outcome, reply: Reply) -> dict[str, Any]:
    return {
        "mention_id": outcome.admitted.mention.id,
        "conversation_id": outcome.admitted.conversation_id,
        "channel": reply.channel,
        "chain_id": outcome.admitted.mention.chain_id,
        "in_reply_to": reply.in_reply_to,
        "text": reply.text,
        "kind": reply.kind,
        "audience": reply.audience,
        "addressee": reply.addressee,
        "author": reply.author,
    }


def _draft_row(outcome: Outcome) -> dict[str, Any]:
    draft = outcome.made
    assert isinstance(draft, Draft)  # noqa: S101 - the caller chose the drafts
    return {
        "mention_id": outcome.admitted.mention.id,
        "conversation_id": outcome.admitted.conversation_id,
        "text": draft.text,
        "article_id": draft.article_id,
        "confidence": draft.confidence,
    }


def _handoff_row(outcome: Outcome) -> dict[str, Any]:
    handoff = outcome.made
    assert isinstance(handoff, Handoff)  # noqa: S101 - the caller chose the handoffs
    return {
        "mention_id": outcome.admitted.mention.id,
        "conversation_id": outcome.admitted.conversation_id,
        "goal": handoff.goal,
        "mood": handoff.mood,
        "reasons": list(handoff.reasons),
        "suggestion": handoff.suggestion,
        "priority": handoff.priority,
    }
