"""Where passages are searched by their vectors: in memory or in the database, as the settings say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.training.progress import Progress, silent
from knowledge.segment import Indexing, in_memory
from storage.graphs import make_graph
from storage.nearest import StoredIndex, StoredVectors

if TYPE_CHECKING:
    from bot.ports import Encoder
    from bot.settings import Settings
    from storage.database import Database


async def dense_arm(settings: Settings, database: Database, encoder: Encoder, progress: Progress = silent) -> Indexing:
    """Give what indexes passages where `data.index` says; their vectors are stored before. Raises StorageDown.

    With pgvector this waits until the graph is built, and what is given works until *database* closes.
    """
    if settings.data.index == "faiss":
        return in_memory
    await make_graph(database, encoder, progress)
    stored = StoredVectors(database, encoder)
    database.closing.callback(stored.close)
    return lambda texts, _: StoredIndex(stored, texts)
