"""`heed drill outage`: thousands of customers write within minutes, and the platform's own rate limits hold."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

import aiohttp
from sqlalchemy import func, select

from bot.cli.crashing import questions
from bot.cli.crew import crew, variables
from bot.cli.demo import listening_began, sandboxed
from bot.cli.output import progress_bars, report
from bot.cli.scratch import scratch
from bot.telemetry import set_up_logging
from sandbox.config import SandboxConfig
from sandbox.server import running as sandbox_running
from sandbox.timeline import Span
from sandbox.world import NewPost, World
from storage.inbox import find_cursor
from storage.tables import decisions, gaps, mentions

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from bot.settings import Settings
    from bot.training import Progress
    from storage.database import Database

COMPLAINTS = (
    "is your cloud down? nothing syncs since this morning",
    "sync is dead again, is it me or you?",
    "cannot log in to my account, says service unavailable",
    "your servers are down AGAIN",
    "any news on the outage? my tablet does not sync",
    "what is going on with the log-in today?",
)
SHARE_OF_COMPLAINTS = 0.7

SETTLED_IN = 0.25
"""Share of the mentions after which the worker's memory is taken for its ordinary size."""

PACE_SECONDS = 0.25

STUCK_SECONDS = 120.0
"""Without any progress for so long, what was not stored counts as lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flood:
    """How many mentions arrive within which time."""

    mentions: int
    minutes: float
    seed: int


async def outage(settings: Settings, flood: Flood, *, as_json: bool) -> int:
    """Play *flood* under X's own limits; 1 where a mention was not stored, or a limit was exceeded."""
    set_up_logging(settings.log.model_copy(update={"level": "error", "format": "console"}))
    world = World()
    async with AsyncExitStack() as stack:
        database, _ = await stack.enter_async_context(scratch(sandboxed(settings, "http://127.0.0.1")))
        address = await stack.enter_async_context(sandbox_running(world, SandboxConfig(port=0)))
        ours = variables(sandboxed(settings, address.url), database)
        hired = await stack.enter_async_context(crew(ours, size=1))
        random = Random(flood.seed)  # noqa: S311 - chance, not secrecy
        worker = await hired.pick(random)
        await listening_began(database)
        progress = stack.enter_context(progress_bars())
        started = time.perf_counter()
        memory = [worker.memory_mb async for _ in _pour(world, flood, questions(settings), random, progress)]
        heard = await _heard(database, flood.mentions, progress)
        figures: dict[str, float] = {
            "mentions": flood.mentions,
            "admitted": heard,
            "seconds": round(time.perf_counter() - started),
            **await _stored(database, world),
            **await _traffic(address.url),
            "memory_mb_early": round(memory[round(SETTLED_IN * len(memory))]),
            "memory_mb_late": round(worker.memory_mb),
        }
    report(figures, as_json=as_json)
    return 1 if heard < flood.mentions or figures["over_limit"] or figures["gaps"] else 0


async def _pour(
    world: World, flood: Flood, asked: Sequence[str], random: Random, progress: Progress
) -> AsyncIterator[int]:
    """Publish the mentions at an even pace, and give how many there are after each step."""
    began, said = time.perf_counter(), 0
    while said < flood.mentions:
        due = min(flood.mentions, round(flood.mentions * (time.perf_counter() - began) / (60 * flood.minutes)))
        for number in range(said, due):
            text = random.choice(COMPLAINTS if random.random() < SHARE_OF_COMPLAINTS else asked)
            world.post(NewPost(author=f"customer_{number}", text=f"@{world.brand.handle} {text}"))
        said = max(said, due)
        progress("Writing", said, flood.mentions)
        yield said
        await asyncio.sleep(PACE_SECONDS)


async def _heard(database: Database, wanted: int, progress: Progress) -> int:
    """Wait until *wanted* mentions are stored, or no more of them arrive, and give how many are."""
    heard, since = -1, time.monotonic()
    while heard < wanted and time.monotonic() - since < STUCK_SECONDS:
        async with database.begin() as connection:
            found = await connection.scalar(select(func.count()).select_from(mentions)) or 0
        if found != heard:
            heard, since = found, time.monotonic()
        progress("Hearing", heard, wanted)
        await asyncio.sleep(PACE_SECONDS)
    return heard


async def _stored(database: Database, world: World) -> dict[str, float]:
    """Say what the database holds, and whether its cursor stands at the newest mention."""
    newest = world.mentions(world.brand.id, Span(limit=1)).ids[0]
    async with database.begin() as connection:
        cursor = await find_cursor(connection, "x")
        return {
            "decided": await connection.scalar(select(func.count()).select_from(decisions)) or 0,
            "gaps": await connection.scalar(select(func.count()).select_from(gaps)) or 0,
            "cursor_right": int((cursor or "").startswith(newest)),
        }


async def _traffic(url: str) -> dict[str, float]:
    """Say how many requests the bot made, and how many of them were over a limit."""
    async with aiohttp.ClientSession(url, raise_for_status=True) as session, session.get("/sandbox/traffic") as answer:
        traffic = await answer.json()
    return {"requests": traffic["requests"], "over_limit": traffic["refused"]}
