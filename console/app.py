"""Mounts the console on an application."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import jinja2
from aiohttp import web

from console import (
    acting,
    cases,
    certificates,
    channel,
    conversation,
    correcting,
    disclosing,
    door,
    knowledge,
    live,
    login,
    pages,
    parts,
    sending,
    wording,
)
from console.feed import Feed
from console.keys import DATABASE, DOORKEEPER, ENQUEUE, FEED, RESOURCES, SETTINGS, TEMPLATES
from console.links import Links
from console.throttle import Doorkeeper

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.settings import Settings
    from console.keys import Enqueue
    from storage.database import Database

HERE = Path(__file__).parent

ROUTES = (
    web.get("/", pages.home),
    web.get("/login", login.form),
    web.post("/login", login.log_in),
    web.post("/logout", login.log_out),
    web.get("/queue", pages.queue),
    web.get(r"/conversations/{id:\d{1,18}}", conversation.show_conversation),
    web.post(r"/conversations/{id:\d{1,18}}/take-over", acting.take_over),
    web.post(r"/conversations/{id:\d{1,18}}/return", acting.return_to_bot),
    web.post(r"/conversations/{id:\d{1,18}}/resolve", acting.resolve),
    web.post(r"/conversations/{id:\d{1,18}}/team", acting.move_to_team),
    web.post(r"/conversations/{id:\d{1,18}}/reply", acting.reply),
    web.post(r"/conversations/{id:\d{1,18}}/parts", parts.show_parts),
    web.post(r"/drafts/{id:\d{1,18}}/approve", acting.approve),
    web.post(r"/drafts/{id:\d{1,18}}/reject", acting.reject),
    web.post(r"/replies/{id:\d{1,18}}/undo", sending.undo),
    web.post(r"/replies/{id:\d{1,18}}/retract", sending.retract),
    web.post(r"/conversations/{id:\d{1,18}}/answered", sending.answered),
    web.post(r"/mentions/{id:\d{1,18}}/original", disclosing.show_original),
    web.post(r"/mentions/{id:\d{1,18}}/mood", correcting.correct_mood),
    web.post("/pause", acting.pause),
    web.get("/certificate", certificates.show_certificate),
    web.post(r"/audits/{id:\d{1,18}}/judge", certificates.judge_answer),
    web.get("/knowledge", knowledge.lists),
    web.post("/knowledge/keep", knowledge.keep),
    web.post("/knowledge/quarantine", knowledge.shut),
    web.post("/knowledge/release", knowledge.reopen),
    web.get("/cases", cases.show_cases),
    web.post(r"/cases/{reference:[0-9A-Z-]{1,20}}/again", cases.hand_over_again),
    web.get("/channel", channel.show_channel),
    web.get("/events", live.events),
    web.static("/assets", HERE / "assets"),
)


def add_console(
    app: web.Application,
    *,
    database: Database,
    settings: Settings,
    enqueue: Enqueue,
) -> None:
    """Add the console's pages at the root of *app*, beside whatever else it serves.

    *enqueue* makes a job for a reply that is to be sent, or to be deleted again.
    """
    app[DATABASE] = database
    app[SETTINGS] = settings
    app[ENQUEUE] = enqueue
    app[DOORKEEPER] = Doorkeeper()
    app[TEMPLATES] = _templates(Links.from_settings(settings.x))
    app[FEED] = Feed(database)
    routes = app.add_routes(ROUTES)
    app[RESOURCES] = frozenset(route.resource for route in routes if route.resource)
    app.middlewares.append(door.console_door)
    app.on_response_prepare.append(door.add_headers)
    app.on_shutdown.append(_dismiss)
    app.cleanup_ctx.append(_listen)


def _templates(links: Links) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(wording.FILTERS)
    environment.globals.update(wording.GLOBALS, LINKS=links)
    return environment


async def _dismiss(app: web.Application) -> None:
    app[FEED].dismiss()


async def _listen(app: web.Application) -> AsyncIterator[None]:
    app[FEED].start()
    yield
    await app[FEED].stop()
