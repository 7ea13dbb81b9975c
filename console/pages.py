"""The pages that only show: the queue and one conversation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from console.keys import DATABASE, SESSION
from console.rendering import page
from console.thread import find_basis, lay_out
from storage.cases import PAGE, NotFound, View, count_cases, find_case, find_pause, list_cases

if TYPE_CHECKING:
    from storage.agents import Session
    from storage.cases import Case, Pause


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An action that did not happen."""

    status: int
    problem: str
    drafted: str | None = None  #: What stood in the draft's box; None where the action was another.
    typed: str = ""  #: What stood in the composer.


async def home(_: web.Request) -> web.Response:
    """Go to the queue."""
    raise web.HTTPSeeOther("/queue")


async def queue(request: web.Request) -> web.Response:
    """Show one view of the queue."""
    view, number = _view(request), _number(request)
    me = logged_in(request).agent.name
    async with request.app[DATABASE].begin() as connection:
        rows = await list_cases(connection, view, agent=me, page=number)
        counts = await count_cases(connection, agent=me)
        pause = await find_pause(connection)
    return page(
        request,
        "queue.html",
        pause=pause,
        done=request.query.get("done", ""),
        view=view,
        rows=rows,
        counts=counts,
        number=number,
        more=len(rows) == PAGE,
    )


async def conversation(request: web.Request) -> web.Response:
    """Show one conversation."""
    async with request.app[DATABASE].begin() as connection:
        case = await find_case(connection, int(request.match_info["id"]))
        pause = await find_pause(connection)
    if case is None:
        raise NotFound("There is no such conversation.")
    return show(request, case, pause)


def show(request: web.Request, case: Case, pause: Pause | None, refusal: Refusal | None = None) -> web.Response:
    """Show *case*; after a *refusal* also why, and what the agent had typed."""
    return page(
        request,
        "conversation.html",
        pause=pause,
        status=refusal.status if refusal else 200,
        case=case,
        entries=lay_out(case),
        basis=find_basis(case),
        refusal=refusal,
        done="" if refusal else request.query.get("done", ""),
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
    given = request.query.get("page", "1")
    most = 5  # digits
    return max(1, int(given)) if given.isascii() and given.isdigit() and len(given) <= most else 1
