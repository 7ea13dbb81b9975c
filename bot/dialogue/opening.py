"""Opens what leads private conversations, as the settings say: a child process, a server elsewhere, or nothing."""

from __future__ import annotations

import json
import secrets
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import aiohttp

from bot.dialogue.client import Address, RasaDialogue
from bot.dialogue.server import NAME, Hops, RasaChild, keep_looking
from storage.dialogue import find_events

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from datetime import datetime

    from pydantic import SecretStr

    from bot.settings import Settings
    from storage.database import Database

Part: TypeAlias = "Callable[[], Awaitable[None]]"


@dataclass(slots=True, kw_only=True)
class Talk:
    """What leads private conversations."""

    rasa: RasaDialogue
    hops: Hops  #: How Rasa finds the service; a child is told once the service listens.
    keep: Part  #: Runs for as long as the service does.

    def found_at(self, url: str) -> None:
        """Say where the service listens."""
        self.hops = replace(self.hops, heed=url.rstrip("/"))


@asynccontextmanager
async def open_talk(settings: Settings, database: Database, clock: Callable[[], datetime]) -> AsyncIterator[Talk]:
    """Open what `dialogue.rasa` says, other than 'off'. Nothing is started before its part is kept."""
    asked = settings.dialogue
    hops = Hops(heed="", parse_token=_own(settings.web.parse_token), actions_token=_own(asked.actions_token))
    async with aiohttp.ClientSession() as session:
        kept = partial(_events, database)
        if asked.rasa == "server":
            there = Address(url=asked.url, token=asked.token.get_secret_value().strip())
            rasa = RasaDialogue(session, lambda: there, events=kept, timeout_seconds=asked.timeout_seconds)
            yield Talk(rasa=rasa, hops=hops, keep=lambda: keep_looking(database, rasa.is_up, clock))
            return
        rasa = RasaDialogue(session, lambda: child.address, events=kept, timeout_seconds=asked.timeout_seconds)
        child = RasaChild(
            database=database,
            hops=lambda: talk.hops,
            is_up=rasa.is_up,
            log_file=settings.data.folder / "logs" / f"{NAME}.log",
            clock=clock,
        )
        talk = Talk(rasa=rasa, hops=hops, keep=child.keep)
        yield talk


async def _events(database: Database, conversation_id: int) -> list[dict[str, Any]]:
    async with database.begin() as connection:
        kept = await find_events(connection, [conversation_id])
    return [json.loads(event["data"]) for event in kept]


def _own(given: SecretStr) -> str:
    return given.get_secret_value().strip() or secrets.token_urlsafe(24)
