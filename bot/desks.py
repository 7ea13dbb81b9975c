"""HEAR from help desks: signed events of a desk of one's own, and Chatwoot's webhooks, stored before they are taken."""

from __future__ import annotations

import asyncio
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import structlog
from aiohttp import web

from bot import telemetry
from bot.errors import Forged, StorageDown
from responders.cases import MalformedEvent
from responders.chatwoot import events as chatwoot
from responders.webhook import events as webhook
from responders.webhook.signing import SIGNATURE, TIMESTAMP, verify
from storage.escalations import NoSuchCase

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bot.settings import Settings
    from bot.vocabulary import DeskEvent

DESK_PATH = "/webhooks/desk"
CHATWOOT_PATH = "/webhooks/chatwoot/{token}"

LARGEST_BODY = 262_144
"""Bytes; the longest text with each of its characters escaped fits, and what Chatwoot tells beside it."""

ANSWER_SECONDS = 10.0

log = structlog.get_logger(__name__)

Reading: TypeAlias = "Callable[[bytes], DeskEvent | None]"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskReception:
    """What is needed to take events in."""

    settings: Settings
    hear: Callable[[DeskEvent], Awaitable[None]]
    """Stores an event and has its replies sent. Raises StorageDown, NoSuchCase, MalformedEvent."""
    clock: Callable[[], datetime]


def add_desk_doors(app: web.Application, reception: DeskReception) -> None:
    """Add `POST /webhooks/desk` and `POST /webhooks/chatwoot/TOKEN`, each only where its secret is set."""
    doorman = _Doorman(reception)
    if _secret(reception.settings):
        app.add_routes([web.post(DESK_PATH, doorman.desk)])
    if _token(reception.settings):
        app.add_routes([web.post(CHATWOOT_PATH, doorman.chatwoot)])


class _Doorman:
    def __init__(self, reception: DeskReception) -> None:
        self._reception = reception

    async def desk(self, request: web.Request) -> web.Response:
        """Take an event that is signed with `desk.secret`."""
        body = await request.clone(client_max_size=LARGEST_BODY).read()
        settings = self._reception.settings
        try:
            verify(
                body,
                timestamp=request.headers.get(TIMESTAMP, ""),
                signature=request.headers.get(SIGNATURE, ""),
                secret=_secret(settings),
                now=self._reception.clock(),
                tolerance_seconds=settings.desk.tolerance_seconds,
            )
        except Forged as error:
            _note("webhook", "refused", str(error))
            raise web.HTTPUnauthorized(text=str(error)) from error
        return await self._take(body, "webhook", webhook.read_event)

    async def chatwoot(self, request: web.Request) -> web.Response:
        """Take an event of Chatwoot: not all its releases sign, so a token in the path stands for a signature."""
        if not hmac.compare_digest(request.match_info["token"].encode(), _token(self._reception.settings).encode()):
            _note("chatwoot", "refused", "The token in the path is wrong.")
            raise web.HTTPUnauthorized(text="The token in the path is wrong.")
        body = await request.clone(client_max_size=LARGEST_BODY).read()
        return await self._take(body, "chatwoot", chatwoot.read_event)

    async def _take(self, body: bytes, door: str, read: Reading) -> web.Response:
        """Answer 200 once an event is stored, or was before; with 503 the desk is to send it again."""
        try:
            event = read(body)
            if event is not None:
                async with asyncio.timeout(ANSWER_SECONDS):
                    await self._reception.hear(event)
        except MalformedEvent as error:
            _note(door, "malformed", str(error))
            raise web.HTTPBadRequest(text=str(error)) from error
        except NoSuchCase as error:
            _note(door, "unknown", "There is no such case.")
            raise web.HTTPNotFound(text=str(error)) from error
        except (StorageDown, TimeoutError) as error:
            _note(door, "failed", str(error))
            raise web.HTTPServiceUnavailable(text="Heed cannot store the event now; send it again later.") from error
        telemetry.DESK_EVENTS.labels(door, "passed_over" if event is None else "taken").inc()
        return web.Response()


def _note(door: str, outcome: str, problem: str) -> None:
    telemetry.DESK_EVENTS.labels(door, outcome).inc()
    log.warning("event of a help desk not taken", door=door, outcome=outcome, problem=problem)


def _secret(settings: Settings) -> str:
    return settings.desk.secret.get_secret_value().strip()


def _token(settings: Settings) -> str:
    return settings.chatwoot.webhook_token.get_secret_value().strip()
