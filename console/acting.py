"""The forms: what agents do to a conversation, and what ops do to the bot."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from aiohttp import web

from bot.errors import IllegalMove
from bot.vocabulary import Switch
from console.forms import TextRefused, check_text, field, signed
from console.keys import DATABASE, ENQUEUE, SETTINGS
from console.pages import Refusal, logged_in, show
from storage import cases
from storage.agents import Role
from storage.switches import turn

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import TypeAlias

    from sqlalchemy.ext.asyncio import AsyncConnection

    from storage.agents import Agent
    from storage.cases import Case

    Act: TypeAlias = Callable[[AsyncConnection, int, Agent], Awaitable[None]]
    Find: TypeAlias = Callable[[AsyncConnection, int], Awaitable[Case | None]]


async def approve(request: web.Request) -> web.Response:
    """Send a draft, as it is or as the agent edited it."""
    draft_id, text, agent = _id(request), await field(request, "text"), logged_in(request).agent
    try:
        check_text(text)
        async with request.app[DATABASE].begin() as connection:
            reply_id = await cases.approve_draft(connection, draft_id, text=text, by=agent)
    except (TextRefused, IllegalMove) as error:
        return await _refused(request, error, cases.find_draft_case, drafted=text)
    await request.app[ENQUEUE](reply_id)
    return await _back(request, draft_id, "approved")


async def reject(request: web.Request) -> web.Response:
    """Put a draft aside and say why."""
    draft_id, note, agent = _id(request), await field(request, "note"), logged_in(request).agent
    try:
        async with request.app[DATABASE].begin() as connection:
            await cases.reject_draft(connection, draft_id, note=note, by=agent)
    except IllegalMove as error:
        return await _refused(request, error, cases.find_draft_case)
    return await _back(request, draft_id, "rejected")


async def reply(request: web.Request) -> web.Response:
    """Send the agent's own words, signed."""
    conversation_id, typed, agent = _id(request), await field(request, "text"), logged_in(request).agent
    resolving = bool(await field(request, "resolve"))
    text = signed(typed, agent, bot=request.app[SETTINGS].replying.signature)
    try:
        check_text(text)
        async with request.app[DATABASE].begin() as connection:
            reply_id = await cases.write_reply(connection, conversation_id, text=text, by=agent)
            if resolving:
                await cases.resolve(connection, conversation_id, by=agent)
    except (TextRefused, IllegalMove) as error:
        return await _refused(request, error, cases.find_case, typed=typed)
    await request.app[ENQUEUE](reply_id)
    raise web.HTTPSeeOther(f"/conversations/{conversation_id}?done=replied")


async def take_over(request: web.Request) -> web.Response:
    """Give the conversation to the agent."""
    return await _settle(request, _take_over, "taken")


async def return_to_bot(request: web.Request) -> web.Response:
    """Give the conversation back to the bot."""
    return await _settle(request, _return_to_bot, "returned")


async def resolve(request: web.Request) -> web.Response:
    """Close the conversation."""
    return await _settle(request, _resolve, "resolved")


async def pause(request: web.Request) -> web.Response:
    """Press the kill switch, or release it; ops only."""
    agent = logged_in(request).agent
    if agent.role is not Role.OPS:
        raise web.HTTPForbidden
    on = await field(request, "on") == "1"
    async with request.app[DATABASE].begin() as connection:
        await turn(connection, Switch.PAUSED, on=on, by=agent.name)
    raise web.HTTPSeeOther(f"/queue?done={'paused' if on else 'resumed'}")


async def _settle(request: web.Request, act: Act, done: str) -> web.Response:
    conversation_id = _id(request)
    try:
        async with request.app[DATABASE].begin() as connection:
            await act(connection, conversation_id, logged_in(request).agent)
    except IllegalMove as error:
        return await _refused(request, error, cases.find_case)
    raise web.HTTPSeeOther(f"/conversations/{conversation_id}?done={done}")


async def _take_over(connection: AsyncConnection, conversation_id: int, agent: Agent) -> None:
    await cases.take_over(connection, conversation_id, by=agent)


async def _return_to_bot(connection: AsyncConnection, conversation_id: int, agent: Agent) -> None:
    await cases.return_to_bot(connection, conversation_id, by=agent)


async def _resolve(connection: AsyncConnection, conversation_id: int, agent: Agent) -> None:
    await cases.resolve(connection, conversation_id, by=agent)


async def _refused(
    request: web.Request, error: Exception, find: Find, *, drafted: str | None = None, typed: str = ""
) -> web.Response:
    """Show the conversation as it is now, why the action was refused, and what the agent had typed."""
    async with request.app[DATABASE].begin() as connection:
        case = await find(connection, _id(request))
        paused = await cases.find_pause(connection)
    if case is None:
        raise cases.NotFound("There is no such conversation.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if isinstance(error, TextRefused) else HTTPStatus.CONFLICT
    refusal = Refusal(status=status, problem=str(error), drafted=drafted, typed=typed)
    return show(request, case, paused, refusal)


async def _back(request: web.Request, draft_id: int, done: str) -> web.Response:
    async with request.app[DATABASE].begin() as connection:
        case = await cases.find_draft_case(connection, draft_id)
    if case is None:
        raise web.HTTPSeeOther(f"/queue?done={done}")
    raise web.HTTPSeeOther(f"/conversations/{case.conversation.id}?done={done}")


def _id(request: web.Request) -> int:
    return int(request.match_info["id"])
