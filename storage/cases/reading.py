"""Reads one conversation with all that belongs to it."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, select

from bot.vocabulary import (
    Audience,
    Candidate,
    Conversation,
    ConversationState,
    Decision,
    Draft,
    DraftState,
    Entity,
    Handoff,
    Mention,
    Priority,
    Ranked,
    Reason,
    Receipt,
    Reply,
    ReplyKind,
    ReplyState,
    Route,
    RuleOutcome,
    Switch,
)
from storage.cases.values import (
    Case,
    DecisionRecord,
    DraftRecord,
    HandoffRecord,
    Move,
    Pause,
    Reading,
    ReplyRecord,
)
from storage.mentions import mention_of
from storage.tables import conversations, decisions, drafts, handoffs, mentions, moves, receipts, replies, switches

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row, Select, Table
    from sqlalchemy.ext.asyncio import AsyncConnection

LONGEST = 200  #: Rows of each group that are read, newest kept; a flooded thread must still open.

_CANDIDATE = frozenset(field.name for field in fields(Candidate))


async def find_case(connection: AsyncConnection, conversation_id: int) -> Case | None:
    """Give the conversation with its whole thread, or None."""
    own = conversations.c.id == conversation_id
    row = (await connection.execute(select(conversations).where(own))).first()
    if row is None:
        return None
    decided = select(decisions).join(mentions).where(mentions.c.conversation_id == conversation_id)
    first_part = and_(receipts.c.reply_id == replies.c.id, receipts.c.part == 1)
    replied = select(replies, receipts.c.post_id, receipts.c.sent_at).join(receipts, first_part, isouter=True)
    replied = replied.where(replies.c.conversation_id == conversation_id)
    return Case(
        conversation=_conversation(row),
        author_name=row.author_name,
        opened_at=row.opened_at,
        mentions=tuple(_mention(r) for r in await _newest(connection, mentions, _of(mentions, conversation_id))),
        replies=tuple(_reply(r) for r in await _newest(connection, replies, replied)),
        drafts=tuple(_draft(r) for r in await _newest(connection, drafts, _of(drafts, conversation_id))),
        handoffs=tuple(_handoff(r) for r in await _newest(connection, handoffs, _of(handoffs, conversation_id))),
        decisions=tuple(_decision(r) for r in await _newest(connection, decisions, decided, by="mention_id")),
        moves=tuple(_move(r) for r in await _newest(connection, moves, _of(moves, conversation_id))),
    )


async def find_draft_case(connection: AsyncConnection, draft_id: int) -> Case | None:
    """Give the conversation that a draft belongs to, or None."""
    where = await connection.scalar(select(drafts.c.conversation_id).where(drafts.c.id == draft_id))
    return await find_case(connection, where) if where is not None else None


async def find_pause(connection: AsyncConnection) -> Pause | None:
    """Give who paused the bot and since when; None while it works."""
    paused = select(switches).where(switches.c.name == Switch.PAUSED, switches.c.on)
    row = (await connection.execute(paused)).first()
    return Pause(by=row.by, since=row.since) if row else None


def _of(table: Table, conversation_id: int) -> Select[Any]:
    return select(table).where(table.c.conversation_id == conversation_id)


async def _newest(
    connection: AsyncConnection, table: Table, statement: Select[Any], *, by: str = "id"
) -> Sequence[Row[Any]]:
    rows = (await connection.execute(statement.order_by(table.c[by].desc()).limit(LONGEST))).all()
    return tuple(reversed(rows))


def _conversation(row: Row[Any]) -> Conversation:
    return Conversation(
        id=row.id,
        channel=row.channel,
        author_id=row.author_id,
        author_handle=row.author_handle,
        root_id=row.root_id,
        state=ConversationState(row.state),
        priority=row.priority,
        owner=row.owner,
        team=row.team,
        waiting_since=row.waiting_since,
        due_at=row.due_at,
    )


def _mention(row: Row[Any]) -> Mention:
    return mention_of(row._mapping)  # noqa: SLF001 - public in SQLAlchemy; the underscore keeps it apart from columns


def _reply(row: Row[Any]) -> ReplyRecord:
    receipt = Receipt(channel=row.channel, post_id=row.post_id, sent_at=row.sent_at) if row.post_id else None
    reply = Reply(
        id=row.id,
        channel=row.channel,
        in_reply_to=row.in_reply_to,
        text=row.text,
        kind=ReplyKind(row.kind),
        audience=Audience(row.audience),
        addressee=row.addressee,
        invites=row.invites,
        author=row.author,
        mention_id=row.mention_id,
        conversation_id=row.conversation_id,
    )
    return ReplyRecord(
        reply=reply, state=ReplyState(row.state), problem=row.problem, queued_at=row.queued_at, receipt=receipt
    )


def _draft(row: Row[Any]) -> DraftRecord:
    draft = Draft(
        id=row.id,
        mention_id=row.mention_id,
        text=row.text,
        article_id=row.article_id,
        confidence=row.confidence,
        state=DraftState(row.state),
    )
    return DraftRecord(
        draft=draft,
        final_text=row.final_text,
        settled_by=row.settled_by,
        settled_at=row.settled_at,
        drafted_at=row.drafted_at,
    )


def _handoff(row: Row[Any]) -> HandoffRecord:
    handoff = Handoff(
        id=row.id,
        mention_id=row.mention_id,
        goal=row.goal,
        mood=row.mood,
        reasons=_reasons(row.reasons),
        suggestion=row.suggestion,
        priority=row.priority,
    )
    return HandoffRecord(handoff=handoff, handed_at=row.handed_at)


def _move(row: Row[Any]) -> Move:
    return Move(team=row.team, by=row.by, at=row.at)


def _decision(row: Row[Any]) -> DecisionRecord:
    decision = Decision(
        route=Route(row.route),
        reasons=_reasons(row.reasons),
        rules=tuple(
            RuleOutcome(rule=given["rule"], applied=given["applied"], reasons=_reasons(given["reasons"]))
            for given in row.rules
        ),
        priority=Priority(**row.priority_parts),
        team=row.team or "",
        deadline=row.deadline,
        confidence=row.confidence,
        threshold=row.threshold,
        certified=row.certified,
        candidates=tuple(_candidate(given) for given in row.candidates),
    )
    return DecisionRecord(
        decision=decision,
        reading=_understood(row.understanding),
        versions={name: str(version) for name, version in row.versions.items()},
        mention_id=row.mention_id,
        decided_at=row.decided_at,
    )


def _candidate(given: dict[str, Any]) -> Candidate:
    return Candidate(**{name: value for name, value in given.items() if name in _CANDIDATE})


def _understood(given: dict[str, Any] | None) -> Reading | None:
    if given is None:
        return None
    return Reading(
        text=given["text"],
        intents=_ranked(given["intents"]),
        mood=given["mood"],
        danger=given["danger"],
        dangers=_ranked(given.get("dangers", ())),
        language=given["language"],
        entities=tuple(Entity(**one) for one in given.get("entities", ())),
    )


def _ranked(given: Sequence[dict[str, Any]]) -> tuple[Ranked, ...]:
    return tuple(Ranked(label=one["label"], probability=one["probability"]) for one in given)


def _reasons(codes: Sequence[str]) -> tuple[Reason, ...]:
    return tuple(Reason(code) for code in codes)
