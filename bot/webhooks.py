"""HEAR at once: X's events, stored before they are acknowledged. Looking at X stays what nothing is missed by.

https://docs.x.com/x-api/webhooks/introduction
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import structlog
from aiohttp import web

from bot import telemetry
from bot.errors import ChannelError, StorageDown
from bot.intake.admitting import admit
from responders.x.events import read_event
from responders.x.posts import CHANNEL
from responders.x.subscribing import PATH
from responders.x.webhook import SIGNATURE, answer_crc, incomplete, is_for_us, is_genuine, mentions_in
from storage.erasing import erase_posts

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.settings import Settings
    from responders.x.client import XClient
    from responders.x.events import Event
    from responders.x.posts import Account
    from storage.database import Database

LARGEST_BODY = 262_144
"""Bytes; a post of 25,000 characters with its author fits several times."""

ANSWER_SECONDS = 8.0
"""X waits 10 seconds for an answer."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """What is needed to take an event in."""

    database: Database
    client: XClient
    settings: Settings
    secret: str  #: The app's consumer secret, which X signs with.
    heard: Callable[[], Awaitable[None]]  #: Called after each event with something new.


def add_x_webhook(app: web.Application, reception: Reception) -> None:
    """Add the address that X challenges and delivers its events to; only X's signature lets anything in."""
    doorman = _Doorman(reception)
    app.add_routes([web.get(PATH, doorman.challenge), web.post(PATH, doorman.deliver)])


class _Doorman:
    def __init__(self, reception: Reception) -> None:
        self._reception = reception
        self._us: Account | None = None

    async def challenge(self, request: web.Request) -> web.Response:
        """Answer X's challenge-response check."""
        try:
            answer = answer_crc(request.query.get("crc_token", ""), self._reception.secret)
        except ValueError as error:
            raise web.HTTPBadRequest(text=f"X's challenge has a crc_token. {error}") from error
        return web.json_response({"response_token": answer})

    async def deliver(self, request: web.Request) -> web.Response:
        """Take one event in; whatever is answered but 200 makes X send it again."""
        body = await request.clone(client_max_size=LARGEST_BODY).read()
        if not is_genuine(body, request.headers.get(SIGNATURE, ""), self._reception.secret):
            telemetry.EVENTS.labels(CHANNEL, "refused").inc()
            raise web.HTTPForbidden(text="The signature is not X's.")
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                outcome = await self._take_in(body)
        except (ChannelError, StorageDown, TimeoutError) as error:
            telemetry.EVENTS.labels(CHANNEL, "failed").inc()
            log.warning("event put off", channel=CHANNEL, problem=str(error))
            raise web.HTTPServiceUnavailable(text="Heed cannot store the event now.") from error
        telemetry.EVENTS.labels(CHANNEL, outcome).inc()
        return web.Response()

    async def _take_in(self, body: bytes) -> str:
        event = _read(body)
        us = self._us = self._us or await self._reception.client.me()
        if event is None or not is_for_us(event, us):
            log.info("event passed over", channel=CHANNEL, kind=event.kind if event else "unknown")
            return "passed_over"
        new = await self._store(await self._completed(event), us)
        if new:
            await self._reception.heard()
        return "stored" if new or event.deleted else "known"

    async def _completed(self, event: Event) -> Event:
        """Look up what X left out, so that a mention is the same, whichever way it comes."""
        wanted = incomplete(event)
        return replace(event, posts=await self._reception.client.posts(wanted)) if wanted else event

    async def _store(self, event: Event, us: Account) -> int:
        async with self._reception.database.begin() as connection:
            new = await admit(connection, mentions_in(event, us), self._reception.settings)
            if event.deleted:
                await erase_posts(connection, CHANNEL, [event.deleted])
        telemetry.MENTIONS.labels(CHANNEL).inc(new)
        return new


def _read(body: bytes) -> Event | None:
    try:
        return read_event(json.loads(body))
    except ValueError:
        return None
