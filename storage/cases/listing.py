"""The queue: which conversations are in which view, and how many."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from sqlalchemy import ColumnElement, Float, Text, and_, cast, exists, func, literal, select, true, type_coerce
from sqlalchemy.dialects.postgresql import ARRAY

from bot.vocabulary import ConversationState, DraftState, Reason, ReplyState, Route
from storage.cases.values import ASIDE, CaseRow
from storage.tables import conversations, decisions, drafts, mentions, replies

if TYPE_CHECKING:
    from collections.abc import Mapping

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


async def list_cases(connection: AsyncConnection, view: View, *, agent: str, page: int = 1) -> tuple[CaseRow, ...]:
    """Give one page of *view* as *agent* sees it: where work waits the most urgent first, else the latest."""
    statement = (
        select(
            conversations,
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
        .where(_condition(view, agent))
        .order_by(*_order(view))
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return tuple(_row(row) for row in await connection.execute(statement))


async def count_cases(connection: AsyncConnection, *, agent: str) -> Mapping[View, int]:
    """Give the number of conversations in each view, up to `COUNTED`."""
    counts = [_counted(_condition(view, agent)).label(view.name) for view in View]
    row = (await connection.execute(select(*counts))).one()
    return dict(zip(View, row, strict=True))


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


def _order(view: View) -> tuple[ColumnElement[object], ...]:
    """Sort by columns of the conversation alone, so that the joins are made for the rows of one page only."""
    if view in {View.NEEDS_PERSON, View.DRAFTS, View.MINE}:
        return (conversations.c.priority.desc(), conversations.c.opened_at.asc(), conversations.c.id.asc())
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
        priority=row.priority,
        owner=row.owner,
        has_draft=row.has_draft,
        route=Route(row.route) if row.route else None,
        reasons=tuple(Reason(code) for code in row.reasons or ()),
        confidence=row.confidence or 0.0,
        mood=row.mood or 0.0,
        danger=row.danger or 0.0,
        reply_state=ReplyState(row.reply_state) if row.reply_state else None,
    )
