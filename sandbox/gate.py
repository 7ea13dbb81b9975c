"""What every API request passes through: faults first, then error bodies, who asks, how often, and in which dialect."""

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from sandbox.dialect import asks_for_new_names, in_new_names
from sandbox.faults import Fault, FaultKind
from sandbox.limits import PER_WINDOW, Caller, Endpoint, Quota
from sandbox.outages import outage
from sandbox.problems import APP_ONLY_FORBIDDEN, NOT_FOUND, TOO_MANY_REQUESTS, USER_FORBIDDEN, Json, Problem
from sandbox.state import SANDBOX, Sandbox
from sandbox.wire import drop, json_response, problem_response, reset, shortened

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Body = Callable[[web.Request, Sandbox], Awaitable[tuple[int, Json]]]

_AFTER = frozenset({FaultKind.LOST, FaultKind.HELD})
_SHORT = web.RequestKey("short_page", bool)  #: Marks a request whose page is to be short.


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


def routes_of(bodies: Mapping[Endpoint, Body]) -> list[web.RouteDef]:
    """Make a route of each endpoint, which checks who asks and how often."""
    return [route(name, endpoint(name, body)) for name, body in bodies.items()]


def route(name: Endpoint, handler: Handler) -> web.RouteDef:
    """Make the route on which this endpoint listens."""
    method, path = name.value.split(" ")
    parts = [f"{{{part[1:]}}}" if part.startswith(":") else part for part in path.split("/")]
    return web.route(method, "/".join(parts), handler)


def endpoint(name: Endpoint, body: Body) -> Handler:
    """Make a handler that checks who asks and how often, and sends what *body* gives."""

    async def handle(request: web.Request) -> web.StreamResponse:
        caller, quota = admit(name, request)
        return await _within(quota, caller, request, body)

    return handle


def admit(name: Endpoint, request: web.Request) -> tuple[Caller, Quota]:
    """Tell who asks, and count the request; raises `Problem` (401, 403) for those to whom it is not open."""
    sandbox = request.app[SANDBOX]
    caller = sandbox.credentials.identify(request.method, request.raw_path, request.headers)
    if (name, caller) not in PER_WINDOW:
        raise Problem(APP_ONLY_FORBIDDEN if caller is Caller.APP else USER_FORBIDDEN)
    sandbox.credentials.check_scopes(name, request.headers)
    return caller, sandbox.limits.take(name, caller)


async def _within(quota: Quota, caller: Caller, request: web.Request, body: Body) -> web.StreamResponse:
    if quota.exceeded:
        return problem_response(TOO_MANY_REQUESTS, quota.headers())
    try:
        status, payload = await body(request, request.app[SANDBOX])
    except Problem as problem:
        status, payload = problem.answer.status, problem.answer.body
    access = "read-write" if caller is Caller.USER else "read"
    page = shortened(payload) if _SHORT in request else payload
    return json_response(status, _in_dialect(request, page), quota.headers() | {"x-access-level": access})


async def _answered(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Problem as problem:
        return json_response(problem.answer.status, _in_dialect(request, problem.answer.body))
    except web.HTTPNotFound:
        return problem_response(NOT_FOUND)


def _in_dialect(request: web.Request, payload: Json) -> Json:
    return in_new_names(payload) if asks_for_new_names(request.query) else payload


async def _spoilt_after(request: web.Request, handler: Handler, fault: Fault) -> web.StreamResponse:
    """Carry the request out, and only then let its answer be lost or wait."""
    response = await _answered(request, handler)
    if fault.kind is FaultKind.LOST:
        drop(request)
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
        case FaultKind.SHORT_PAGE:
            request[_SHORT] = True
            return await _answered(request, handler)
        case FaultKind.RESET:
            reset(request)
            return web.Response(status=500)
        case _:
            return outage(fault, request.app[SANDBOX].world.clock())
