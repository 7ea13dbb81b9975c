"""Runs a Rasa server beside the service as a child process: starts it, looks after it, and ends it."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from bot.dialogue.client import Address
from bot.errors import DialogueDown
from bot.settings import ROOT
from bot.vocabulary import ChannelState, Lane
from storage import conditions
from storage.dialogue import SCHEMA, make_schema

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
    from datetime import datetime

    from storage.database import Database

log = structlog.get_logger(__name__)

NAME = "rasa"
"""What the conditions call it, and its log file."""

PROGRAM = ROOT / "bot/dialogue/.venv/bin/rasa"
MODEL = ROOT / ".data/dialogue/models/rules.tar.gz"

HOST = "127.0.0.1"

GENTLY = ("nice", "-n", "10")
"""Lets Rasa wait for the processor where public mentions need it: a turn has more time than they have."""

START_SECONDS = 120.0
"""How long a server may take until it answers for the first time."""

LOOK_SECONDS = 1.0
"""Pause between two looks at a server: so soon it is known that one does not answer any more."""

LACKING_SECONDS = 60.0
"""Pause between two looks whether Rasa has been installed meanwhile."""

END_SECONDS = 5.0
"""Patience with a server that was told to end before it is killed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hops:
    """Where Rasa finds the service, and the token of each way."""

    heed: str  #: Address of the service, without a slash at the end.
    parse_token: str  #: For `/model/parse`.
    actions_token: str  #: For `/webhook`.


def lacking() -> str:
    """Say what is missing on this machine to run Rasa; empty where nothing is."""
    if not PROGRAM.exists():
        return "Rasa's environment is not installed; `make dialogue` installs it (Python 3.10, 2.5 GB)."
    if not MODEL.exists():
        return "Rasa's rules are not trained; `make dialogue` does that."
    return ""


@dataclass(slots=True, kw_only=True)
class RasaChild:
    """A Rasa server of this process."""

    database: Database
    hops: Callable[[], Hops]
    is_up: Callable[[], Awaitable[bool]]
    log_file: Path
    clock: Callable[[], datetime]
    address: Address | None = None  #: Where it listens while it runs.
    _token: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    async def keep(self) -> None:
        """Run the server until it ends or does not answer; then raise DialogueDown, to be started again.

        While Rasa is not installed, wait for it.
        """
        while problem := lacking():
            await _note(self.database, problem, self.clock())
            log.warning("people get the private messages", problem=problem)
            await asyncio.sleep(LACKING_SECONDS)
        async with self.database.begin() as connection:
            await make_schema(connection)
        port = _free_port()
        async with self._started(port) as process:
            self.address = Address(url=f"http://{HOST}:{port}", token=self._token)
            try:
                await self._wait_until_up(process)
                await _clear(self.database)
                log.info("rasa is up", port=port)
                await self._watch(process)
            finally:
                self.address = None

    async def _wait_until_up(self, process: asyncio.subprocess.Process) -> None:
        try:
            async with asyncio.timeout(START_SECONDS):
                while not await self.is_up():
                    self._look_at(process)
                    await asyncio.sleep(LOOK_SECONDS / 4)
        except TimeoutError as error:
            raise DialogueDown(f"Rasa did not come up within {START_SECONDS:g} s; see {self.log_file}.") from error

    async def _watch(self, process: asyncio.subprocess.Process) -> None:
        """Return never; raise DialogueDown once the server has ended or fails three looks in a row."""
        missed = 0
        while missed < 3:  # noqa: PLR2004 - one slow answer is no reason to end a server
            self._look_at(process)
            missed = 0 if await self.is_up() else missed + 1
            await asyncio.sleep(LOOK_SECONDS)
        raise DialogueDown("Rasa does not answer any more.")

    def _look_at(self, process: asyncio.subprocess.Process) -> None:
        if process.returncode is not None:
            raise DialogueDown(f"Rasa ended with code {process.returncode}; see {self.log_file}.")

    @asynccontextmanager
    async def _started(self, port: int) -> AsyncIterator[asyncio.subprocess.Process]:
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        with self.log_file.open("ab") as written:
            process = await asyncio.create_subprocess_exec(
                *GENTLY,
                PROGRAM,
                *_arguments(port),
                cwd=ROOT,
                env=self._environment(),
                stdout=written,
                stderr=written,
            )
        try:
            yield process
        except DialogueDown as error:
            await _note(self.database, str(error), self.clock())
            raise
        finally:
            await asyncio.shield(_end(process))

    def _environment(self) -> Mapping[str, str]:
        hops = self.hops()
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("HEED_")},
            "DIALOGUE_NLU_URL": hops.heed,
            "DIALOGUE_NLU_TOKEN": hops.parse_token,
            "DIALOGUE_ACTIONS_URL": f"{hops.heed}/webhook",
            "DIALOGUE_ACTIONS_TOKEN": hops.actions_token,
            "DIALOGUE_CHANNEL_TOKEN": self._token,
            "DIALOGUE_PARENT": str(os.getpid()),
            "DIALOGUE_DATABASE_URL": self.database.conninfo,
            "POSTGRESQL_SCHEMA": SCHEMA,
            "RASA_TELEMETRY_ENABLED": "false",
            "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
            "TF_CPP_MIN_LOG_LEVEL": "2",
        }


async def keep_looking(database: Database, is_up: Callable[[], Awaitable[bool]], clock: Callable[[], datetime]) -> None:
    """Look again and again at a server that runs elsewhere, and keep whether it answers; its schema is made first."""
    async with database.begin() as connection:
        await make_schema(connection)
    while True:
        if await is_up():
            await _clear(database)
        elif not await _is_noted(database):
            await _note(database, "Rasa at dialogue.url does not answer.", clock())
        await asyncio.sleep(LOOK_SECONDS)


def _arguments(port: int) -> tuple[str, ...]:
    return (
        "run", "--interface", HOST, "--port", str(port), "--model", str(MODEL),
        "--endpoints", "endpoints.yml", "--credentials", "credentials.yml",
    )  # fmt: skip


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as found:
        return int(found.getsockname()[1])


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(END_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


async def _note(database: Database, problem: str, until: datetime) -> None:
    async with database.begin() as connection:
        await conditions.note(connection, NAME, Lane.TALK, ChannelState.DOWN, problem=problem, until=until)


async def _is_noted(database: Database) -> bool:
    async with database.begin() as connection:
        return await conditions.find(connection, NAME, Lane.TALK) is not None


async def _clear(database: Database) -> None:
    async with database.begin() as connection:
        await conditions.clear(connection, NAME, Lane.TALK)
