"""`heed run` and `heed worker`."""

from __future__ import annotations

import asyncio
import signal
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import structlog

from bot import service
from bot.telemetry import set_up_logging

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.settings import Settings

log = structlog.get_logger(__name__)


async def serve(settings: Settings) -> int:
    """Run everything until a signal to stop."""
    set_up_logging(settings.log, settings.privacy)
    async with stopping() as stopped, service.open_database(settings) as database:
        brain = await service.prepare(settings, database)
        async with service.running(settings, database, brain) as running:
            log.info("ready", console=running.url)
            await stopped.wait()
    log.info("stopped")
    return 0


async def work(settings: Settings) -> int:
    """Run jobs until a signal to stop, with what was trained by others."""
    set_up_logging(settings.log, settings.privacy)
    async with stopping() as stopped, service.open_database(settings) as database:
        brain = await service.wake(settings, database)
        async with service.running(settings, database, brain, serve=False, listen=False):
            log.info("ready", role="worker")
            await stopped.wait()
    log.info("stopped")
    return 0


@asynccontextmanager
async def stopping() -> AsyncIterator[asyncio.Event]:
    """Give an event that SIGINT and SIGTERM set, so that everything can be closed in order."""
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    try:
        yield stopped
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
