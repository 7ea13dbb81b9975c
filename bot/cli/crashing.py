"""`heed drill crash`: real worker processes, killed at random moments while customers write and the platform fails."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from bot.cli.crew import crew, variables
from bot.cli.demo import listening_began, sandboxed
from bot.cli.drilling import wait_until_decided
from bot.cli.output import progress_bars, report
from bot.cli.scratch import scratch
from bot.telemetry import set_up_logging
from bot.vocabulary import ReplyState, Route
from knowledge.article import read_library
from sandbox.config import SandboxConfig
from sandbox.faults import Fault, FaultKind, Faults
from sandbox.server import running as sandbox_running
from sandbox.world import NewPost, World
from storage.report import courses
from storage.tables import receipts, replies

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.cli.crew import Crew
    from bot.settings import Settings
    from bot.training import Progress
    from storage.database import Database

STORM = (
    Fault(kind=FaultKind.LOST, method="POST", path="/2/tweets", times=0, chance=0.05),
    Fault(kind=FaultKind.RESET, method="POST", path="/2/tweets", times=0, chance=0.05),
    Fault(kind=FaultKind.STATUS, html=True, times=0, chance=0.03),
    Fault(kind=FaultKind.RATE_LIMIT, method="POST", path="/2/tweets", headers=False, times=0, chance=0.005),
    Fault(kind=FaultKind.SHORT_PAGE, path="/2/users", times=0, chance=0.1),
    Fault(kind=FaultKind.LATENCY, seconds=0.3, times=0, chance=0.05),
)
"""What goes wrong while the drill lasts, each by chance and for as long as it lasts."""

LATE = 0.05
"""Share of the mentions that the platform indexes late: only after the next kill."""

BETWEEN_KILLS = (0.5, 4.0)
"""Seconds, the least and the most, in which a round's mentions arrive; at their end a worker is killed."""

STUCK_SECONDS = 180.0
"""Without any progress for so long after the last kill, what is left counts as lost."""

HASTE = {
    "HEED_INTAKE_HOLD_SECONDS": "0",
    "HEED_WORKER_HEARTBEAT_SECONDS": "0.5",
    "HEED_WORKER_STALLED_SECONDS": "3",
    "HEED_WORKER_SWEEP_SECONDS": "1",
    "HEED_X_POLL_SECONDS": "0.5",
    "HEED_X_OVERLAP_SECONDS": "120",
    "HEED_X_OVERLAP_EVERY_SECONDS": "2",
    "HEED_X_OWN_POLL_SECONDS": "1",
    "HEED_X_POSTS_PER_WINDOW": "1000000",
    "HEED_X_POSTS_PER_DAY": "1000000",
    "HEED_X_TIMEOUT_SECONDS": "3",
    "HEED_X_SETTLE_SECONDS": "1",
}
"""What lets a worker look, give up and come back sooner than it would in earnest."""

LIMIT_SCALE = 1000.0
"""The drill is about crashes, not about rate limits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much is asked of the bot."""

    mentions: int
    kills: int
    workers: int
    seed: int  #: Fixes the mentions, the moments and the victims; the machine's own timing stays its own.


async def crash(settings: Settings, plan: Plan, *, as_json: bool) -> int:
    """Play *plan*; 1 where a mention was lost or answered twice. Raises WorkerEnded, DataError, StorageDown."""
    set_up_logging(settings.log.model_copy(update={"level": "error", "format": "console"}))
    async with scratch(sandboxed(settings, "http://127.0.0.1")) as (database, _):
        figures = await rehearse(settings, database, plan)
    report(figures, as_json=as_json)
    return 1 if figures["lost"] or figures["duplicate_replies"] else 0


async def rehearse(settings: Settings, database: Database, plan: Plan) -> dict[str, int]:
    """Play *plan* on a trained *database* without mentions, and give what came of it. Raises as `crash` does."""
    # The sandbox need not tell of each client that was killed while it was being answered.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    world, faults, started = World(), Faults(plan.seed), time.perf_counter()
    async with AsyncExitStack() as stack:
        config = SandboxConfig(port=0, limit_scale=LIMIT_SCALE)
        address = await stack.enter_async_context(sandbox_running(world, config, faults=faults))
        ours = variables(sandboxed(settings, address.url), database) | HASTE
        hired = await stack.enter_async_context(crew(ours, size=plan.workers))
        await hired.pick(Random(plan.seed))  # noqa: S311 - chance, not secrecy
        await listening_began(database)
        progress = stack.enter_context(progress_bars())
        for fault in STORM:
            faults.add(fault)
        posts = await _storm(world, hired, plan, questions(settings), progress)
        faults.clear()
        await wait_until_decided(database, posts, progress, stuck_seconds=STUCK_SECONDS)
        figures = await _count(world, database, posts)
    told = {"kills": plan.kills, "workers": plan.workers, "seed": plan.seed}
    return figures | told | {"seconds": round(time.perf_counter() - started)}


async def _storm(world: World, hired: Crew, plan: Plan, asked: Sequence[str], progress: Progress) -> tuple[str, ...]:
    """Let the mentions arrive in as many rounds as there are kills, and kill a worker at the end of each."""
    random = Random(plan.seed)  # noqa: S311 - chance, not secrecy
    posts: list[str] = []
    for kill in range(plan.kills):
        victim = await hired.pick(random)
        upto = plan.mentions * (kill + 1) // plan.kills
        late = await _write(world, posts, upto, asked, random)
        await hired.kill(victim)
        for post in late:
            world.index(post)
        await hired.hire()
        progress("Killing", kill + 1, plan.kills)
    return tuple(posts)


async def _write(world: World, posts: list[str], upto: int, asked: Sequence[str], random: Random) -> list[str]:
    """Publish mentions until there are *upto*, spread over a round, and give those that are indexed late."""
    wait = random.uniform(*BETWEEN_KILLS) / max(1, upto - len(posts))
    late = []
    while len(posts) < upto:
        said = f"@{world.brand.handle} {random.choice(asked)}"
        is_late = random.random() < LATE
        posts.append(world.post(NewPost(author=f"customer_{len(posts)}", text=said, late=is_late)).id)
        late += posts[-1:] if is_late else []
        await asyncio.sleep(wait)
    return late


async def _count(world: World, database: Database, posts: Sequence[str]) -> dict[str, int]:
    """Hold what the platform shows against what the database believes."""
    async with database.begin() as connection:
        known = await courses(connection, "x", posts)
        proven = await connection.scalar(select(func.count()).select_from(receipts))
        rows = await connection.execute(select(replies.c.in_reply_to, replies.c.state))
    settled = {in_reply_to for in_reply_to, state in rows if state in {ReplyState.FAILED, ReplyState.CANCELLED}}
    answers = Counter({post: _answers(world, post) for post in posts})
    silent = [
        post
        for post in posts
        if post not in known or (known[post].route is Route.ANSWER and not answers[post] and post not in settled)
    ]
    return {
        "mentions": len(posts),
        "decided": len(known),
        "replies": answers.total(),
        "lost": len(silent),
        "duplicate_replies": sum(count - 1 for count in answers.values() if count > 1),
        "receipts": int(proven or 0),
    }


def _answers(world: World, post_id: str) -> int:
    return sum(reply.author == world.brand for reply in world.replies(world.get(post_id)))


def questions(settings: Settings) -> tuple[str, ...]:
    """Give what customers ask by the knowledge base itself, so that most get an answer. Raises DataError."""
    articles = read_library(settings.data.articles).articles
    return tuple(ask for article in articles if article.language == "en" for ask in article.ask)
