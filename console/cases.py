"""The cases that left the network: how far each has come, and another try for those that did not arrive."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from aiohttp import web

from bot.vocabulary import EscalationState
from console.forms import field
from console.keys import DATABASE
from console.rendering import page
from console.situation import find_situation
from storage.cases import NotFound
from storage.escalations import NoSuchCase, redeliver
from storage.escalations.showing import PAGE, count_all, list_page

if TYPE_CHECKING:
    from storage.escalations import Case

MOST_DIGITS = 5

#: The colour of a state's chip, and its words.
CASE_STATES = {
    EscalationState.DEAD: ("bad", "did not arrive"),
    EscalationState.QUEUED: ("warn", "on its way"),
    EscalationState.OPEN: ("waiting", "at the help desk"),
    EscalationState.RESOLVED: ("good", "resolved"),
}

#: Help desks, by the name that is kept with each case.
DESKS = {"email": "e-mail", "webhook": "webhook", "chatwoot": "Chatwoot"}

EMPTY_CASES = {
    None: "No case has left the network yet.",
    EscalationState.DEAD: "Every case arrived.",
    EscalationState.QUEUED: "No case waits to be handed over.",
    EscalationState.OPEN: "The help desk has nothing to do for us.",
    EscalationState.RESOLVED: "No case is resolved yet.",
}


async def show_cases(request: web.Request) -> web.Response:
    """Show all cases, or those in one state. Raises HTTPNotFound for a state that there is not."""
    state, number = _state(request.query.get("state", "")), _number(request.query.get("page", ""))
    async with request.app[DATABASE].begin() as connection:
        found = await list_page(connection, state, page=number)
        counts = await count_all(connection)
        situation = await find_situation(connection)
    return page(
        request,
        "cases.html",
        situation=situation,
        state=state,
        found=found,
        counts=counts,
        number=number,
        more=len(found) == PAGE,
        done=request.query.get("done", ""),
    )


async def hand_over_again(request: web.Request) -> web.Response:
    """Queue a case that did not arrive, and go back to where that was asked for. Raises NotFound, IllegalMove."""
    from_list = await field(request, "back") == "cases"
    case = await _queue_again(request)
    if from_list:
        raise web.HTTPSeeOther(f"/cases?state={EscalationState.DEAD}&done=again")
    raise web.HTTPSeeOther(f"/conversations/{case.escalation.conversation_id}?done=again")


async def _queue_again(request: web.Request) -> Case:
    try:
        async with request.app[DATABASE].begin() as connection:
            return await redeliver(connection, request.match_info["reference"], now=datetime.now(UTC))
    except NoSuchCase as error:
        raise NotFound(str(error)) from error


def _state(name: str) -> EscalationState | None:
    try:
        return EscalationState(name) if name else None
    except ValueError:
        raise web.HTTPNotFound from None


def _number(given: str) -> int:
    return max(1, int(given)) if given.isascii() and given.isdigit() and len(given) <= MOST_DIGITS else 1
