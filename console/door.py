"""Stands before every page of the console: who comes in, with which form, and what is said when something fails."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import structlog
from aiohttp import web

from bot.errors import IllegalMove, StorageDown
from console.forms import field
from console.keys import DATABASE, RESOURCES, SESSION, SETTINGS
from console.rendering import problem
from storage.agents import find_session
from storage.cases import NotFound

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler

    from storage.agents import Session

COOKIE = "heed_session"
LOGIN_COOKIE = "heed_login"  #: Stands in for a session while there is none.

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    # With no-referrer browsers would send "Origin: null" with our own forms.
    "Referrer-Policy": "same-origin",
    "Server": "Heed",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

PUBLIC = ("/login", "/assets")

log = structlog.get_logger()


@web.middleware
async def console_door(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Admit to the console's pages, and turn what goes wrong in them into pages that say so."""
    if not _is_ours(request):
        return await handler(request)
    try:
        return await _admitted(request, handler)
    except web.HTTPException as answer:
        if answer.status < web.HTTPBadRequest.status_code:
            raise
        return problem(request, answer.status)
    except (NotFound, IllegalMove, StorageDown) as error:
        return _explain(request, error)
    except Exception:
        log.exception("console_failed", path=request.path)
        return problem(request, 500)


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Put the security headers on whatever the console answers."""
    if not _is_ours(request):
        return
    response.headers.update(HEADERS)
    if not request.path.startswith("/assets"):
        response.headers.setdefault("Cache-Control", "no-store")
    if request.config_dict[SETTINGS].web.secure_cookies:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"


def _explain(request: web.Request, error: NotFound | IllegalMove | StorageDown) -> web.Response:
    match error:
        case NotFound():
            return problem(request, 404)
        case IllegalMove():
            return problem(request, 409, detail=str(error))
        case StorageDown():
            return problem(request, 503)


async def _admitted(request: web.Request, handler: Handler) -> web.StreamResponse:
    if request.match_info.http_exception is None and not request.path.startswith("/assets"):
        session = await _find_session(request)
        request[SESSION] = session
        if session is None and not request.path.startswith(PUBLIC):
            return _to_login(request)
        if request.method == "POST":
            await _check_form(request, session)
    return await handler(request)


def _is_ours(request: web.Request) -> bool:
    """Whether a page of the console was asked for, or nothing that anybody serves."""
    found = request.match_info
    return found.http_exception is not None or found.route.resource in request.config_dict[RESOURCES]


async def _find_session(request: web.Request) -> Session | None:
    token = request.cookies.get(COOKIE)
    if not token:
        return None
    async with request.app[DATABASE].begin() as connection:
        return await find_session(connection, token)


def _to_login(request: web.Request) -> web.StreamResponse:
    if request.path == "/events" or "X-Heed-Refresh" in request.headers:
        raise web.HTTPUnauthorized
    wanted = request.path_qs if request.method == "GET" else "/queue"
    raise web.HTTPSeeOther(f"/login?next={quote(wanted, safe='')}")


async def _check_form(request: web.Request, session: Session | None) -> None:
    """Refuse forms that were not made by our own pages. Raises HTTPForbidden."""
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise web.HTTPForbidden
    working = session if request.path != "/login" else None
    expected = working.csrf if working else request.cookies.get(LOGIN_COOKIE, "")
    given = await field(request, "csrf")
    if not expected or not hmac.compare_digest(expected.encode(errors="replace"), given.encode()):
        raise web.HTTPForbidden
