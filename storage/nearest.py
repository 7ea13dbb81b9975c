"""The dense arm in PostgreSQL: nearest passages by pgvector's graph (HNSW), for more vectors than one machine holds."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
import psycopg
from pgvector.psycopg import register_vector
from psycopg import sql

from bot.errors import NotTrained, StorageDown
from storage.database import CONNECT_SECONDS
from storage.numbering import Numbering, as_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from bot.ports import Encoder
    from bot.vocabulary import Vector, Vectors
    from storage.database import Database

REACH = 20_000
"""Vectors at most that the graph walks past for one query; pgvector's own bound (hnsw.max_scan_tuples)."""

# Half precision for the graph, which is then half as large; the cosines come from the vectors themselves. Plans are
# made for each call: only one that knows the values can tell that the graph, which covers one encoder, covers them.
_SESSION = """
set hnsw.ef_search = 400;
set hnsw.iterative_scan = relaxed_order;
set plan_cache_mode = force_custom_plan;
set statement_timeout = '10s'
"""

_SEARCH = """
with near as materialized (
  select text_hash, vector from vectors where {ours}
  order by vector::halfvec({dimension}) <#> %(query)s::halfvec({dimension}) limit %(limit)s
)
select text_hash, -(vector <#> %(query)s) as cosine from near order by cosine desc
"""

_COMPARE = """
select text_hash, -(vector <#> %(query)s) from vectors where {ours} and text_hash = any(%(hashes)s)
"""

_FETCH = """
select text_hash, vector from vectors where {ours} and text_hash = any(%(hashes)s)
"""

_OURS = "model = {model} and revision = {revision} and vector_dims(vector) = {dimension}"


class StoredVectors:
    """The vectors of *encoder* in the database, over one connection. Every call blocks its thread."""

    def __init__(self, database: Database, encoder: Encoder) -> None:
        self.dimension = encoder.dimension
        self._database = database
        self._names: dict[str, sql.Composable] = {
            "ours": ours(encoder),
            "dimension": sql.Literal(encoder.dimension),
        }
        self._connection: psycopg.Connection[Any] | None = None
        self._lock = Lock()

    def nearest(self, query: Vector, limit: int) -> list[tuple[bytes, float]]:
        """Give the hashes of the *limit* texts nearest to *query* with their cosines, best first. Raises StorageDown.

        They are fewer where the graph leads to no more.
        """
        return self._ask(_SEARCH, {"query": query, "limit": limit})

    def compare(self, query: Vector, hashes: Sequence[bytes]) -> list[tuple[bytes, float]]:
        """Give the cosine of *query* with each text of *hashes* that has a vector, in any order. Raises StorageDown."""
        return self._ask(_COMPARE, {"query": query, "hashes": list(hashes)})

    def fetch(self, hashes: Sequence[bytes]) -> list[tuple[bytes, Vector]]:
        """Give each text of *hashes* that has a vector with it, in any order. Raises StorageDown."""
        return self._ask(_FETCH, {"hashes": list(hashes)})

    def close(self) -> None:
        """Close the connection; the next call opens another."""
        with self._lock:
            self._drop()

    def _ask(self, statement: str, values: dict[str, object]) -> list[Any]:
        with self._lock:
            try:
                self._connection = self._connection or self._connected()
                with self._connection.cursor(binary=True) as cursor:
                    return cursor.execute(sql.SQL(statement).format(**self._names), values).fetchall()
            except psycopg.OperationalError as error:
                self._drop()
                raise StorageDown(
                    f"The vectors in the database {self._database.place} cannot be searched now."
                ) from error

    def _connected(self) -> psycopg.Connection[Any]:
        connection = psycopg.connect(self._database.conninfo, autocommit=True, connect_timeout=CONNECT_SECONDS)
        register_vector(connection)
        connection.execute(_SESSION)
        return connection

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class StoredIndex:
    """Nearest passages to a vector, in the database. Here it keeps 48 bytes a passage and no vector.

    The passages are given by their texts, whose vectors are stored; one that has none is like nothing.
    """

    def __init__(self, stored: StoredVectors, texts: Sequence[str]) -> None:
        self.size = len(texts)
        self._stored = stored
        self._numbering = Numbering(texts)

    def search(self, queries: Vectors, nearest: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Give for each query the cosines and the numbers of its *nearest* passages, best first.

        Both have the shape (queries, nearest), or fewer columns where there are fewer passages. Raises StorageDown, and
        NotTrained where the queries come from another encoder than the passages.
        """
        if queries.shape[1] != self._stored.dimension:
            raise NotTrained(
                f"The query's vector has {queries.shape[1]} numbers and those of the passages have "
                f"{self._stored.dimension}: another encoder made them. Run `heed index`."
            )
        wanted = min(nearest, self.size)
        cosines = np.empty((len(queries), wanted), dtype=np.float32)
        numbers = np.empty((len(queries), wanted), dtype=np.int64)
        for row, query in enumerate(queries):
            cosines[row], numbers[row] = self._by_graph(query, wanted) or self._by_comparing(query, wanted)
        return cosines, numbers

    def cosines(self, query: Vector, numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        """Give the cosine of *query* with each passage in *numbers*, in their shape. Raises StorageDown."""
        own = self._numbering.hashes[numbers.ravel()].tolist()
        known = dict(self._stored.compare(query, list(set(own))))
        return np.array([known.get(key, -1.0) for key in own], dtype=np.float32).reshape(numbers.shape)

    def vectors(self, numbers: NDArray[np.int64]) -> Vectors:
        """Give the vectors of the passages in *numbers*, a row each; zeros for one without. Raises StorageDown."""
        own = self._numbering.hashes[numbers].tolist()
        known = dict(self._stored.fetch(list(set(own))))
        found = np.zeros((len(own), self._stored.dimension), dtype=np.float32)
        for row, key in enumerate(own):
            if key in known:
                found[row] = known[key]
        return found

    def _by_graph(self, query: Vector, wanted: int) -> tuple[NDArray[np.float32], NDArray[np.int64]] | None:
        """Search further and further, since others' texts lie between; give None where the graph ends too early."""
        limit = 2 * wanted
        while limit <= REACH:
            found = self._stored.nearest(query, limit)
            rows, numbers = self._numbering.find(as_rows([key for key, _ in found]))
            if len(numbers) >= wanted:
                cosines = np.array([cosine for _, cosine in found], dtype=np.float32)
                return cosines[rows[:wanted]], numbers[:wanted]
            if len(found) < limit:
                break
            limit *= 4
        return None

    def _by_comparing(self, query: Vector, wanted: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        cosines = self.cosines(query, np.arange(self.size))
        best = np.argsort(-cosines, kind="stable")[:wanted]
        return cosines[best], best


def ours(encoder: Encoder) -> sql.Composed:
    """Give the condition that a row of the vectors' table is of *encoder*."""
    return sql.SQL(_OURS).format(
        model=sql.Literal(encoder.name),
        revision=sql.Literal(encoder.revision),
        dimension=sql.Literal(encoder.dimension),
    )
