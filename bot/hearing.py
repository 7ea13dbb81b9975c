"""HEAR: one process at a time listens to a channel and stores what it hears, mentions before cursor."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import psycopg
import structlog

from bot import telemetry
from bot.errors import ChannelError, StorageDown
from responders.pauses import pause_seconds
from storage import inbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from bot.ports import Listener
    from storage.database import Database

log = structlog.get_logger(__name__)


async def hear_once(listener: Listener, database: Database) -> int:
    """Look once and store what was heard together with the cursor; give how many were new.

    Raises ChannelError, StorageDown; nothing is lost then, since the cursor has not moved.
    """
    async with database.begin() as connection:
        cursor = await inbox.find_cursor(connection, listener.stream)
    heard = await listener.hear(cursor)
    if not heard.mentions and heard.cursor == cursor:
        return 0
    async with database.begin() as connection:
        new = await inbox.admit(connection, heard.mentions)
        if heard.cursor is not None:
            await inbox.save_cursor(connection, listener.stream, heard.cursor)
    telemetry.MENTIONS.labels(listener.channel).inc(new)
    return new


async def keep_hearing(
    listener: Listener, database: Database, *, heard: Callable[[], Awaitable[None]]
) -> None:
    """Listen for as long as this process leads the stream, calling *heard* after each look with new mentions.

    A channel in trouble is left alone for as long as it asks. Raises StorageDown.
    """
    pause = listener.pause
    async with leading(database, listener.stream, patience=pause) as still_leads:
        log.info("listening", stream=listener.stream)
        troubles = 0
        while True:
            await still_leads()
            try:
                if await hear_once(listener, database):
                    await heard()
                troubles = 0
                await asyncio.sleep(pause)
            except ChannelError as error:
                troubles += 1
                wait = max(pause, pause_seconds(error, troubles))
                telemetry.CHANNEL_ERRORS.labels(listener.channel, type(error).__name__).inc()
                log.warning("channel in trouble", channel=listener.channel, problem=str(error), again_in=round(wait, 1))
                await asyncio.sleep(wait)


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
