"""How far each stream is heard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from storage.tables import cursors

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


async def find_cursor(connection: AsyncConnection, stream: str) -> str | None:
    """Give the cursor up to which everything heard on *stream* is stored."""
    value: str | None = await connection.scalar(select(cursors.c.value).where(cursors.c.stream == stream))
    return value


async def save_cursor(connection: AsyncConnection, stream: str, value: str) -> None:
    """Move the cursor of *stream*; do it in the transaction that stores what was heard."""
    values = {"value": value, "updated_at": func.now()}
    await connection.execute(
        insert(cursors).values(stream=stream, **values).on_conflict_do_update(index_elements=["stream"], set_=values)
    )
