"""The queue: which conversations are in which view, and how many."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import ColumnElement, Float, Text, and_, cast, exists, func, literal, select, true, type_coerce
from sqlalchemy.dialects.postgresql import ARRAY

from bot.vocabulary import FULL_AGE, PRIORITY_WEIGHTS, ConversationState, DraftState, Reason, ReplyState, Route
from storage.cases.values import ASIDE, CaseRow
from storage.tables import conversations, decisions, drafts, mentions, replies

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Row, Select
    from sqlalchemy.ext.asyncio import AsyncConnection

PAGE = 50  #: Rows of one page.
COUNTED = 1000  #: Views are counted up to this, so that a crisis does not slow every page.


class View(StrEnum):
    """A saved selection of the queue."""

    NEEDS_PERSON = "needs-person"
    DRAFTS = "drafts"
    MINE = "mine"
    ANSWERED = "answered"
    IGNORED = "ignored"
    ALL = "all"


WORK = frozenset({View.NEEDS_PERSON, View.DRAFTS, View.MINE})
"""Views of what waits for people, which conversations and drafts alone tell."""

Condition: TypeAlias = ColumnElement[bool]

_newest = (
    select(mentions.c.text, mentions.c.posted_at)
    .where(mentions.c.conversation_id == conversations.c.id, ~mentions.c.ours)
    .order_by(mentions.c.id.desc())
    .limit(1)
    .correlate(conversations)
    .lateral("newest")
)
_decided = (
    select(
        decisions.c.route,
        decisions.c.reasons,
        decisions.c.confidence,
        cast(decisions.c.understanding["mood"].astext, Float).label("mood"),
        cast(decisions.c.understanding["danger"].astext, Float).label("danger"),
    )
    .join(mentions, mentions.c.id == decisions.c.mention_id)
    .where(
        mentions.c.conversation_id == conversations.c.id,
        ~type_coerce(decisions.c.reasons, ARRAY(Text)).contained_by(cast(sorted(ASIDE), ARRAY(Text))),
    )
    .order_by(mentions.c.id.desc())
    .limit(1)
    .correlate(conversations)
    .lateral("decided")
)
_replied = (
    select(replies.c.state)
    .where(replies.c.conversation_id == conversations.c.id, replies.c.state != ReplyState.CANCELLED)
    .order_by(replies.c.id.desc())
    .limit(1)
    .correlate(conversations)
    .lateral("replied")
)
_drafted = (
    exists()
    .where(drafts.c.conversation_id == conversations.c.id, drafts.c.state == DraftState.PENDING)
    .correlate(conversations)
)
_joined = conversations.join(_newest, true()).join(_decided, true(), isouter=True).join(_replied, true(), isouter=True)


async def list_cases(
    connection: AsyncConnection, view: View, *, agent: str, team: str = "", page: int = 1
) -> tuple[CaseRow, ...]:
    """Give one page of *view* as *agent* sees it: where work waits the most urgent first, else the latest.

    Of one *team* only, where given.
    """
    shown = (
        select(conversations.c.id)
        .select_from(conversations if view in WORK else _joined)
        .where(_condition(view, agent), _of_team(team))
        .order_by(*_order(view))
        .limit(PAGE)
        .offset((page - 1) * PAGE)
        .correlate(None)
    )
    statement = (
        select(
            conversations,
            total_priority(func.now()).label("total"),
            _newest.c.text.label("preview"),
            _newest.c.posted_at,
            _decided.c.route,
            _decided.c.reasons,
            _decided.c.confidence,
            _decided.c.mood,
            _decided.c.danger,
            _replied.c.state.label("reply_state"),
            _drafted.label("has_draft"),
        )
        .select_from(_joined)
        .where(conversations.c.id.in_(shown))
        .order_by(*_order(view))
    )
    return tuple(_row(row) for row in await connection.execute(statement))


async def count_cases(connection: AsyncConnection, *, agent: str, team: str = "") -> Mapping[View, int]:
    """Give the number of conversations in each view, up to `COUNTED`; of one *team* only, where given."""
    counts = [_counted(and_(_condition(view, agent), _of_team(team))).label(view.name) for view in View]
    row = (await connection.execute(select(*counts))).one()
    return dict(zip(View, row, strict=True))


async def count_open(connection: AsyncConnection) -> Mapping[str, int]:
    """Give the number of open conversations of each team that has any; "" stands for those without a team."""
    team = func.coalesce(conversations.c.team, "").label("team")
    is_open = conversations.c.state == ConversationState.OPEN
    rows = await connection.execute(select(team, func.count().label("size")).where(is_open).group_by("team"))
    return {row.team: row.size for row in rows}


def total_priority(now: ColumnElement[datetime]) -> ColumnElement[float]:
    """Give the priority of a conversation as it has grown until *now*: the sum that `bot.deciding.priority` makes."""
    waited = func.extract("epoch", now - conversations.c.waiting_since)
    allowed = func.extract("epoch", conversations.c.due_at - conversations.c.waiting_since)
    age = PRIORITY_WEIGHTS.age * _share(waited / FULL_AGE.total_seconds())
    deadline = PRIORITY_WEIGHTS.deadline * _share(waited / allowed)
    return conversations.c.priority + func.coalesce(age + deadline, 0.0)


def _share(value: ColumnElement[Any]) -> ColumnElement[float]:
    return func.least(1.0, func.greatest(0.0, cast(value, Float)))


def _of_team(team: str) -> Condition:
    return conversations.c.team == team if team else true()


def _counted(condition: Condition) -> ColumnElement[int]:
    some: Select[int] = select(literal(1).label("one")).select_from(_joined).where(condition).limit(COUNTED)
    return select(func.count()).select_from(some.subquery()).scalar_subquery()


def _condition(view: View, agent: str) -> Condition:
    state = conversations.c.state
    match view:
        case View.NEEDS_PERSON:
            return and_(state == ConversationState.OPEN, ~_drafted)
        case View.DRAFTS:
            return _drafted
        case View.MINE:
            return and_(conversations.c.owner == agent, state != ConversationState.RESOLVED)
        case View.ANSWERED:
            return _decided.c.route == Route.ANSWER
        case View.IGNORED:
            return _decided.c.route == Route.IGNORE
        case View.ALL:
            return true()


def _order(view: View) -> tuple[ColumnElement[Any], ...]:
    """Sort by columns of the conversation alone, so that the joins are made for the rows of one page only."""
    if view in WORK:
        return (total_priority(func.now()).desc(), conversations.c.opened_at.asc(), conversations.c.id.asc())
    return (conversations.c.updated_at.desc(), conversations.c.id.desc())


def _row(row: Row[tuple[object, ...]]) -> CaseRow:
    return CaseRow(
        id=row.id,
        channel=row.channel,
        author_handle=row.author_handle,
        author_name=row.author_name,
        preview=row.preview,
        heard_at=row.posted_at,
        state=ConversationState(row.state),
        priority=row.total,
        owner=row.owner,
        team=row.team,
        has_draft=row.has_draft,
        route=Route(row.route) if row.route else None,
        reasons=tuple(Reason(code) for code in row.reasons or ()),
        confidence=row.confidence or 0.0,
        mood=row.mood or 0.0,
        danger=row.danger or 0.0,
        reply_state=ReplyState(row.reply_state) if row.reply_state else None,
    )
