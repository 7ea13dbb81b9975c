"""`heed drill feed`: plays a file of mentions through the sandbox and the real client, and waits for every decision."""

from __future__ import annotations

import asyncio
import json
import re
import time
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from bot import memory, service
from bot.cli.demo import listening_began, sandboxed
from bot.cli.output import progress_bars, report
from bot.cli.scratch import scratch
from bot.errors import DataError
from bot.telemetry import set_up_logging
from bot.vocabulary import Route
from sandbox.config import SandboxConfig
from sandbox.refusals import Refused
from sandbox.server import running as sandbox_running
from sandbox.world import NewPost, World
from storage.report import Course, count_open_work, courses

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bot.service import Service
    from bot.settings import Settings
    from bot.training import Progress
    from storage.database import Database

BURST = 100
"""Posts published between two waits; X shows the newest 800 mentions, so the bot must be able to keep up."""

MOST_WAITING = 400
"""Undecided posts at most before the next burst."""

STUCK_SECONDS = 60.0
"""Without any progress for so long, what is left counts as lost."""

LIMIT_SCALE = 1000.0
"""The drill is about the bot, not about the sandbox's rate limits."""

_NOT_IN_HANDLES = re.compile(r"[^A-Za-z0-9_]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One mention of the file."""

    id: str
    author: str
    text: str
    in_reply_to: str | None


async def feed(settings: Settings, file: Path, *, as_json: bool, decisions_file: Path | None) -> int:
    """Play *file*; 1 where a mention was lost. Raises DataError, naming file and line, before anything is played."""
    set_up_logging(settings.log.model_copy(update={"level": "error", "format": "console"}))
    lines = read_feed(file)
    world = World()
    async with AsyncExitStack() as stack:
        database, brain = await stack.enter_async_context(scratch(sandboxed(settings, "http://127.0.0.1")))
        config = SandboxConfig(port=0, limit_scale=LIMIT_SCALE)
        address = await stack.enter_async_context(sandbox_running(world, config))
        connected = sandboxed(settings, address.url)
        running = await stack.enter_async_context(service.running(connected, database, brain, serve=False))
        await listening_began(database)
        started = time.perf_counter()
        ids = await _play(running, world, lines)
        seconds = time.perf_counter() - started
        async with database.begin() as connection:
            known = await courses(connection, "x", list(ids.values()))
    _report(lines, ids, known, seconds, as_json=as_json)
    if decisions_file is not None:
        _write_decisions(decisions_file, lines, ids, known)
    return 1 if len(known) < len(lines) else 0


def read_feed(file: Path) -> list[Line]:
    """Read the whole file first. Raises DataError on the first line that is wrong."""
    try:
        rows = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError("cannot be read as UTF-8 text.", file=str(file), remedy="Give a file of JSON lines.") from error
    lines: list[Line] = []
    seen: set[str] = set()
    for number, row in enumerate(rows, start=1):
        if not row.strip():
            continue
        line = _line(row, file, number)
        if line.id in seen:
            raise DataError(f"the id '{line.id}' is there already.", file=str(file), line=number)
        if line.in_reply_to is not None and line.in_reply_to not in seen:
            raise DataError(
                f"in_reply_to '{line.in_reply_to}' is no earlier id.",
                file=str(file),
                line=number,
                remedy="Put it first.",
            )
        seen.add(line.id)
        lines.append(line)
    if not lines:
        raise DataError("holds no mention.", file=str(file))
    return lines


def _line(row: str, file: Path, number: int) -> Line:
    remedy = 'Write {"id": "1", "author": "jo", "text": "..."}.'
    try:
        given = json.loads(row)
        post_id, said = str(given["id"]), given["text"]
    except (ValueError, KeyError, TypeError) as error:
        raise DataError("not a mention.", file=str(file), line=number, remedy=remedy) from error
    if not isinstance(said, str) or not said.strip():
        raise DataError("'text' is empty.", file=str(file), line=number, remedy=remedy)
    reply_to = given.get("in_reply_to")
    author = _NOT_IN_HANDLES.sub("", str(given.get("author") or f"c_{post_id}"))[:15] or "customer"
    return Line(id=post_id, author=author, text=said, in_reply_to=None if reply_to is None else str(reply_to))


async def _play(running: Service, world: World, lines: Sequence[Line]) -> dict[str, str]:
    ids: dict[str, str] = {}
    with progress_bars() as progress:
        for start in range(0, len(lines), BURST):
            for line in lines[start : start + BURST]:
                ids[line.id] = _publish(world, line, ids)
            posts = tuple(ids.values())
            await wait_until_decided(running.database, posts, progress, at_most=MOST_WAITING, total=len(lines))
        await wait_until_decided(running.database, tuple(ids.values()), progress)
    return ids


def _publish(world: World, line: Line, ids: dict[str, str]) -> str:
    said = line.text if f"@{world.brand.handle.lower()}" in line.text.lower() else f"@{world.brand.handle} {line.text}"
    try:
        return world.post(NewPost(author=line.author, text=said, reply_to=ids.get(line.in_reply_to or ""))).id
    except Refused as refused:
        raise DataError(f"the sandbox refuses '{line.id}': {refused}", file="feed") from refused


async def wait_until_decided(
    database: Database,
    posts: Sequence[str],
    progress: Progress,
    *,
    at_most: int = 0,
    total: int | None = None,
    stuck_seconds: float = STUCK_SECONDS,
) -> None:
    """Wait until all but *at_most* of *posts* are decided, and with none left until every reply is settled.

    Gives up where nothing moves for *stuck_seconds*; *total* is what the progress counts towards.
    """
    last, since = -1, time.monotonic()
    while time.monotonic() - since <= stuck_seconds:
        async with database.begin() as connection:
            decided = len(await courses(connection, "x", posts))
            unsent = await count_open_work(connection) if at_most == 0 else 0
        progress("Deciding", decided, total or len(posts))
        if len(posts) - decided <= at_most and unsent == 0:
            return
        if decided + unsent != last:
            last, since = decided + unsent, time.monotonic()
        await asyncio.sleep(0.1)


def _report(
    lines: Sequence[Line], ids: dict[str, str], known: dict[str, Course], seconds: float, *, as_json: bool
) -> None:
    routes = [course.route for course in known.values()]
    figures = {
        "mentions": len(lines),
        "answered": routes.count(Route.ANSWER),
        "drafted": routes.count(Route.DRAFT),
        "handed_off": routes.count(Route.HANDOFF),
        "ignored": routes.count(Route.IGNORE),
        "lost": sum(ids[line.id] not in known for line in lines),
        "mentions_per_second": round(len(lines) / seconds, 1),
        "memory_mb": round(memory.peak_mb()),
    }
    report(figures, as_json=as_json)


def _write_decisions(file: Path, lines: Sequence[Line], ids: dict[str, str], known: dict[str, Course]) -> None:
    rows = [{**asdict(known[ids[line.id]]), "id": line.id} for line in lines if ids[line.id] in known]
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
