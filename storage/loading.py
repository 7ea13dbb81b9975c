"""Reads the vectors of many texts straight into their places: what the start of a service with faiss waits for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import psycopg
from psycopg import sql

from bot.errors import StorageDown
from storage.database import CONNECT_SECONDS
from storage.nearest import ours
from storage.numbering import Numbering
from storage.vectors import HEAD, record_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from bot.ports import Encoder
    from bot.vocabulary import Vectors
    from storage.database import Database

BLOCK_BYTES = 4_000_000

_READ = "copy (select text_hash, vector from vectors where {ours}) to stdout (format binary)"


def load_vectors(database: Database, encoder: Encoder, texts: Sequence[str]) -> tuple[Vectors, NDArray[np.bool_]]:
    """Give the vectors of *texts* that *encoder* made, a row for each, and of which texts there is one.

    The rows of the others are zero. Holds nothing twice, and blocks its thread: a second for 100,000. Raises
    StorageDown.
    """
    numbering = Numbering(texts)
    vectors = np.zeros((len(texts), encoder.dimension), dtype=np.float32)
    stored = np.zeros(len(texts), dtype=np.bool_)
    try:
        for rows in _read(database, encoder):
            which, numbers = numbering.find(rows["hash"])
            vectors[numbers] = rows["vector"][which]
            stored[numbers] = True
    except psycopg.OperationalError as error:
        raise StorageDown(f"The database {database.place} cannot be reached.") from error
    return vectors, stored


def _read(database: Database, encoder: Encoder) -> Iterator[NDArray[np.void]]:
    """Give all vectors of *encoder* as they come, many rows at a time."""
    form, waiting = record_of(encoder.dimension), bytearray()
    with psycopg.connect(database.conninfo, connect_timeout=CONNECT_SECONDS) as connection:
        # Helpers would only hand every row through one more process.
        connection.execute("set max_parallel_workers_per_gather = 0")
        with connection.cursor() as cursor, cursor.copy(sql.SQL(_READ).format(ours=ours(encoder))) as blocks:
            for block in blocks:
                waiting += block
                if len(waiting) >= BLOCK_BYTES:
                    yield _taken(waiting, form)
            yield _taken(waiting, form)


def _taken(waiting: bytearray, form: np.dtype[np.void]) -> NDArray[np.void]:
    """Take the whole rows from the front of what waits; the end mark is shorter than a row and stays."""
    if waiting.startswith(HEAD):
        del waiting[: len(HEAD)]
    count = len(waiting) // form.itemsize
    rows = np.frombuffer(bytes(waiting[: count * form.itemsize]), form)
    del waiting[: count * form.itemsize]
    return rows
