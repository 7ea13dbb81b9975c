"""Worker processes that a drill starts, watches and kills: real ones, each with its own Python."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot import memory
from bot.errors import HeedError

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator, Mapping
    from random import Random

    from bot.settings import Settings
    from storage.database import Database

RUN = (sys.executable, "-c", "from bot.cli.main import main; main()", "run")
READY = b'"event": "ready"'
SAID_LAST = 5


class WorkerEnded(HeedError):
    """A worker process ended though nobody told it to."""


@dataclass(slots=True)
class Worker:
    """One process, and what it said so far."""

    process: Process
    ready: bool = False
    said: list[str] = field(default_factory=list)  #: Its last lines on stderr.

    @property
    def memory_mb(self) -> float:
        """What the process holds of the machine's memory now; 0 where the system does not tell."""
        return memory.in_use_mb(self.process.pid)

    async def listen(self, changed: asyncio.Condition) -> None:
        """Read what the process says until it ends, and tell *changed* of what matters."""
        assert self.process.stderr is not None  # noqa: S101 - it was started with a pipe
        async for line in self.process.stderr:
            self.said = [*self.said, line.decode(errors="replace").rstrip()][-SAID_LAST:]
            if READY in line:
                self.ready = True
                async with changed:
                    changed.notify_all()
        async with changed:
            changed.notify_all()


class Crew:
    """Some workers on one database."""

    def __init__(self, environment: Mapping[str, str], listening: asyncio.TaskGroup) -> None:
        self._environment = environment
        self._listening = listening
        self._changed = asyncio.Condition()
        self._workers: list[Worker] = []

    async def hire(self) -> None:
        """Start one more worker; it is ready some seconds later."""
        process = await asyncio.create_subprocess_exec(
            *RUN, env=self._environment, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
        )
        worker = Worker(process=process)
        self._workers.append(worker)
        self._listening.create_task(worker.listen(self._changed))

    async def pick(self, random: Random) -> Worker:
        """Choose one of those that are ready, and wait for the first where none is. Raises WorkerEnded."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._ready() or self._ended())
        for worker in self._ended():
            said = " | ".join(worker.said) or "nothing"
            raise WorkerEnded(f"A worker ended by itself with code {worker.process.returncode}; it said last: {said}")
        return random.choice(self._ready())

    async def kill(self, worker: Worker) -> None:
        """End *worker* as a failing machine would: at once, with nothing put in order."""
        worker.process.kill()
        await worker.process.wait()
        self._workers.remove(worker)

    async def dismiss(self) -> None:
        """Kill all."""
        for worker in tuple(self._workers):
            await self.kill(worker)

    def _ready(self) -> list[Worker]:
        return [worker for worker in self._workers if worker.ready]

    def _ended(self) -> list[Worker]:
        return [worker for worker in self._workers if worker.process.returncode is not None]


@asynccontextmanager
async def crew(variables: Mapping[str, str], *, size: int) -> AsyncIterator[Crew]:
    """Start *size* workers with only *variables* as their settings, and leave none behind."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("HEED_")}
    async with asyncio.TaskGroup() as listening:
        hired = Crew(own | dict(variables), listening)
        try:
            for _ in range(size):
                await hired.hire()
            yield hired
        finally:
            await hired.dismiss()


def variables(settings: Settings, database: Database) -> dict[str, str]:
    """Give the environment in which a worker uses *database*, and the files and the sandbox that *settings* name."""
    data, x = settings.data, settings.x
    return {
        "HEED_DATABASE_URL": database.conninfo,
        "HEED_DATA_ARTICLES": str(data.articles),
        "HEED_DATA_AUDITS": str(data.audits),
        "HEED_DATA_PRIVATE_AUDITS": str(data.private_audits),
        "HEED_DATA_TRAINING": str(data.training),
        "HEED_DECIDING_MODE": settings.deciding.mode,
        "HEED_WEB_PORT": "0",
        "HEED_X_ENABLED": "true",
        "HEED_X_BASE_URL": x.base_url,
        "HEED_X_CONSUMER_KEY": x.consumer_key.get_secret_value(),
        "HEED_X_CONSUMER_SECRET": x.consumer_secret.get_secret_value(),
        "HEED_X_ACCESS_TOKEN": x.access_token.get_secret_value(),
        "HEED_X_ACCESS_TOKEN_SECRET": x.access_token_secret.get_secret_value(),
    }
