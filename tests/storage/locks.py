"""Waits until one transaction stands in the way of another."""

from __future__ import annotations

import asyncio

from sqlalchemy import text

PATIENCE_SECONDS = 10

WAITING = text("select count(*) from pg_locks where locktype = :kind and not granted")


async def blocked(database, by="advisory"):
    """Wait until some transaction waits for an advisory lock, or for a row (*by* "transactionid"), of another."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await _waiting(database, by):
            await asyncio.sleep(0.01)


async def _waiting(database, by):
    async with database.begin() as connection:
        return await connection.scalar(WAITING, {"kind": by})
