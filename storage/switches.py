"""What ops turned off by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from bot.vocabulary import Switch
from storage import outbox
from storage.notices import Notice, Subject, notify
from storage.tables import switches

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


async def switches_on(connection: AsyncConnection) -> frozenset[Switch]:
    """Give the switches that are on."""
    rows = await connection.scalars(select(switches.c.name).where(switches.c.on))
    return frozenset(Switch(name) for name in rows)


async def turn(connection: AsyncConnection, switch: Switch, *, on: bool, by: str) -> int:
    """Turn *switch* on or off in the name of *by*, for every process at once; give how many replies became drafts.

    Pausing makes drafts of all automatic replies that wait to be sent, so that nothing goes out silently afterwards.
    """
    values = {"on": on, "by": by, "since": func.now()}
    await connection.execute(
        insert(switches).values(name=switch, **values).on_conflict_do_update(index_elements=["name"], set_=values)
    )
    stops = switch is Switch.PAUSED and on
    problem = f"Not sent: {by} paused automatic replies."
    drafted = await outbox.hand_back_queued(connection, problem=problem) if stops else 0
    await notify(connection, Notice(subject=Subject.SWITCHED))
    return drafted
