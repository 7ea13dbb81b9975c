"""Vectors of passages by encoder and text, read and written in PostgreSQL's binary form: far faster than as text."""

from __future__ import annotations

import asyncio
import hashlib
import struct
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import LargeBinary, bindparam, delete, func, select, text, tuple_
from sqlalchemy.dialects.postgresql import ARRAY

from storage.tables import vectors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg import AsyncConnection as RawConnection
    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.vocabulary import Vector, Vectors

FEW = 5_000
"""Texts up to which each vector is looked up; for more, reading all of the encoder's vectors is faster."""

# The binary form of COPY, and of a vector: https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-FILE-FORMATS,
# vector_send in https://github.com/pgvector/pgvector/blob/master/src/vector.c
HEAD = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)
_END = struct.pack(">h", -1)

_LOOK_UP = """
select text_hash, vector_send(vector) from vectors
where model = %(model)s and revision = %(revision)s and text_hash = any(%(hashes)s)
"""

_READ_ALL = """
copy (select text_hash, vector from vectors where model = %(model)s and revision = %(revision)s)
to stdout (format binary)
"""

_KEEP_ARRIVED = """
insert into vectors (model, revision, text_hash, vector)
select :model, :revision, text_hash, vector from arriving on conflict do nothing
"""


async def find_vectors(
    connection: AsyncConnection, texts: Sequence[str], *, model: str, revision: str
) -> dict[str, Vector]:
    """Give the stored vectors of *texts* that this model and revision made."""
    names = {"model": model, "revision": revision}
    by_hash = {text_hash(text): text for text in texts}
    raw = await _raw(connection)
    few = len(by_hash) <= FEW
    found = await _look_up(raw, list(by_hash), **names) if few else await _read_all(raw, **names)
    return {by_hash[key]: vector for key, vector in found if key in by_hash}


async def missing_texts(connection: AsyncConnection, texts: Sequence[str], *, model: str, revision: str) -> list[str]:
    """Give those of *texts*, each once and in order, that have no vector of this model and revision."""
    by_hash = {text_hash(text): text for text in texts}
    hashes = bindparam("hashes", list(by_hash), ARRAY(LargeBinary))
    wanted = func.unnest(hashes).table_valued("text_hash").render_derived(name="wanted")
    known = select(vectors.c.text_hash).where(
        vectors.c.model == model, vectors.c.revision == revision, vectors.c.text_hash == wanted.c.text_hash
    )
    missing = {bytes(row) for row in await connection.scalars(select(wanted.c.text_hash).where(~known.exists()))}
    return [text for key, text in by_hash.items() if key in missing]


async def put_vectors(
    connection: AsyncConnection, texts: Sequence[str], made: Vectors, *, model: str, revision: str
) -> None:
    """Store the vectors of *texts*: *made* has one row for each. A vector that is stored already stays."""
    if not texts:
        return
    rows = np.zeros(len(texts), record_of(made.shape[1]))
    for name, value in (("fields", 2), ("hash_bytes", 32), ("vector_bytes", 4 + 4 * made.shape[1])):
        rows[name] = value
    rows["hash"] = np.frombuffer(b"".join(map(text_hash, texts)), "V32")
    rows["dimension"], rows["vector"] = made.shape[1], made
    await connection.execute(text("create temporary table arriving (text_hash bytea, vector vector)"))
    async with (
        (await _raw(connection)).cursor() as cursor,
        cursor.copy("copy arriving from stdin (format binary)") as to,
    ):
        await to.write(HEAD + rows.tobytes() + _END)
    await connection.execute(text(_KEEP_ARRIVED), {"model": model, "revision": revision})
    await connection.execute(text("drop table arriving"))


async def other_models(connection: AsyncConnection, *, model: str, revision: str) -> bool:
    """Say whether there are vectors of another model or revision."""
    return bool(await connection.scalar(select(select(vectors.c.model).where(_is_other(model, revision)).exists())))


async def drop_other_models(connection: AsyncConnection, *, model: str, revision: str) -> int:
    """Remove the vectors of all other models and revisions, and give how many they were."""
    return (await connection.execute(delete(vectors).where(_is_other(model, revision)))).rowcount


async def take_turn(connection: AsyncConnection, *, model: str, revision: str) -> None:
    """Wait until no other transaction encodes with this model and revision, and be the one that does until the end."""
    await connection.execute(
        text("select pg_advisory_xact_lock(hashtext(:work))"), {"work": f"heed encodes with {model} {revision}"}
    )


def text_hash(text: str) -> bytes:
    """Give the key under which the vector of *text* is stored."""
    return hashlib.sha256(text.encode()).digest()


async def _look_up(
    raw: RawConnection, hashes: Sequence[bytes], *, model: str, revision: str
) -> list[tuple[bytes, Vector]]:
    async with raw.cursor(binary=True) as cursor:
        await cursor.execute(_LOOK_UP, {"model": model, "revision": revision, "hashes": list(hashes)})
        rows = await cursor.fetchall()
    # Its head holds the dimension.
    return [(key, np.frombuffer(sent, ">f4", offset=4).astype(np.float32)) for key, sent in rows]


async def _read_all(raw: RawConnection, *, model: str, revision: str) -> list[tuple[bytes, Vector]]:
    async with (
        raw.cursor() as cursor,
        cursor.copy(_READ_ALL, {"model": model, "revision": revision}) as rows,
    ):
        blocks = [bytes(block) async for block in rows]
    return await asyncio.to_thread(_parsed, b"".join(blocks))


def _parsed(copied: bytes) -> list[tuple[bytes, Vector]]:
    if len(copied) <= len(HEAD) + len(_END):
        return []
    [first] = np.frombuffer(copied, record_of(0), count=1, offset=len(HEAD))
    record = record_of(int(first["dimension"]))
    count = (len(copied) - len(HEAD) - len(_END)) // record.itemsize
    rows = np.frombuffer(copied, record, count=count, offset=len(HEAD))
    return list(zip(rows["hash"].tolist(), rows["vector"].astype(np.float32), strict=True))


def record_of(dimension: int) -> np.dtype[np.void]:
    """Give the form of a copied row: every field with its length before it, all numbers big end first."""
    return np.dtype(
        [
            ("fields", ">i2"),
            ("hash_bytes", ">i4"),
            ("hash", "V32"),
            ("vector_bytes", ">i4"),
            ("dimension", ">i2"),
            ("unused", ">i2"),
            ("vector", ">f4", (dimension,)),
        ]
    )


def _is_other(model: str, revision: str) -> ColumnElement[bool]:
    return tuple_(vectors.c.model, vectors.c.revision) != tuple_(model, revision)


async def _raw(connection: AsyncConnection) -> RawConnection:
    """Give psycopg's own connection, which can copy and speaks the binary form."""
    driver: Any = (await connection.get_raw_connection()).driver_connection
    return driver  # type: ignore[no-any-return]
