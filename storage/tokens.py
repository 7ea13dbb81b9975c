"""Encrypted OAuth 2.0 tokens, one row a name. Whoever renews them holds the row, so that nobody else does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from storage.tables import tokens

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


async def find(connection: AsyncConnection, name: str) -> bytes | None:
    """Give what is kept under *name*."""
    return await connection.scalar(select(tokens.c.sealed).where(tokens.c.name == name))


async def hold(connection: AsyncConnection, name: str) -> bytes | None:
    """Give what is kept under *name*, and let nobody else hold or change it until the transaction ends."""
    return await connection.scalar(select(tokens.c.sealed).where(tokens.c.name == name).with_for_update())


async def save(connection: AsyncConnection, name: str, sealed: bytes) -> None:
    """Keep *sealed* under *name* instead of what was there."""
    values = {"sealed": sealed, "updated_at": func.now()}
    await connection.execute(
        insert(tokens).values(name=name, **values).on_conflict_do_update(index_elements=["name"], set_=values)
    )


async def remove(connection: AsyncConnection, name: str) -> None:
    """Forget what is kept under *name*."""
    await connection.execute(delete(tokens).where(tokens.c.name == name))
