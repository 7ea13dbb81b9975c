"""A webhook receiver: answers the challenge-response check and keeps what it is sent."""

import asyncio
import base64
import hmac
import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


def signed(secret: str, content: bytes) -> str:
    """What X's signature of the content must be, worked out without the sandbox."""
    return "sha256=" + base64.b64encode(hmac.new(secret.encode(), content, "sha256").digest()).decode()


@dataclass
class Receiver:
    """Takes events; each of `statuses` is the answer to one of them, then 200."""

    secret: str
    statuses: list[int] = field(default_factory=list)
    crc_status: int = 200
    took: asyncio.Queue[tuple[dict[str, Any], bool]] = field(default_factory=asyncio.Queue)

    def app(self) -> web.Application:
        """The receiver as an application."""
        app = web.Application()
        app.add_routes([web.get("/hook", self._check), web.post("/hook", self._take)])
        return app

    async def next(self) -> dict[str, Any]:
        """Return the data of the next event, which must be signed right."""
        event, right = await self.next_signed()
        assert right
        return event

    async def next_signed(self) -> tuple[dict[str, Any], bool]:
        """Return the data of the next event, and whether its signature was right."""
        async with asyncio.timeout(5):
            return await self.took.get()

    async def _check(self, request: web.Request) -> web.Response:
        token = signed(self.secret, request.query["crc_token"].encode())
        return web.json_response({"response_token": token}, status=self.crc_status)

    async def _take(self, request: web.Request) -> web.Response:
        content = await request.read()
        right = request.headers["x-twitter-webhooks-signature"] == signed(self.secret, content)
        self.took.put_nowait((json.loads(content)["data"], right))
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)
