"""Log-in and log-out."""

from __future__ import annotations

import math
import re
import secrets
from datetime import timedelta
from http import HTTPStatus

from aiohttp import web

from console.door import COOKIE, LOGIN_COOKIE
from console.forms import field, secret
from console.keys import DATABASE, DOORKEEPER, SESSION, SETTINGS
from console.rendering import page
from storage.agents import Agent, authenticate, close_session, open_session

WRONG = "That name and password do not belong together."

#: A path on this host: one slash, then never a second one or a backslash, which browsers take for a host.
_LOCAL = re.compile(r"/(?![/\\])[\w\-./?=&%+]*", re.ASCII)


async def form(request: web.Request) -> web.Response:
    """Show the log-in form."""
    if request[SESSION] is not None:
        raise web.HTTPSeeOther(_destination(request.query.get("next", "")))
    return _form(request, wanted=request.query.get("next", ""))


async def log_in(request: web.Request) -> web.Response:
    """Let somebody in who knows the password, and bring them where they wanted to go."""
    name, wanted = await field(request, "name"), await field(request, "next")
    address = request.remote or ""
    doorkeeper = request.app[DOORKEEPER]
    if wait := doorkeeper.wait(name, address):
        return _refuse_for_now(request, wait, name=name, wanted=wanted)
    async with doorkeeper.hashing:
        agent = await authenticate(request.app[DATABASE], name, await secret(request, "password"))
    if agent is None:
        return _form(request, name=name, wanted=wanted, problem=WRONG, status=HTTPStatus.UNAUTHORIZED)
    doorkeeper.welcome(name, address)
    return await _admit(request, agent, wanted)


async def log_out(request: web.Request) -> web.Response:
    """End the session, here and in the database."""
    async with request.app[DATABASE].begin() as connection:
        await close_session(connection, request.cookies.get(COOKIE, ""))
    response = web.HTTPSeeOther("/login")
    response.del_cookie(COOKIE, path="/")
    raise response


async def _admit(request: web.Request, agent: Agent, wanted: str) -> web.Response:
    lifetime = timedelta(hours=request.app[SETTINGS].web.session_hours)
    async with request.app[DATABASE].begin() as connection:
        # A log-in over another one ends that one.
        await close_session(connection, request.cookies.get(COOKIE, ""))
        token = await open_session(connection, agent.id, lifetime)
    response = web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": _destination(wanted)})
    _set_cookie(request, response, COOKIE, token)
    response.del_cookie(LOGIN_COOKIE, path="/login")
    return response


def _refuse_for_now(request: web.Request, wait: float, *, name: str, wanted: str) -> web.Response:
    seconds = math.ceil(wait)
    told = f"Too many tries. Wait {seconds} seconds, then try again."
    response = _form(request, name=name, wanted=wanted, problem=told, status=HTTPStatus.TOO_MANY_REQUESTS)
    response.headers["Retry-After"] = str(seconds)
    return response


def _form(
    request: web.Request, *, wanted: str, name: str = "", problem: str = "", status: int = HTTPStatus.OK
) -> web.Response:
    token = request.cookies.get(LOGIN_COOKIE) or secrets.token_urlsafe(32)
    response = page(request, "login.html", status=status, csrf=token, name=name, wanted=wanted, problem=problem)
    _set_cookie(request, response, LOGIN_COOKIE, token, path="/login")
    return response


def _set_cookie(request: web.Request, response: web.Response, name: str, value: str, *, path: str = "/") -> None:
    secure = request.app[SETTINGS].web.secure_cookies
    response.set_cookie(name, value, path=path, httponly=True, samesite="Strict", secure=secure)


def _destination(wanted: str) -> str:
    return wanted if _LOCAL.fullmatch(wanted) and not wanted.startswith("/login") else "/queue"
