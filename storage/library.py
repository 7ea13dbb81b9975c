"""The knowledge base as every process sees it: articles, and the vectors of their passages."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import delete, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from storage.tables import articles, vectors

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.vocabulary import Vector, Vectors

BATCH = 500


async def article_fingerprints(connection: AsyncConnection) -> dict[tuple[str, str], str]:
    """Give the fingerprint of each stored article by (id, language)."""
    rows = await connection.execute(select(articles.c.id, articles.c.language, articles.c.fingerprint))
    return {(row.id, row.language): row.fingerprint for row in rows}


async def article_documents(connection: AsyncConnection) -> list[dict[str, Any]]:
    """Give all stored articles as documents, in the order of their ids."""
    return list(await connection.scalars(select(articles.c.document).order_by(articles.c.id, articles.c.language)))


async def put_articles(connection: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store articles given as {id, language, topic, fingerprint, document}, replacing earlier forms of them."""
    for row in rows:
        statement = insert(articles).values(**row)
        changed = {name: statement.excluded[name] for name in ("topic", "fingerprint", "document")}
        await connection.execute(
            statement.on_conflict_do_update(
                index_elements=["id", "language"], set_={**changed, "updated_at": func.now()}
            )
        )


async def drop_articles(connection: AsyncConnection, keys: Iterable[tuple[str, str]]) -> None:
    """Remove articles by (id, language)."""
    wanted = list(keys)
    if wanted:
        await connection.execute(delete(articles).where(tuple_(articles.c.id, articles.c.language).in_(wanted)))


async def find_vectors(
    connection: AsyncConnection, texts: Sequence[str], *, model: str, revision: str
) -> dict[str, Vector]:
    """Give the stored vectors of *texts* that this model and revision made."""
    by_hash = {text_hash(text): text for text in texts}
    hashes, found = list(by_hash), {}
    for start in range(0, len(hashes), BATCH):
        rows = await connection.execute(
            select(vectors.c.text_hash, vectors.c.vector).where(
                vectors.c.model == model,
                vectors.c.revision == revision,
                vectors.c.text_hash.in_(hashes[start : start + BATCH]),
            )
        )
        for row in rows:
            found[by_hash[bytes(row.text_hash)]] = np.asarray(row.vector, dtype=np.float32)
    return found


async def put_vectors(
    connection: AsyncConnection, texts: Sequence[str], made: Vectors, *, model: str, revision: str
) -> None:
    """Store the vectors of *texts*: *made* has one row for each."""
    rows = [
        {"model": model, "revision": revision, "text_hash": text_hash(text), "vector": vector}
        for text, vector in zip(texts, made, strict=True)
    ]
    if rows:
        await connection.execute(insert(vectors).on_conflict_do_nothing(), rows)


def text_hash(text: str) -> bytes:
    """Give the key under which the vector of *text* is stored."""
    return hashlib.sha256(text.encode()).digest()
