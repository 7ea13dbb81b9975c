"""Keeps other web pages in the visitor's browser from writing to the sandbox."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

_READS = frozenset({"GET", "HEAD", "OPTIONS"})


@web.middleware
async def same_origin(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Refuse a change that a browser sends on behalf of another page."""
    origin = request.headers.get("Origin")
    if request.method not in _READS and origin and urlsplit(origin).netloc != request.host:
        raise web.HTTPForbidden(text="This request comes from another page; open the sandbox itself.")
    return await handler(request)
