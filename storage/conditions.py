"""How each lane of a channel is, so that every process leaves one in trouble alone and the console can say why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import case, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.vocabulary import ChannelState, Condition, Lane
from storage.notices import Notice, Subject, notify
from storage.tables import conditions

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncConnection


async def note(
    connection: AsyncConnection,
    channel: str,
    lane: Lane,
    state: ChannelState,
    *,
    problem: str,
    until: datetime,
) -> None:
    """Keep that *lane* of *channel* is in *state* because of *problem*, and that nothing is tried there *until* then.

    It counts as one trouble for as long as the state stays the same.
    """
    given = insert(conditions).values(channel=channel, lane=lane, state=state, problem=problem, until=until)
    new, old = given.excluded, conditions.c
    noted = await connection.execute(
        given.on_conflict_do_update(
            index_elements=["channel", "lane"],
            set_={
                "state": new.state,
                "problem": new.problem,
                "until": new.until,
                "since": case((old.state == new.state, old.since), else_=func.clock_timestamp()),
            },
            where=or_(old.state != new.state, old.problem != new.problem, old.until.is_distinct_from(new.until)),
        ).returning(old.lane)
    )
    if noted.first() is not None:
        await notify(connection, Notice(subject=Subject.CHANNEL))


async def find(connection: AsyncConnection, channel: str, lane: Lane) -> Condition | None:
    """Give the trouble that *lane* of *channel* is in, though its time may be over; None where it works."""
    found = await connection.execute(
        select(conditions).where(conditions.c.channel == channel, conditions.c.lane == lane)
    )
    row = found.first()
    return _condition(row) if row else None


async def all_of(connection: AsyncConnection) -> tuple[Condition, ...]:
    """Give every trouble of every channel; empty where all of them work."""
    rows = await connection.execute(select(conditions).order_by(conditions.c.channel, conditions.c.lane))
    return tuple(_condition(row) for row in rows)


async def try_again(connection: AsyncConnection, channel: str, lane: Lane, *, now: datetime, until: datetime) -> bool:
    """Let one caller try *lane* again once its time is over, and everybody else wait *until* then at least.

    False where somebody else was first, or the time is not over.
    """
    own = (conditions.c.channel == channel, conditions.c.lane == lane, conditions.c.until <= now)
    won = await connection.scalar(update(conditions).where(*own).values(until=until).returning(conditions.c.lane))
    return won is not None


async def clear(connection: AsyncConnection, channel: str, lane: Lane) -> None:
    """Keep that *lane* of *channel* works."""
    cleared = await connection.execute(
        delete(conditions)
        .where(conditions.c.channel == channel, conditions.c.lane == lane)
        .returning(conditions.c.lane)
    )
    if cleared.first() is not None:
        await notify(connection, Notice(subject=Subject.CHANNEL))


def _condition(row: Row[tuple[object, ...]]) -> Condition:
    return Condition(
        channel=row.channel,
        lane=Lane(row.lane),
        state=ChannelState(row.state),
        problem=row.problem,
        since=row.since,
        until=row.until,
    )
