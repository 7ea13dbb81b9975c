"""What was decided: the immutable decision rows, and in the same transaction what follows from them."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import ARRAY, BigInteger, Float, and_, case, cast, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from bot.vocabulary import (
    Candidate,
    ConversationState,
    Draft,
    Handoff,
    Outcome,
    Reply,
    Route,
    Understanding,
)
from storage.notices import Notice, Subject, notify
from storage.tables import conversations, decisions, drafts, handoffs, inbox, opt_outs, replies

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.vocabulary import RuleOutcome


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
    rows = [_reply_row(outcome, outcome.made) for outcome in outcomes if isinstance(outcome.made, Reply)]
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
    urgent: dict[int, float] = {}
    for outcome in outcomes:
        if outcome.decision.route in {Route.DRAFT, Route.HANDOFF}:
            where = outcome.admitted.conversation_id
            urgent[where] = max(urgent.get(where, 0.0), outcome.decision.priority)
    if urgent:
        given = func.unnest(cast(list(urgent), ARRAY(BigInteger)), cast(list(urgent.values()), ARRAY(Float)))
        sooner = given.table_valued("conversation", "urgency", joins_implicitly=True).render_derived()
        is_open = conversations.c.state == ConversationState.OPEN
        await connection.execute(
            update(conversations)
            .where(conversations.c.id == sooner.c.conversation)
            .values(
                state=ConversationState.OPEN,
                priority=func.greatest(sooner.c.urgency, case((is_open, conversations.c.priority), else_=0.0)),
                updated_at=func.now(),
            )
        )


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
        "priority": decision.priority,
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


def understanding_row(understanding: Understanding | None) -> dict[str, Any] | None:
    """Give an understanding as it is stored and shown to other programs: without its vector."""
    if understanding is None:
        return None
    return {
        "text": understanding.text,
        "intents": [{"label": ranked.label, "probability": ranked.probability} for ranked in understanding.intents],
        "mood": understanding.mood,
        "danger": understanding.danger,
        "language": understanding.language,
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
