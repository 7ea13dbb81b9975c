"""The channel by which the service gives Rasa messages. It runs inside Rasa, on Python 3.10, without Heed's packages.

Rasa's own REST channel lets in whoever reaches its port; this one asks for the token.
"""

from __future__ import annotations

import hmac
import os
import threading
import time
from typing import TYPE_CHECKING, Any

from rasa.core.channels.rest import RestInput
from sanic.exceptions import Unauthorized

if TYPE_CHECKING:
    from sanic.request import Request

LOOK_SECONDS = 1.0


class HeedInput(RestInput):  # type: ignore[misc] # Rasa lives in an environment of its own
    """REST, for who shows the token."""

    def __init__(self, token: str) -> None:
        self._token = token

    @classmethod
    def name(cls) -> str:
        """Give the name in the channel's address, `/webhooks/heed/webhook`."""
        return "heed"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> HeedInput:
        """Make the channel as `credentials.yml` says, and have Rasa end with the service where that started it."""
        given = credentials or {}
        if not given.get("token"):
            cls.raise_missing_credentials_exception()
        if str(given.get("parent") or "0") != "0":
            threading.Thread(target=_end_with, args=(int(given["parent"]),), daemon=True).start()
        return cls(str(given["token"]))

    async def _extract_sender(self, req: Request) -> str | None:
        shown = (req.headers.get("Authorization") or "").partition(" ")[2]
        if not hmac.compare_digest(shown.encode(), self._token.encode()):
            raise Unauthorized("The token is missing or wrong.")
        sender: str | None = await super()._extract_sender(req)
        return sender


def _end_with(parent: int) -> None:
    """End this process when *parent* is gone: killed, it could not end its child itself."""
    while os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
    os._exit(0)
