"""The service's own pages: is it alive, can it work, and what has it counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from bot.dialogue.server import NAME
from bot.errors import StorageDown
from bot.vocabulary import Lane
from storage import conditions, inbox

if TYPE_CHECKING:
    from bot.jobs import Workshop
    from storage.database import Database


def add_health(app: web.Application, *, database: Database, workshop: Workshop) -> None:
    """Add `/healthz`, `/readyz` and `/metrics` to *app*."""

    async def healthz(_: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def readyz(_: web.Request) -> web.Response:
        try:
            async with database.begin() as connection:
                waiting = await inbox.count_waiting(connection)
                down = await conditions.find(connection, NAME, Lane.TALK)
        except StorageDown as error:
            return web.json_response({"status": "not ready", "problem": str(error)}, status=503)
        brain = workshop.brain()
        return web.json_response(
            {
                "status": "ready",
                "waiting": waiting,
                "dialogue": (f"down: {down.problem}" if down else "up") if workshop.settings.dialogue.leads else "off",
                "channels": sorted(workshop.desks),
                "certified": brain.limits.certified,
                "answer_threshold": brain.limits.answer,
                "answers_alone": brain.limits.alone,
            }
        )

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    app.add_routes([web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics)])
