"""`heed bench private`: what a turn of a private conversation takes, and what public mentions notice of twenty."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count, cycle, islice
from typing import TYPE_CHECKING

import numpy as np

from bot import service
from bot.cli.benching import SINGLES, a_mention, latencies, sample_texts
from bot.cli.output import report
from bot.cli.scratch import scratch
from bot.dialogue.server import lacking
from bot.errors import SettingsError
from bot.telemetry import set_up_logging
from bot.vocabulary import Audience, Mention
from storage import inbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from bot.service import Service
    from bot.settings import Settings

SCRIPT = (
    "hello",
    "How do I swap the Fn and Ctrl keys on my Book 15?",
    "yes, thanks",
    "I would like to open a case, please",
    "yes",
    "Ana Ruiz",
    "ana@mail.example",
    "TN-123456",
    "yes",
    "where is my case?",
)
"""What each customer writes, again and again: greeting, question, contact form and its end."""

NEVER = 86_400.0

START_SECONDS = 180.0
"""How long Rasa may take until it answers."""

WARM = 2
"""Conversations before the measuring: the first turns of a process are slower than all others."""

numbers = count(1)


async def private(settings: Settings, turns: int, conversations: int, pause: float, *, as_json: bool) -> int:
    """Measure and print the time of a turn, and of a public mention beside so many conversations and without them.

    In each conversation the customer writes every *pause* seconds. Raises SettingsError where there is no Rasa.
    """
    if problem := lacking():
        raise SettingsError(problem)
    set_up_logging(settings.log.model_copy(update={"level": "error", "format": "console"}))
    texts = sample_texts(settings, 2 * SINGLES)
    async with AsyncExitStack() as stack:
        alone = _alone(settings)
        database, brain = await stack.enter_async_context(scratch(alone))
        running = await stack.enter_async_context(service.running(alone, database, brain))
        await _until_up(running)
        await _turns(running, WARM * len(SCRIPT))
        taken = await _turns(running, turns)
        at_rest = await latencies(running, texts[:SINGLES], first=0)
        async with _talking(running, conversations, pause) as led:
            beside = await latencies(running, texts[SINGLES:], first=SINGLES)
    rest, busy = float(np.median(at_rest)), float(np.median(beside))
    figures = {
        "turns": turns,
        "p50_ms": round(float(np.percentile(taken, 50)), 1),
        "p95_ms": round(float(np.percentile(taken, 95)), 1),
        "conversations": conversations,
        "turns_beside": len(led),
        "public_p50_ms": round(rest, 1),
        "public_beside_p50_ms": round(busy, 1),
        "ratio": round(busy / rest, 3),
    }
    report(figures, as_json=as_json)
    return 0


def _alone(settings: Settings) -> Settings:
    """Give settings with a Rasa of their own, that may answer, and without any channel or help desk."""
    changes = {
        "deciding": {**settings.deciding.model_dump(), "mode": "auto"},
        "x": {**settings.x.model_dump(), "enabled": False},
        # A sweep would have the worker lead the very conversations whose turns are measured here.
        "worker": {**settings.worker.model_dump(), "sweep_seconds": NEVER},
        "web": {**settings.web.model_dump(), "port": 0},
        "dialogue": {**settings.dialogue.model_dump(), "rasa": "child"},
        "offline": {**settings.offline.model_dump(), "desk": "none"},
    }
    return type(settings).model_validate({**settings.model_dump(), **changes})


async def _until_up(running: Service) -> None:
    dialogue = running.workshop.dialogue
    async with asyncio.timeout(START_SECONDS):
        while dialogue is None or not await dialogue.is_up():
            await asyncio.sleep(0.2)


async def _turns(running: Service, turns: int) -> list[float]:
    """Lead so many turns, one after the other, and give the milliseconds of each, from heard to stored decision."""
    return [await _turn(running, message) for message in islice(_messages(), turns)]


async def _turn(running: Service, message: Mention) -> float:
    async with running.database.begin() as connection:
        await inbox.admit(connection, [message], talked=True)
        (place,) = await inbox.conversations_waiting(connection, 1)
    started = time.perf_counter()
    await running.workshop.converse(place)
    return (time.perf_counter() - started) * 1000


@asynccontextmanager
async def _talking(running: Service, conversations: int, pause: float) -> AsyncIterator[list[int]]:
    """Have so many customers write meanwhile, evenly spread, through the jobs; give the list that their turns fill."""
    led: list[int] = []

    async def talk(number: int) -> None:
        await asyncio.sleep(pause * number / conversations)
        for message in _messages():
            async with running.database.begin() as connection:
                await inbox.admit(connection, [message], talked=True)
            await running.workshop.foreman.decide()
            led.append(number)
            await asyncio.sleep(pause)

    async with asyncio.TaskGroup() as group:
        talks = [group.create_task(talk(number)) for number in range(conversations)]
        yield led
        for task in talks:
            task.cancel()


def _messages() -> Iterator[Mention]:
    """Give the messages of customers, one after the other; who comes to the end of the script is another customer."""
    author = 0
    for place, text in cycle(enumerate(SCRIPT)):
        author = next(numbers) if place == 0 else author
        writer = f"writer {author}"
        yield a_mention(f"private {next(numbers)}", writer, text, root_id=writer, audience=Audience.PRIVATE)
