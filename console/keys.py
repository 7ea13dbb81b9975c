"""What the console keeps on the application and on each request."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Protocol

import jinja2
from aiohttp import web

from bot.settings import Settings
from console.feed import Feed
from console.throttle import Doorkeeper
from storage.agents import Session
from storage.database import Database


class Enqueue(Protocol):
    """Makes a job for a reply; called after its row is committed."""

    def __call__(self, reply_id: int, *, after: float = 0.0) -> Awaitable[None]:
        """Have the reply brought further, *after* seconds from now at the soonest. Raises StorageDown."""
        ...


DATABASE = web.AppKey("console_database", Database)
SETTINGS = web.AppKey("console_settings", Settings)
ENQUEUE: web.AppKey[Enqueue] = web.AppKey("console_enqueue")
FEED = web.AppKey("console_feed", Feed)
DOORKEEPER = web.AppKey("console_doorkeeper", Doorkeeper)
TEMPLATES = web.AppKey("console_templates", jinja2.Environment)
RESOURCES: web.AppKey[frozenset[web.AbstractResource]] = web.AppKey("console_resources")

SESSION: web.RequestKey[Session | None] = web.RequestKey("console_session")
