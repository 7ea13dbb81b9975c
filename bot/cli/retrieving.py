"""`heed bench retrieval`: the dense arm at any size, from stored vectors to found passages, against exact search."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import faiss
import numpy as np
import psycopg
from sqlalchemy import text

from bot import memory
from bot.cli.output import progress_bars, report
from bot.cli.synthetic import Synthetic
from bot.nlu.encoder import SentenceEncoder
from bot.telemetry import set_up_logging
from bot.vocabulary import Part
from knowledge.article import read_library
from knowledge.passages import split
from knowledge.vectors import DenseIndex
from storage.database import Database
from storage.embedded import embedded_server
from storage.graphs import graph_name, make_graph
from storage.loading import load_vectors
from storage.migrating import migrate
from storage.nearest import StoredIndex, StoredVectors
from storage.vectors import put_vectors

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from numpy.typing import NDArray

    from bot.ports import Encoder, Nearest
    from bot.settings import Settings
    from bot.training import Progress
    from bot.vocabulary import Vectors

NAME = "heed_bench"

QUERIES = 500
NEAREST = 10
BATCH = 64

ROUNDS = 2
"""Times that each query is timed alone."""

COMPARED = 100
"""Queries that are also compared with every passage, alone: what search would cost without an index."""

ENCODED_AT_ONCE = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """An index as a start of the service leaves it."""

    index: Nearest
    build_seconds: float  #: To make the index from vectors.
    load_seconds: float  #: Of a start, from stored vectors to the first search.
    vectors: Vectors | None  #: Where they are in memory.


async def retrieval(settings: Settings, passages: int, *, as_json: bool) -> int:
    """Measure and print how fast and how well the nearest of so many passages are found, and what that takes."""
    set_up_logging(settings.log.model_copy(update={"level": "error", "format": "console"}))
    with progress_bars() as progress:
        encoder = await asyncio.to_thread(SentenceEncoder, settings.encoder)
        synthetic = await _synthetic(settings, encoder, passages, progress)
        async with _database(settings, encoder) as database:
            figures = await measure(settings, database, encoder, synthetic, progress)
    report(figures, as_json=as_json)
    return 0


async def measure(
    settings: Settings, database: Database, encoder: Encoder, synthetic: Synthetic, progress: Progress
) -> dict[str, object]:
    """Store the passages of *synthetic*, index them where `data.index` says, and search."""
    truth = await _store(database, encoder, synthetic, progress)
    texts = _texts(0, synthetic.size)
    memory.give_back()
    before = memory.in_use_mb()
    ready_in = _in_memory if settings.data.index == "faiss" else _in_database
    async with ready_in(database, encoder, texts, progress) as ready:
        _, found = await asyncio.to_thread(ready.index.search, synthetic.queries, NEAREST)
        memory.give_back()
        grown = memory.in_use_mb() - before
        return {
            "passages": synthetic.size,
            "index": settings.data.index,
            **await asyncio.to_thread(_timings, ready, synthetic.queries),
            "recall_at_10": round(_recall(found, truth), 4),
            "build_seconds": round(ready.build_seconds, 2),
            "load_seconds": round(ready.load_seconds, 2),
            "memory_mb": round(grown),
            "peak_memory_mb": round(memory.peak_mb()),
        }


@asynccontextmanager
async def _database(settings: Settings, encoder: Encoder) -> AsyncIterator[Database]:
    with embedded_server(settings.data.folder / "postgres", NAME) as address:
        async with Database(address) as database:
            await asyncio.to_thread(migrate, database)
            await _empty(database, encoder)
            try:
                yield database
            finally:
                await _empty(database, encoder)


async def _empty(database: Database, encoder: Encoder) -> None:
    async with database.begin() as connection:
        await connection.execute(text(f"drop index if exists {graph_name(encoder)}"))
        await connection.execute(text("truncate vectors"))


async def _synthetic(settings: Settings, encoder: Encoder, passages: int, progress: Progress) -> Synthetic:
    library = await asyncio.to_thread(read_library, settings.data.articles)
    real = split(library.articles)
    texts = [passage.text for passage in real]
    vectors = []
    for start in range(0, len(texts), ENCODED_AT_ONCE):
        vectors.append(await asyncio.to_thread(encoder.encode, texts[start : start + ENCODED_AT_ONCE]))
        progress("Encoding real passages", min(start + ENCODED_AT_ONCE, len(texts)), len(texts))
    ways = np.array([number for number, passage in enumerate(real) if passage.part is Part.ASK])
    return Synthetic.of(passages, np.concatenate(vectors), ways, QUERIES)


async def _store(database: Database, encoder: Encoder, synthetic: Synthetic, progress: Progress) -> NDArray[np.int64]:
    """Store all passages, and give the numbers of those nearest to each query by comparing it with every one."""
    cosines = np.zeros((len(synthetic.queries), 0), dtype=np.float32)
    numbers = np.zeros((len(synthetic.queries), 0), dtype=np.int64)
    for first, made in synthetic.chunks():
        async with database.begin() as connection:
            texts = _texts(first, first + len(made))
            await put_vectors(connection, texts, made, model=encoder.name, revision=encoder.revision)
        found = await asyncio.to_thread(_exact, synthetic.queries, made)
        cosines, numbers = np.hstack([cosines, found[0]]), np.hstack([numbers, found[1] + first])
        best = np.argsort(-cosines, axis=1)[:, :NEAREST]
        cosines, numbers = np.take_along_axis(cosines, best, 1), np.take_along_axis(numbers, best, 1)
        progress("Storing passages", first + len(made), synthetic.size)
    await _settle(database)
    return numbers


async def _settle(database: Database) -> None:
    """Leave the table as the server itself does within minutes: a service is not started on rows just written."""
    async with await psycopg.AsyncConnection.connect(database.conninfo, autocommit=True) as connection:
        await connection.execute("vacuum analyze vectors")
        await connection.execute("checkpoint")


@asynccontextmanager
async def _in_memory(
    database: Database, encoder: Encoder, texts: Sequence[str], progress: Progress
) -> AsyncIterator[Ready]:
    progress("Loading the index", 0, 1)
    started = time.perf_counter()
    vectors, _ = await asyncio.to_thread(load_vectors, database, encoder, texts)
    read = time.perf_counter()
    index = await asyncio.to_thread(DenseIndex, vectors)
    built = time.perf_counter()
    progress("Loading the index", 1, 1)
    yield Ready(index=index, build_seconds=built - read, load_seconds=built - started, vectors=vectors)


@asynccontextmanager
async def _in_database(
    database: Database, encoder: Encoder, texts: Sequence[str], progress: Progress
) -> AsyncIterator[Ready]:
    started = time.perf_counter()
    await make_graph(database, encoder, progress)
    built = time.perf_counter()
    with closing(StoredVectors(database, encoder)) as stored:
        index = StoredIndex(stored, texts)
        loaded = time.perf_counter()
        yield Ready(index=index, build_seconds=built - started, load_seconds=loaded - built, vectors=None)


def _timings(ready: Ready, queries: Vectors) -> dict[str, float]:
    """Time each query alone, then in batches, then without an index."""
    alone = _waits(
        lambda asked: ready.index.search(asked, NEAREST), np.split(np.tile(queries, (ROUNDS, 1)), len(queries) * ROUNDS)
    )
    batches = np.array_split(queries, max(len(queries) // BATCH, 1))
    together = _waits(lambda asked: ready.index.search(asked, NEAREST), batches) / [len(batch) for batch in batches]
    timings = {
        "p50_ms": np.percentile(alone, 50),
        "p95_ms": np.percentile(alone, 95),
        "batched_ms": np.median(together),
    }
    vectors = ready.vectors
    if vectors is not None:
        exact = _waits(lambda asked: _exact(asked, vectors), np.split(queries[:COMPARED], len(queries[:COMPARED])))
        timings["exact_p95_ms"] = np.percentile(exact, 95)
    return {name: round(float(value), 2) for name, value in timings.items()}


def _waits(search: Callable[[Vectors], object], batches: Sequence[Vectors]) -> NDArray[np.float64]:
    waits = []
    for asked in batches:
        started = time.perf_counter()
        search(asked)
        waits.append((time.perf_counter() - started) * 1000)
    return np.array(waits)


def _exact(queries: Vectors, vectors: Vectors) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    cosines, numbers = faiss.knn(queries, vectors, min(NEAREST, len(vectors)), metric=faiss.METRIC_INNER_PRODUCT)
    return cosines, numbers


def _recall(found: NDArray[np.int64], truth: NDArray[np.int64]) -> float:
    return float(np.mean([np.isin(want, got).mean() for got, want in zip(found, truth, strict=True)]))


def _texts(first: int, end: int) -> list[str]:
    return [f"passage {number}" for number in range(first, end)]
