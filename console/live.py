"""The stream of server-sent events that keeps open pages fresh."""

from __future__ import annotations

import asyncio

from aiohttp import web

from console.feed import FeedFull
from console.keys import FEED

HEARTBEAT_SECONDS = 15.0
WRITE_SECONDS = 10.0
#: A stream ends after this, so that its browser comes back and shows again that it is logged in.
LIFETIME_SECONDS = 600.0


async def events(request: web.Request) -> web.StreamResponse:
    """Stream what changes, until the browser leaves or the server stops."""
    try:
        with request.app[FEED].subscribe() as queue:
            return await _stream(request, queue)
    except FeedFull:
        raise web.HTTPServiceUnavailable from None


async def _stream(request: web.Request, queue: asyncio.Queue[bytes | None]) -> web.StreamResponse:
    headers = {"Cache-Control": "no-store", "Content-Type": "text/event-stream", "X-Accel-Buffering": "no"}
    response = web.StreamResponse(headers=headers)
    ends_at = asyncio.get_running_loop().time() + LIFETIME_SECONDS
    await response.prepare(request)
    try:
        await _write(response, b"retry: 3000\n\n")
        while (message := await _next(queue)) is not None and asyncio.get_running_loop().time() < ends_at:
            await _write(response, message)
    except (ConnectionResetError, TimeoutError):
        return response  # the browser left, or is too slow to be worth a place
    return response


async def _next(queue: asyncio.Queue[bytes | None]) -> bytes | None:
    try:
        async with asyncio.timeout(HEARTBEAT_SECONDS):
            return await queue.get()
    except TimeoutError:
        return b": still here\n\n"


async def _write(response: web.StreamResponse, message: bytes) -> None:
    async with asyncio.timeout(WRITE_SECONDS):
        await response.write(message)
