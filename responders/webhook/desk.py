"""Hands cases to a CRM or help desk of one's own, as signed JSON over HTTP."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from aiohttp import ClientError, ClientSession

from bot.errors import DeskDown, DeskRefused
from responders.webhook.signing import SIGNATURE, TIMESTAMP, sign

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.settings import DeskSettings
    from bot.vocabulary import Escalation

DELIVERY = "Heed-Delivery"
"""The header that is the same for all tries of one case."""

EVENT = "case.opened"

LARGEST_ANSWER = 65_536
"""Bytes of an answer that are looked at."""

WAITING_HELPS = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
"""Refusals of this moment, https://www.rfc-editor.org/rfc/rfc9110#name-client-error-4xx and RFC 8470, 6585."""


def _now() -> datetime:
    return datetime.now(UTC)


class WebhookDesk:
    """Posts each case to one address. A help desk in the sense of `bot.ports`."""

    name = "webhook"

    def __init__(self, session: ClientSession, settings: DeskSettings, clock: Callable[[], datetime] = _now) -> None:
        self._session = session
        self._settings = settings
        self._clock = clock

    async def open(self, escalation: Escalation, delivery_id: str) -> str:
        """Post the case and give the id in the answer, else *delivery_id*. Raises DeskDown, DeskRefused."""
        body = as_body(escalation, delivery_id)
        timestamp = str(int(self._clock().timestamp()))
        headers = {
            "Content-Type": "application/json",
            DELIVERY: delivery_id,
            TIMESTAMP: timestamp,
            SIGNATURE: sign(body, timestamp=timestamp, secret=self._settings.secret.get_secret_value().strip()),
        }
        try:
            async with asyncio.timeout(self._settings.timeout_seconds):
                return await self._post(body, headers) or delivery_id
        except TimeoutError as error:
            raise DeskDown(f"The help desk gave no answer in {self._settings.timeout_seconds:g} s.") from error
        except (ClientError, OSError) as error:
            raise DeskDown(f"The help desk cannot be reached: {type(error).__name__}; see desk.url.") from error

    async def _post(self, body: bytes, headers: dict[str, str]) -> str:
        async with self._session.post(self._settings.url, data=body, headers=headers, allow_redirects=False) as answer:
            check_status(answer.status)
            return _id_in(await answer.content.read(LARGEST_ANSWER))


def as_body(escalation: Escalation, delivery_id: str) -> bytes:
    """Give a case as it is posted; the bytes are what is signed."""
    given = asdict(escalation)
    given["opened_at"] = escalation.opened_at.isoformat()
    given["consent"]["given_at"] = escalation.consent.given_at.isoformat()
    for ours in ("conversation_id", "mention_id"):
        del given[ours]
    return json.dumps({"event": EVENT, "delivery_id": delivery_id, **given}, ensure_ascii=False).encode()


def check_status(status: int) -> None:
    """Let an answer of success pass. Raises DeskRefused where no other try helps, DeskDown where one may.

    The answer's own words are left out: they may repeat who the customer is.
    """
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return
    is_final = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR and status not in WAITING_HELPS
    if is_final:
        raise DeskRefused(f"The help desk refused the case with HTTP {status}.")
    raise DeskDown(f"The help desk failed with HTTP {status}.")


def _id_in(answer: bytes) -> str:
    try:
        given = json.loads(answer)
    except (ValueError, RecursionError):
        return ""
    found = given.get("id") if isinstance(given, dict) else None
    return str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""
