"""Keeps a stored vector for every passage, whichever process encodes it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.training.progress import CHUNK, Progress, silent
from knowledge.passages import split
from storage import vectors

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor

    from bot.ports import Encoder
    from knowledge.article import Article
    from storage.database import Database


def texts_of(articles: Sequence[Article]) -> list[str]:
    """Give the texts of all passages of *articles*, each once."""
    return list(dict.fromkeys(passage.text for passage in split(articles)))


async def encode_missing(
    database: Database, encoder: Encoder, texts: Sequence[str], progress: Progress = silent
) -> int:
    """Encode and store those of *texts* that have no vector of *encoder* yet; give how many they were.

    Vectors of other encoders stay beside them. After an interruption it goes on where it was.
    """
    async with database.begin() as connection:
        missing = await vectors.missing_texts(connection, texts, model=encoder.name, revision=encoder.revision)
    for start in range(0, len(missing), CHUNK):
        await encode_chunk(database, encoder, missing[start : start + CHUNK])
        progress("Encoding passages", min(start + CHUNK, len(missing)), len(missing))
    return len(missing)


async def encode_chunk(
    database: Database, encoder: Encoder, texts: Sequence[str], bench: Executor | None = None
) -> None:
    """Encode on *bench* those of *texts* that have no vector of *encoder* yet, and store them in one transaction.

    Processes take turns: those with the same work before them share it, each passing over what another did.
    """
    names = {"model": encoder.name, "revision": encoder.revision}
    async with database.begin() as connection:
        await vectors.take_turn(connection, **names)
        missing = await vectors.missing_texts(connection, texts, **names)
        if missing:
            made = await asyncio.get_running_loop().run_in_executor(bench, encoder.encode, missing)
            await vectors.put_vectors(connection, missing, made, **names)
