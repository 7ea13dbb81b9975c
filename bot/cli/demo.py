"""`heed run --sandbox`: everything on this machine, with a local X in the place of the real one."""

from __future__ import annotations

import asyncio
import secrets
import time
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.live import Live
from rich.markup import escape
from rich.table import Table
from sqlalchemy import delete

from bot import service
from bot.cli.help_desk import with_help_desk
from bot.cli.output import out, progress_bars
from bot.cli.preparing import certificate_line
from bot.cli.serving import stopping
from bot.cli.story import Story, tell
from bot.telemetry import set_up_logging
from bot.vocabulary import Route
from sandbox.config import SandboxConfig
from sandbox.post_office import PostOffice
from sandbox.scenario import Expectation, Scenario, load, perform
from sandbox.server import running as sandbox_running
from sandbox.world import World
from storage.agents import Role, ensure_agent
from storage.inbox import find_cursor
from storage.report import count_open_work, courses
from storage.tables import opt_outs

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from bot.service import Service
    from bot.settings import Settings
    from sandbox.scenario import Step
    from storage.agents import Agent
    from storage.database import Database
    from storage.report import Course

PACE_SECONDS = 0.1
"""Pause between two posts of the scenario, so that it can be watched."""

PATIENCE_SECONDS = 90.0
"""How long the last post may take from posted to settled."""

LIMIT_SCALE = 50.0
"""The demo looks for mentions many times a second; the sandbox's limits are widened by as much."""

WIDTHS = (None, 7, 8, 4, 14, 4, None)
"""Of each column of the table; those without one share the rest."""

MARKS = {Route.ANSWER: "green", Route.DRAFT: "cyan", Route.HANDOFF: "yellow", Route.IGNORE: "bright_black"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """The running demo."""

    service: Service
    world: World
    post_office: PostOffice
    sandbox_url: str
    agent: Agent  #: `demo`.
    password: str  #: Of that agent.


async def play(settings: Settings, *, once: bool) -> int:
    """Start everything, play both scenarios, and stay until a signal; with *once* stop after the scenarios.

    Gives 1 where something is left undecided or unsent, a post meant for a person was answered alone, or the story of a
    private conversation did not come to its end.
    """
    set_up_logging(settings.log.model_copy(update={"level": "warning", "format": "console"}))
    scenario = load(settings.sandbox.scenario)
    async with stopping() as stopped, demo(settings) as running:
        played = asyncio.create_task(_play(running, scenario))
        waiting = asyncio.create_task(stopped.wait())
        await asyncio.wait({played, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if not played.done():
            played.cancel()
            await asyncio.gather(played, return_exceptions=True)
            return 130
        result = played.result()
        if not once:
            _say_where(running)
            await waiting
        waiting.cancel()
    out.print("Stopped; nothing is running any more, and what was said is kept in the database.")
    return result


@asynccontextmanager
async def demo(settings: Settings) -> AsyncIterator[Demo]:
    """Start the database, train what changed, and start the sandbox and the service on it."""
    async with AsyncExitStack() as stack:
        with progress_bars() as progress:
            progress("Starting the database", 0, 1)
            database = await stack.enter_async_context(service.open_database(settings))
            progress("Starting the database", 1, 1)
            brain = await service.prepare(sandboxed(settings, "http://127.0.0.1"), database, progress)
        out.print(certificate_line(brain), style="bold")
        password = secrets.token_urlsafe(9)
        async with database.begin() as connection:
            agent = await ensure_agent(connection, "demo", "DM", Role.OPS, password)
        world, config, post_office = World(), sandbox_config(settings), PostOffice(host=settings.sandbox.host)
        address = await stack.enter_async_context(
            sandbox_running(world, config, post_office=post_office, next_free=True)
        )
        connected = with_help_desk(sandboxed(settings, address.url), post_office)
        running = await stack.enter_async_context(service.running(connected, database, brain))
        post_office.send_replies_to(connected.email.reply_host, running.reply_port)
        yield Demo(
            service=running,
            world=world,
            post_office=post_office,
            sandbox_url=address.url,
            agent=agent,
            password=password,
        )


def sandbox_config(settings: Settings) -> SandboxConfig:
    """Give the sandbox's own settings."""
    return SandboxConfig(host=settings.sandbox.host, port=settings.sandbox.port, limit_scale=LIMIT_SCALE)


def sandboxed(settings: Settings, url: str) -> Settings:
    """Point *settings* at a sandbox, which knows its own keys, and let the bot answer alone there."""
    keys = SandboxConfig()
    changes = {
        "x": {
            **settings.x.model_dump(),
            "enabled": True,
            "base_url": url,
            "consumer_key": keys.consumer_key,
            "consumer_secret": keys.consumer_secret,
            "access_token": keys.access_token,
            "access_token_secret": keys.access_token_secret,
            "messages": True,
            "poll_seconds": 0.25,
            "message_poll_seconds": 2.0,
            "own_poll_seconds": 1.0,
            "overlap_seconds": 5.0,
            "overlap_every_seconds": 2.0,
            "settle_seconds": 2.0,
            "timeout_seconds": 5.0,
        },
        "deciding": {**settings.deciding.model_dump(), "mode": "auto"},
        "intake": {**settings.intake.model_dump(), "hold_seconds": 0},
        "replying": {**settings.replying.model_dump(), "undo_seconds": 0},
        "web": {**settings.web.model_dump(), "next_free_port": True},
    }
    return type(settings).model_validate({**settings.model_dump(), **changes})


async def _play(running: Demo, scenario: Scenario) -> int:
    result = await _play_day(running, scenario)
    story = Story(
        service=running.service,
        world=running.world,
        post_office=running.post_office,
        agent=running.agent,
        since=running.world.clock(),
    )
    return await tell(story) or result


async def _play_day(running: Demo, scenario: Scenario) -> int:
    await listening_began(running.service.database)
    await _forget_opt_outs(running, scenario)
    ids: dict[str, str] = {}
    known: Mapping[str, Course] = {}
    with Live(console=out, refresh_per_second=8, transient=True) as live:
        for step in scenario.steps:
            ids[step.case] = perform(running.world, step, ids)
            await asyncio.sleep(PACE_SECONDS)
            known = await _courses(running, ids)
            live.update(_table(scenario, ids, known, last=out.height - 6))
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until and not await _settled(running, scenario, ids):
            await asyncio.sleep(0.2)
            known = await _courses(running, ids)
            live.update(_table(scenario, ids, known, last=out.height - 6))
    out.print(_table(scenario, ids, known))
    return await _summarise(running, scenario, ids, known)


async def _forget_opt_outs(running: Demo, scenario: Scenario) -> None:
    """Let the scenario's customers begin anew: the sandbox forgets its posts, also those that said stop."""
    authors = {step.author for step in scenario.steps if step.author}
    accounts = [running.world.accounts.open(handle).id for handle in authors]
    async with running.service.database.begin() as connection:
        await connection.execute(delete(opt_outs).where(opt_outs.c.channel == "x", opt_outs.c.author_id.in_(accounts)))


async def listening_began(database: Database) -> None:
    """Wait for the first look: the listener hears nothing that was posted before it."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        async with database.begin() as connection:
            if await find_cursor(connection, "x") is not None:
                return
        await asyncio.sleep(0.05)


async def _courses(running: Demo, ids: Mapping[str, str]) -> Mapping[str, Course]:
    async with running.service.database.begin() as connection:
        return await courses(connection, "x", list(ids.values()))


async def _settled(running: Demo, scenario: Scenario, ids: Mapping[str, str]) -> bool:
    known = await _courses(running, ids)
    undecided = [step for step in scenario.steps if step.expect and _route(step, scenario, ids, known) is None]
    async with running.service.database.begin() as connection:
        return not undecided and await count_open_work(connection) == 0


def _route(step: Step, scenario: Scenario, ids: Mapping[str, str], known: Mapping[str, Course]) -> Route | None:
    """Give the route a step's post took; a version that was edited before it was heard is as good as ignored."""
    if (course := known.get(ids.get(step.case, ""))) is not None:
        return course.route
    edited = any(later.edits == step.case and ids.get(later.case) in known for later in scenario.steps)
    return Route.IGNORE if edited else None


def _table(scenario: Scenario, ids: Mapping[str, str], known: Mapping[str, Course], last: int = 0) -> Table:
    table = Table(
        "mention", "route", "expected", "sure", "reasons", "ms", "reply, draft or goal", box=None, pad_edge=False
    )
    rest = max(28, out.width - sum(filter(None, WIDTHS)) - 2 * len(WIDTHS)) // 2
    for column, width in zip(table.columns, WIDTHS, strict=True):
        column.no_wrap, column.overflow, column.width = True, "ellipsis", width or rest
    for step in [step for step in scenario.steps if step.case in ids][-max(last, 0) :]:
        route, course = _route(step, scenario, ids, known), known.get(ids[step.case])
        mark = "" if route is None or _as_expected(step, route) else f"[red]{step.expect}[/]"
        table.add_row(
            _one_line(step.text or f"(reposts {step.repost_of})", rest),
            f"[{MARKS[route]}]{route}[/]" if route else "…",
            mark,
            f"{course.confidence:.2f}" if course and course.confidence else "",
            ", ".join(course.reasons) if course else "",
            f"{course.milliseconds:.0f}" if course else "",
            _one_line(course.said if course else "", rest),
        )
    return table


def _as_expected(step: Step, route: Route | None) -> bool:
    return step.expect is None or (route is not None and route.value == step.expect.value)


def _one_line(text: str, longest: int) -> str:
    flat = " ".join(text.split())
    return escape(flat if len(flat) <= longest else flat[: longest - 1] + "…")


async def _summarise(running: Demo, scenario: Scenario, ids: Mapping[str, str], known: Mapping[str, Course]) -> int:
    expected = [step for step in scenario.steps if step.expect]
    routes = {step.case: _route(step, scenario, ids, known) for step in expected}
    missed = [step for step in expected if not _as_expected(step, routes[step.case])]
    undecided = [step for step in expected if routes[step.case] is None]
    cheerful = [step for step in missed if routes[step.case] is Route.ANSWER and step.expect is Expectation.HANDOFF]
    async with running.service.database.begin() as connection:
        open_work = await count_open_work(connection)
    counts = {route: sum(found is route for found in routes.values()) for route in Route}
    out.print(
        f"\n{len(expected)} mentions: "
        + ", ".join(f"{count} {route}" for route, count in counts.items())
        + f". As expected: {len(expected) - len(missed)} of {len(expected)} ({1 - len(missed) / len(expected):.0%})."
    )
    for step in missed:
        out.print(
            f"  {step.case}: {routes[step.case] or 'undecided'} instead of {step.expect}: {_one_line(step.text, 70)}"
        )
    if undecided or open_work:
        out.print(f"Left: {len(undecided)} undecided, {open_work} waiting or unsent.", style="red")
    return 1 if undecided or open_work or cheerful else 0


def _say_where(running: Demo) -> None:
    out.print(f"\n  Console   {running.service.url}   log in as [bold]demo[/] with [bold]{running.password}[/]")
    out.print(f"  Sandbox   {running.sandbox_url}   post as a customer and watch the answer arrive")
    out.print(f"  Mail      {running.sandbox_url}/mail   be the help desk and answer cases")
    out.print("  Ctrl-C stops everything.\n")
