"""What help desks say of cases, each thing once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import exists, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.vocabulary import DeskEventKind, EscalationState, Mention
from storage.escalations.reading import Case, NoSuchCase, case_of, case_rows
from storage.mentions import mention_of, storable
from storage.tables import desk_events, escalations, mentions, opt_outs
from storage.threads import wait_for_batches

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.vocabulary import DeskEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """An event that is new, and what it is about."""

    case: Case  #: As it was before the event.
    mention: Mention  #: The private post with which the case was opened.
    opted_out: bool  #: Whether the customer wants nothing from a program.


async def hear(connection: AsyncConnection, event: DeskEvent, *, now: datetime) -> Heard | None:
    """Store *event*, resolve its case where it says so, and give what it is about; None where it is known.

    The case stays locked until the transaction ends. Raises NoSuchCase.
    """
    case = await _lock(connection, event.reference)
    if not await _store(connection, case.id, event):
        return None
    if event.kind is DeskEventKind.RESOLVED:
        values = {"state": EscalationState.RESOLVED, "resolved_at": now}
        await connection.execute(update(escalations).where(escalations.c.id == case.id).values(**values))
    opened_with = select(mentions).where(mentions.c.id == case.escalation.mention_id)
    mention = mention_of((await connection.execute(opened_with)).mappings().one())
    same = (opt_outs.c.channel == mention.channel, opt_outs.c.author_id == mention.author_id)
    return Heard(case=case, mention=mention, opted_out=bool(await connection.scalar(select(exists().where(*same)))))


async def _lock(connection: AsyncConnection, reference: str) -> Case:
    own = escalations.c.reference == reference
    place = await connection.scalar(select(escalations.c.conversation_id).where(own))
    if place is None:
        raise NoSuchCase(f"There is no case {reference!r}.")
    # The inbox before anything else: everybody locks in this order.
    await wait_for_batches(connection, [place])
    row = (await connection.execute(case_rows().where(own).with_for_update(of=escalations))).mappings().one()
    return case_of(row)


async def _store(connection: AsyncConnection, case_id: int, event: DeskEvent) -> bool:
    values = {name: storable(getattr(event, name)) for name in ("kind", "text", "author")}
    statement = insert(desk_events).values(escalation_id=case_id, event_id=storable(event.id), **values)
    once = statement.on_conflict_do_nothing().returning(desk_events.c.escalation_id)
    return await connection.scalar(once) is not None
