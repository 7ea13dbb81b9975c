"""What every API request passes through: faults first, then error bodies, then who asks and how often."""

import socket
import struct
from collections.abc import Awaitable, Callable
from datetime import timedelta

from aiohttp import web

from sandbox.faults import Fault, FaultKind
from sandbox.limits import PER_WINDOW, WINDOW, Caller, Endpoint, Quota
from sandbox.problems import (
    APP_ONLY_FORBIDDEN,
    NOT_FOUND,
    TOO_MANY_REQUESTS,
    Answer,
    Json,
    Problem,
    unavailable,
)
from sandbox.state import SANDBOX, Sandbox

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Body = Callable[[web.Request, Sandbox], Awaitable[tuple[int, Json]]]

_HTML = "<html><head><title>X / Over capacity</title></head><body><p>Over capacity</p></body></html>"
_AFTER = frozenset({FaultKind.LOST, FaultKind.HELD})


@web.middleware
async def gate(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let an API request meet its fault, if one waits for it, and word refusals as X does."""
    if not request.path.startswith("/2/"):
        return await handler(request)
    sandbox = request.app[SANDBOX]
    fault = sandbox.faults.take(request.method, request.path)
    if fault is None:
        return await _answered(request, handler)
    if fault.kind in _AFTER:
        return await _spoilt_after(request, handler, fault)
    return await _spoilt_before(request, handler, fault)


def endpoint(name: Endpoint, body: Body) -> Handler:
    """Make a handler that checks who asks and how often, and sends what *body* gives."""

    async def handle(request: web.Request) -> web.StreamResponse:
        sandbox = request.app[SANDBOX]
        caller = sandbox.credentials.identify(request.method, request.raw_path, request.headers)
        if (name, caller) not in PER_WINDOW:
            raise Problem(APP_ONLY_FORBIDDEN)
        quota = sandbox.limits.take(name, caller)
        return await _within(quota, caller, request, body)

    return handle


async def _within(quota: Quota, caller: Caller, request: web.Request, body: Body) -> web.StreamResponse:
    if quota.exceeded:
        return _json(TOO_MANY_REQUESTS.status, TOO_MANY_REQUESTS.body, quota.headers())
    try:
        status, payload = await body(request, request.app[SANDBOX])
    except Problem as problem:
        status, payload = problem.answer.status, problem.answer.body
    access = "read-write" if caller is Caller.USER else "read"
    return _json(status, payload, quota.headers() | {"x-access-level": access})


async def _answered(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Problem as problem:
        return _problem(problem.answer)
    except web.HTTPNotFound:
        return _problem(NOT_FOUND)


async def _spoilt_after(request: web.Request, handler: Handler, fault: Fault) -> web.StreamResponse:
    """Carry the request out, and only then let its answer be lost or wait."""
    response = await _answered(request, handler)
    if fault.kind is FaultKind.LOST:
        _drop(request)
        return response
    sandbox = request.app[SANDBOX]
    async with sandbox.released:
        await sandbox.released.wait()
    return response


async def _spoilt_before(request: web.Request, handler: Handler, fault: Fault) -> web.StreamResponse:
    match fault.kind:
        case FaultKind.LATENCY:
            await request.app[SANDBOX].pause(fault.seconds)
            return await _answered(request, handler)
        case FaultKind.RATE_LIMIT:
            return _problem(TOO_MANY_REQUESTS, _exhausted(request.app[SANDBOX]) if fault.headers else None)
        case FaultKind.EMPTY_401:
            return web.Response(status=401, content_type="application/json")
        case FaultKind.RESET:
            _reset(request)
            return web.Response(status=500)
        case _:
            return _outage(fault)


def _outage(fault: Fault) -> web.Response:
    if fault.html:
        return web.Response(status=fault.status, text=_HTML, content_type="text/html")
    return _problem(unavailable(fault.status))


def _exhausted(sandbox: Sandbox) -> dict[str, str]:
    resets_at = sandbox.world.clock() + WINDOW - timedelta(minutes=1)
    return Quota(limit=300, remaining=0, resets_at=resets_at).headers()


def _problem(answer: Answer, headers: dict[str, str] | None = None) -> web.Response:
    return _json(answer.status, answer.body, headers or {})


def _json(status: int, payload: Json, headers: dict[str, str]) -> web.Response:
    kept = {"cache-control": "no-cache, no-store, max-age=0", "api-version": "2.166"}
    response = web.json_response(payload, status=status, headers=kept | headers)
    response.enable_compression()
    return response


def _drop(request: web.Request) -> None:
    if request.transport:
        request.transport.abort()


def _reset(request: web.Request) -> None:
    """Close with a TCP reset rather than an orderly end."""
    if request.transport:
        at_once = struct.pack("ii", 1, 0)
        request.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        request.transport.abort()
