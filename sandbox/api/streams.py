"""The endpoints of the two streams: posts that match a rule, and the activity of accounts."""

import asyncio
from collections.abc import Callable

from aiohttp import ClientConnectionResetError, web

from sandbox.gate import Handler, admit, route
from sandbox.limits import Endpoint
from sandbox.problems import TOO_MANY_REQUESTS
from sandbox.query import read_fields
from sandbox.state import SANDBOX
from sandbox.taps import Tap, Taps
from sandbox.wire import problem_response

Opening = Callable[[web.Request], tuple[Taps, Tap]]  #: Connects a client to a stream; raises `Problem`.


def _activity(request: web.Request) -> tuple[Taps, Tap]:
    taps = request.app[SANDBOX].notices.activity
    return taps, taps.open(request.transport)


def _search(request: web.Request) -> tuple[Taps, Tap]:
    stream, fields = request.app[SANDBOX].notices.search, read_fields(request.query)
    return stream.taps, stream.open(request.transport, fields)


def _stream(name: Endpoint, opening: Opening) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        _, quota = admit(name, request)
        if quota.exceeded:
            return problem_response(TOO_MANY_REQUESTS, quota.headers())
        taps, tap = opening(request)
        try:
            return await _flow(request, tap, quota.headers())
        except ClientConnectionResetError:
            # The client has left; there is nobody to answer.
            return web.Response()
        finally:
            taps.close(tap)

    return handle


async def _flow(request: web.Request, tap: Tap, headers: dict[str, str]) -> web.StreamResponse:
    """Send lines as they come, and an empty one when nothing came for a while."""
    response = web.StreamResponse(headers=headers | {"Content-Type": "application/json; charset=utf-8"})
    await response.prepare(request)
    while (line := await _next_line(tap, request.app[SANDBOX].config.keep_alive_seconds)) is not None:
        await response.write(line)
    return response


async def _next_line(tap: Tap, keep_alive: float) -> bytes | None:
    try:
        async with asyncio.timeout(keep_alive):
            return await tap.lines.get()
    except TimeoutError:
        return b"\r\n"


def routes() -> list[web.RouteDef]:
    """Both streams."""
    return [
        route(Endpoint.SEARCH_STREAM, _stream(Endpoint.SEARCH_STREAM, _search)),
        route(Endpoint.ACTIVITY_STREAM, _stream(Endpoint.ACTIVITY_STREAM, _activity)),
    ]
