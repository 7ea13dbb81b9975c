"""A database of its own for drills and benchmarks, so that they touch nothing of the real one."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from sqlalchemy import text

from bot import service
from bot.cli.output import progress_bars
from storage.database import Database
from storage.embedded import embedded_server
from storage.tables import conversations, cursors, opt_outs, switches

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.settings import Settings
    from bot.training import Brain

NAME = "heed_drill"


@asynccontextmanager
async def scratch(settings: Settings) -> AsyncIterator[tuple[Database, Brain]]:
    """Open a trained database without a single mention; what was trained is kept for the next time."""
    with embedded_server(settings.data.folder / "postgres", NAME) as address:
        async with service.opened(address, settings) as database:
            async with database.begin() as connection:
                emptied = ", ".join(table.name for table in (conversations, cursors, opt_outs, switches))
                await connection.execute(text(f"truncate {emptied}, procrastinate_jobs cascade"))
                # What a former drill did to a certificate says nothing about the next one.
                lost = "revoked_at is not null or demoted <> '{}'"
                await connection.execute(text(f"delete from certificates where {lost}"))  # noqa: S608 - a constant
            with progress_bars() as progress:
                brain = await service.prepare(settings, database, progress)
            yield database, brain
