"""Mounts the console on an application."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import jinja2
from aiohttp import web

from console import acting, certificates, door, knowledge, live, login, pages, wording
from console.feed import Feed
from console.keys import DATABASE, DOORKEEPER, ENQUEUE, FEED, RESOURCES, SETTINGS, TEMPLATES
from console.throttle import Doorkeeper

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from bot.settings import Settings
    from storage.database import Database

HERE = Path(__file__).parent

ROUTES = (
    web.get("/", pages.home),
    web.get("/login", login.form),
    web.post("/login", login.log_in),
    web.post("/logout", login.log_out),
    web.get("/queue", pages.queue),
    web.get(r"/conversations/{id:\d{1,18}}", pages.conversation),
    web.post(r"/conversations/{id:\d{1,18}}/take-over", acting.take_over),
    web.post(r"/conversations/{id:\d{1,18}}/return", acting.return_to_bot),
    web.post(r"/conversations/{id:\d{1,18}}/resolve", acting.resolve),
    web.post(r"/conversations/{id:\d{1,18}}/reply", acting.reply),
    web.post(r"/drafts/{id:\d{1,18}}/approve", acting.approve),
    web.post(r"/drafts/{id:\d{1,18}}/reject", acting.reject),
    web.post("/pause", acting.pause),
    web.get("/certificate", certificates.show_certificate),
    web.post(r"/audits/{id:\d{1,18}}/judge", certificates.judge_answer),
    web.get("/knowledge", knowledge.lists),
    web.post("/knowledge/keep", knowledge.keep),
    web.post("/knowledge/quarantine", knowledge.shut),
    web.post("/knowledge/release", knowledge.reopen),
    web.get("/events", live.events),
    web.static("/assets", HERE / "assets"),
)


def add_console(
    app: web.Application,
    *,
    database: Database,
    settings: Settings,
    enqueue: Callable[[int], Awaitable[None]],
) -> None:
    """Add the console's pages at the root of *app*, beside whatever else it serves.

    *enqueue* makes a job for the reply with the given id; it is called after the reply's row is committed.
    """
    app[DATABASE] = database
    app[SETTINGS] = settings
    app[ENQUEUE] = enqueue
    app[DOORKEEPER] = Doorkeeper()
    app[TEMPLATES] = _templates()
    app[FEED] = Feed(database)
    routes = app.add_routes(ROUTES)
    app[RESOURCES] = frozenset(route.resource for route in routes if route.resource)
    app.middlewares.append(door.console_door)
    app.on_response_prepare.append(door.add_headers)
    app.on_shutdown.append(_dismiss)
    app.cleanup_ctx.append(_listen)


def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(wording.FILTERS)
    environment.globals.update(wording.GLOBALS)
    return environment


async def _dismiss(app: web.Application) -> None:
    app[FEED].dismiss()


async def _listen(app: web.Application) -> AsyncIterator[None]:
    app[FEED].start()
    yield
    await app[FEED].stop()
