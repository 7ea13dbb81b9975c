"""HEAR: one process at a time listens to a stream and stores what it hears, mentions before cursor."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import psycopg
import structlog

from bot import telemetry
from bot.errors import ChannelError, StorageDown
from bot.intake.admitting import admit
from bot.vocabulary import Lane
from responders.lanes import state_of
from responders.pauses import pause_seconds
from storage import conditions, gaps, inbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from bot.ports import Heard, Listener
    from bot.settings import Settings
    from storage.database import Database

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one look brought."""

    new: int  #: Mentions that were not stored before.
    rest: float  #: Seconds that the channel wants to be left alone at least.


async def hear_once(listener: Listener, database: Database, settings: Settings) -> Look:
    """Look once and store what was heard, and what can never be, together with the cursor.

    Raises ChannelError, StorageDown; nothing is lost then, since the cursor has not moved.
    """
    async with database.begin() as connection:
        cursor = await inbox.find_cursor(connection, listener.stream)
    heard = await listener.hear(cursor)
    changed = heard.mentions or heard.gaps or heard.cursor != cursor
    new = await _store(listener, heard, database, settings) if changed else 0
    telemetry.MENTIONS.labels(listener.channel).inc(new)
    for gap in heard.gaps:
        telemetry.GAPS.labels(listener.stream).inc()
        log.error("gap", stream=listener.stream, why=gap.why)
    return Look(new=new, rest=heard.rest)


async def _store(listener: Listener, heard: Heard, database: Database, settings: Settings) -> int:
    async with database.begin() as connection:
        new = await admit(connection, heard.mentions, settings)
        await gaps.note(connection, listener.channel, listener.stream, heard.gaps)
        if heard.cursor is not None:
            await inbox.save_cursor(connection, listener.stream, heard.cursor)
    return new


async def keep_hearing(
    listener: Listener,
    database: Database,
    settings: Settings,
    *,
    heard: Callable[[], Awaitable[None]],
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Listen for as long as this process leads the stream, calling *heard* after each look with new mentions.

    A channel in trouble is left alone for as long as it asks, and its condition says why. Raises StorageDown.
    """
    async with leading(database, listener.stream, patience=listener.pause) as still_leads:
        log.info("listening", stream=listener.stream)
        troubles = _Troubles(listener, database)
        while True:
            await still_leads()
            try:
                look = await hear_once(listener, database, settings)
                await troubles.end()
                if look.new:
                    await heard()
                wait = look.rest
            except ChannelError as error:
                wait = await troubles.note(error)
            await sleep(max(listener.pause, wait))


class _Troubles:
    """The troubles that a stream has in a row, as the condition of its channel's lane shows them."""

    def __init__(self, listener: Listener, database: Database) -> None:
        self._listener = listener
        self._database = database
        self._in_a_row = 0
        self._noted = True  #: By whoever listened before, for all that is known.

    async def note(self, error: ChannelError) -> float:
        """Keep what is wrong, and give the seconds to leave the channel alone."""
        self._in_a_row += 1
        wait = max(self._listener.pause, pause_seconds(error, self._in_a_row))
        channel, problem = self._listener.channel, str(error)
        telemetry.CHANNEL_ERRORS.labels(channel, type(error).__name__).inc()
        log.warning("channel in trouble", stream=self._listener.stream, problem=problem, again_in=round(wait, 1))
        until = datetime.now(UTC) + timedelta(seconds=wait)
        async with self._database.begin() as connection:
            await conditions.note(connection, channel, Lane.HEAR, state_of(error), problem=problem, until=until)
        self._noted = True
        return wait

    async def end(self) -> None:
        """Keep that the channel works again, if this stream was in trouble or has just begun."""
        self._in_a_row = 0
        if self._noted:
            async with self._database.begin() as connection:
                await conditions.clear(connection, self._listener.channel, Lane.HEAR)
            self._noted = False


@asynccontextmanager
async def leading(database: Database, stream: str, *, patience: float) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """Wait until no other process listens to *stream*, and keep it so; the value given raises once that is lost.

    The lock belongs to a connection, so it ends with this process, however that ends. Raises StorageDown.
    """
    try:
        connection = await psycopg.AsyncConnection.connect(database.conninfo, autocommit=True)
        async with connection:
            while not await _lock(connection, stream):
                await asyncio.sleep(patience)

            async def still_leads() -> None:
                await connection.execute("select 1")

            yield still_leads
    except psycopg.OperationalError as error:
        raise StorageDown(f"The database {database.place} went away; listening goes on when it is back.") from error


async def _lock(connection: psycopg.AsyncConnection, stream: str) -> bool:
    cursor = await connection.execute("select pg_try_advisory_lock(hashtext(%s))", [f"heed listens to {stream}"])
    row = await cursor.fetchone()
    return bool(row and row[0])
