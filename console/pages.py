"""The queue, and who looks at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.deciding.teams import Teams
from console.keys import DATABASE, SESSION, SETTINGS
from console.rendering import page
from console.situation import find_situation
from storage.cases import PAGE, View, count_cases, list_cases
from storage.cases.channel import find_private

if TYPE_CHECKING:
    from storage.agents import Session


async def home(_: web.Request) -> web.Response:
    """Go to the queue."""
    raise web.HTTPSeeOther("/queue")


async def queue(request: web.Request) -> web.Response:
    """Show one view of the queue."""
    view, number, team = _view(request), _number(request), request.query.get("team", "")
    me = logged_in(request).agent.name
    async with request.app[DATABASE].begin() as connection:
        rows = await list_cases(connection, view, agent=me, team=team, page=number)
        private = await find_private(connection, [row.id for row in rows])
        counts = await count_cases(connection, agent=me, team=team)
        situation = await find_situation(connection)
    return page(
        request,
        "queue.html",
        situation=situation,
        private=private,
        done=request.query.get("done", ""),
        count=_digits(request, "count", otherwise=0),
        view=view,
        team=team,
        teams=Teams.from_settings(request.app[SETTINGS].teams).names,
        rows=rows,
        counts=counts,
        number=number,
        more=len(rows) == PAGE,
    )


def logged_in(request: web.Request) -> Session:
    """Give the session of a page that needs one. Raises HTTPForbidden."""
    session = request[SESSION]
    if session is None:
        raise web.HTTPForbidden
    return session


def _view(request: web.Request) -> View:
    try:
        return View(request.query.get("view", View.NEEDS_PERSON))
    except ValueError:
        raise web.HTTPNotFound from None


def _number(request: web.Request) -> int:
    return max(1, _digits(request, "page", otherwise=1))


def _digits(request: web.Request, name: str, *, otherwise: int) -> int:
    given = request.query.get(name, "")
    most = 5  # digits
    return int(given) if given.isascii() and given.isdigit() and len(given) <= most else otherwise
