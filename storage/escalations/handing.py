"""Tries to hand a case over. Each is leased, so that a crash only puts it off; for the desk all are one delivery."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.errors import IllegalMove
from bot.vocabulary import ConversationState, EscalationState, Reason
from storage.escalations.reading import case_of, case_rows, find
from storage.notices import Notice, Subject, notify
from storage.tables import conversations, decisions, escalations, handoffs
from storage.waiting import waiting_again

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection

    from storage.escalations.reading import Case

AT_ONCE = 100
"""Cases that one sweep revives; the next sweep is near."""


async def due(connection: AsyncConnection, now: datetime, *, limit: int = AT_ONCE) -> tuple[int, ...]:
    """Give the ids of *limit* cases at most whose next try is due, oldest first."""
    statement = select(escalations.c.id).where(_queued(), escalations.c.next_try_at <= now)
    return tuple(await connection.scalars(statement.order_by(escalations.c.id).limit(limit)))


async def take(connection: AsyncConnection, case_id: int, *, now: datetime, lease_seconds: float) -> Case | None:
    """Begin a try and give the case with its number; None where it is not due, or needs no try any more.

    Nobody else tries for *lease_seconds*. Commit before the desk is called.
    """
    statement = (
        update(escalations)
        .where(escalations.c.id == case_id, _queued(), escalations.c.next_try_at <= now)
        .values(attempts=escalations.c.attempts + 1, next_try_at=now + timedelta(seconds=lease_seconds))
    )
    if (await connection.execute(statement)).rowcount == 0:
        return None
    return case_of((await connection.execute(case_rows().where(escalations.c.id == case_id))).mappings().one())


async def note_sent(connection: AsyncConnection, case: Case, *, desk: str, desk_id: str, now: datetime) -> bool:
    """Note that *desk* has the case under its own id; false where it is not queued any more, and nothing changed."""
    values = {"state": EscalationState.OPEN, "desk": desk, "desk_id": desk_id, "sent_at": now, "problem": None}
    noted = await connection.execute(update(escalations).where(escalations.c.id == case.id, _queued()).values(**values))
    return await _announced(connection, case, noted.rowcount)


async def note_failed(connection: AsyncConnection, case: Case, *, problem: str, next_try_at: datetime) -> bool:
    """Note why the try failed and when the next is due; false where that try is no longer the last word."""
    noted = await connection.execute(
        update(escalations).where(_is_try(case)).values(problem=problem, next_try_at=next_try_at)
    )
    return await _announced(connection, case, noted.rowcount)


async def bury(connection: AsyncConnection, case: Case, *, problem: str) -> bool:
    """Give the case up for *problem*, and its conversation to a person; false where that try is not the last word.

    The customer was told that the case is passed on, so somebody has to see that it is.
    """
    buried = await connection.execute(
        update(escalations).where(_is_try(case)).values(state=EscalationState.DEAD, problem=problem)
    )
    if buried.rowcount == 0:
        return False
    await _call_a_person(connection, case)
    return True


async def redeliver(connection: AsyncConnection, reference: str, *, now: datetime) -> Case:
    """Queue a dead case again, for the same delivery, and give it as it was. Raises NoSuchCase, IllegalMove."""
    case = await find(connection, reference)
    dead = and_(escalations.c.id == case.id, escalations.c.state == EscalationState.DEAD)
    queued = await connection.execute(
        update(escalations).where(dead).values(state=EscalationState.QUEUED, next_try_at=now)
    )
    if queued.rowcount == 0:
        raise IllegalMove(f"Case {reference} is {case.state}; only a dead one is handed over again by hand.")
    await _announced(connection, case, queued.rowcount)
    return case


def _queued() -> ColumnElement[bool]:
    return escalations.c.state == EscalationState.QUEUED


def _is_try(case: Case) -> ColumnElement[bool]:
    return and_(escalations.c.id == case.id, _queued(), escalations.c.attempts == case.attempts)


async def _call_a_person(connection: AsyncConnection, case: Case) -> None:
    place, mention_id = case.escalation.conversation_id, case.escalation.mention_id
    await connection.execute(
        update(conversations)
        .where(conversations.c.id == place)
        .values(state=ConversationState.OPEN, updated_at=func.now(), **waiting_again())
    )
    priority = select(decisions.c.priority).where(decisions.c.mention_id == mention_id).scalar_subquery()
    statement = insert(handoffs).values(
        mention_id=mention_id,
        conversation_id=place,
        goal=f"Case {case.escalation.reference} did not reach the help desk. {case.escalation.goal}",
        mood=0.0,
        reasons=[Reason.ESCALATED],
        priority=func.coalesce(priority, 0.0),
    )
    changed = {"goal": statement.excluded.goal, "handed_at": func.clock_timestamp()}
    await connection.execute(statement.on_conflict_do_update(index_elements=["mention_id"], set_=changed))
    await notify(connection, Notice(subject=Subject.SETTLED, conversation_id=place, mention_id=mention_id))


async def _announced(connection: AsyncConnection, case: Case, changed: int) -> bool:
    """Announce a change of a case, if there is one, and say so."""
    if changed:
        await notify(connection, Notice(subject=Subject.SETTLED, conversation_id=case.escalation.conversation_id))
    return bool(changed)
