"""Where passages are searched by their vectors: in memory or in the database, as the settings say."""

from __future__ import annotations

from contextlib import asynccontextmanager, closing
from typing import TYPE_CHECKING, TypeAlias

from bot.training.progress import Progress, silent
from knowledge.vectors import DenseIndex
from storage.graphs import make_graph
from storage.nearest import StoredIndex, StoredVectors

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from bot.ports import Encoder, Nearest
    from bot.settings import Settings
    from bot.vocabulary import Vectors
    from storage.database import Database

    Indexing: TypeAlias = Callable[[Sequence[str], Vectors], Nearest]
    """Makes the index of passages that are given by their texts and vectors; belongs on a thread of its own."""


@asynccontextmanager
async def dense_arm(
    settings: Settings, database: Database, encoder: Encoder, progress: Progress = silent
) -> AsyncIterator[Indexing]:
    """Give what indexes passages where `data.index` says; their vectors are stored before. Raises StorageDown.

    With pgvector this waits until the graph is built.
    """
    if settings.data.index == "faiss":
        yield lambda _, vectors: DenseIndex(vectors)
        return
    await make_graph(database, encoder, progress)
    with closing(StoredVectors(database, encoder)) as stored:
        yield lambda texts, _: StoredIndex(stored, texts)
