"""Builds pgvector's graph over the vectors of one encoder, beside all other work of the database."""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

import psycopg
from psycopg import AsyncConnection, sql

from bot.errors import StorageDown
from storage.database import CONNECT_SECONDS
from storage.nearest import ours

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from bot.ports import Encoder
    from storage.database import Database

    Told: TypeAlias = Callable[[str, int, int], None]

STAGE = "Building the graph"

LOOK_SECONDS = 0.5
"""Time between two looks at how far the graph is."""

_LOCK = 0x47726170  # "Grap": any number that no other program on the server takes

# Not `if not exists`: that would also be content with the remains of an interrupted build.
_CREATE = """
create index concurrently {name} on vectors
using hnsw ((vector::halfvec({dimension})) halfvec_ip_ops) where {ours}
"""

_IS_VALID = "select indisvalid from pg_index where indexrelid = to_regclass(%s)"

_PROGRESS = "select blocks_done, blocks_total from pg_stat_progress_create_index where relid = 'vectors'::regclass"


async def make_graph(database: Database, encoder: Encoder, told: Told = lambda *_: None) -> None:
    """Build the graph over the vectors of *encoder* where there is none; later vectors enter it by themselves.

    Nobody who reads or writes vectors waits for it. Takes a minute for 100,000; *told* hears how far it is. Where
    another process builds already, waits for that one. Raises StorageDown.
    """
    async with _connected(database) as builder, _connected(database) as watcher:
        # Not the waiting kind of lock: the build waits for all older statements to end, and so for a waiting one.
        while not await _value(builder, "select pg_try_advisory_lock(%s)", _LOCK):
            await _tell(watcher, told)
            await asyncio.sleep(LOOK_SECONDS)
        name = graph_name(encoder)
        valid = await _value(builder, _IS_VALID, name)
        if valid is False:
            await builder.execute(sql.SQL("drop index concurrently {}").format(sql.Identifier(name)))
        if not valid:
            await _build(builder, encoder, watcher, told)


def graph_name(encoder: Encoder) -> str:
    """Give the name of the index that is the graph of *encoder*."""
    names = f"{encoder.name} {encoder.revision} {encoder.dimension}"
    return f"ix_vectors_graph_{hashlib.sha256(names.encode()).hexdigest()[:12]}"


async def _build(builder: AsyncConnection[Any], encoder: Encoder, watcher: AsyncConnection[Any], told: Told) -> None:
    statement = sql.SQL(_CREATE).format(
        name=sql.Identifier(graph_name(encoder)), dimension=sql.Literal(encoder.dimension), ours=ours(encoder)
    )
    building = asyncio.ensure_future(builder.execute(statement))
    try:
        while not building.done():
            await _tell(watcher, told)
            await asyncio.wait({building}, timeout=LOOK_SECONDS)
        await building
    finally:
        building.cancel()
        await asyncio.gather(building, return_exceptions=True)
    told(STAGE, 1, 1)


async def _tell(watcher: AsyncConnection[Any], told: Told) -> None:
    row = await (await watcher.execute(_PROGRESS)).fetchone()
    if row is not None and row[1]:
        told(STAGE, row[0], row[1])


async def _value(connection: AsyncConnection[Any], statement: str, value: object) -> object:
    row = await (await connection.execute(statement, [value])).fetchone()
    return row[0] if row is not None else None


@asynccontextmanager
async def _connected(database: Database) -> AsyncIterator[AsyncConnection[Any]]:
    try:
        async with await AsyncConnection.connect(
            database.conninfo, autocommit=True, connect_timeout=CONNECT_SECONDS
        ) as connection:
            yield connection
    except psycopg.OperationalError as error:
        raise StorageDown(f"The database {database.place} cannot build the graph of the vectors: {error}") from error
