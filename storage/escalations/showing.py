"""Cases as people look at them: page by page, and with what the help desk said."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from bot.vocabulary import DeskEventKind, EscalationState
from storage.escalations.reading import case_of, case_rows
from storage.tables import desk_events, escalations

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from storage.escalations.reading import Case

PAGE = 50  #: Cases of one page.


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a help desk said of a case, and when we heard it."""

    kind: DeskEventKind
    text: str
    author: str
    heard_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A case, and what the help desk said of it."""

    case: Case
    told: tuple[Told, ...]  #: Oldest first.


async def list_page(
    connection: AsyncConnection, state: EscalationState | None = None, *, page: int = 1
) -> tuple[Case, ...]:
    """Give one page of all cases, or of those in *state*, newest first."""
    statement = case_rows().order_by(escalations.c.id.desc()).limit(PAGE).offset((page - 1) * PAGE)
    if state is not None:
        statement = statement.where(escalations.c.state == state)
    return tuple(case_of(row) for row in (await connection.execute(statement)).mappings())


async def count_all(connection: AsyncConnection) -> Mapping[EscalationState, int]:
    """Give how many cases are in each state."""
    rows = await connection.execute(select(escalations.c.state, func.count()).group_by(escalations.c.state))
    found = {EscalationState(state): number for state, number in rows}
    return {state: found.get(state, 0) for state in EscalationState}


async def of_conversation(connection: AsyncConnection, conversation_id: int) -> tuple[Shown, ...]:
    """Give the cases that were opened in a conversation, newest first."""
    statement = case_rows().where(escalations.c.conversation_id == conversation_id).order_by(escalations.c.id.desc())
    found = [case_of(row) for row in (await connection.execute(statement)).mappings()]
    told = await _told(connection, [case.id for case in found])
    return tuple(Shown(case=case, told=tuple(told[case.id])) for case in found)


async def _told(connection: AsyncConnection, case_ids: Sequence[int]) -> Mapping[int, list[Told]]:
    statement = select(desk_events).where(desk_events.c.escalation_id.in_(case_ids)).order_by(desk_events.c.heard_at)
    said: defaultdict[int, list[Told]] = defaultdict(list)
    for row in await connection.execute(statement):
        told = Told(kind=DeskEventKind(row.kind), text=row.text, author=row.author, heard_at=row.heard_at)
        said[row.escalation_id].append(told)
    return said
