"""The forms: what agents do to a conversation, and what ops do to the bot."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from aiohttp import web

from bot.deciding.teams import Teams
from bot.errors import IllegalMove
from bot.vocabulary import Audience, Switch
from console.conversation import NOTHING, Refusal, Writing, show
from console.discretion import check_privacy
from console.forms import TextRefused, check_parts, check_text, field, introduced, signed
from console.keys import DATABASE, ENQUEUE, SETTINGS
from console.opened import open_case
from console.pages import logged_in
from responders.splitting import split
from storage import cases
from storage.agents import Role
from storage.cases.channel import find_audience, find_draft_audience, is_first_message
from storage.switches import turn

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import TypeAlias

    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.settings import Settings
    from storage.agents import Agent
    from storage.cases import Case

    Act: TypeAlias = Callable[[AsyncConnection, int, Agent], Awaitable[None]]
    Find: TypeAlias = Callable[[AsyncConnection, int], Awaitable[Case | None]]


async def approve(request: web.Request) -> web.Response:
    """Send a draft, as it is or as the agent edited it."""
    draft_id, text, agent = take_id(request), await field(request, "text"), logged_in(request).agent
    undo = request.app[SETTINGS].replying.undo_seconds
    try:
        async with request.app[DATABASE].begin() as connection:
            audience = await find_draft_audience(connection, draft_id)
            check_text(text, audience)
            if audience is Audience.PUBLIC:
                check_privacy(text, request.app[SETTINGS].privacy)
            reply_id = await cases.approve_draft(connection, draft_id, text=text, by=agent, undo_seconds=undo)
    except (TextRefused, IllegalMove) as error:
        return await refused(request, error, cases.find_draft_case, Writing(drafted=text))
    await request.app[ENQUEUE](reply_id, after=undo)
    return await _back(request, draft_id, "approved")


async def reject(request: web.Request) -> web.Response:
    """Put a draft aside and say why."""
    draft_id, note, agent = take_id(request), await field(request, "note"), logged_in(request).agent
    try:
        async with request.app[DATABASE].begin() as connection:
            await cases.reject_draft(connection, draft_id, note=note, by=agent)
    except IllegalMove as error:
        return await refused(request, error, cases.find_draft_case)
    return await _back(request, draft_id, "rejected")


async def reply(request: web.Request) -> web.Response:
    """Send the agent's own words, signed."""
    place, typed, agent = take_id(request), await field(request, "text"), logged_in(request).agent
    resolving, inviting = bool(await field(request, "resolve")), bool(await field(request, "invite"))
    undo = request.app[SETTINGS].replying.undo_seconds
    try:
        async with request.app[DATABASE].begin() as connection:
            text = await _finished(connection, place, typed, by=agent, settings=request.app[SETTINGS])
            reply_id = await cases.write_reply(
                connection, place, text=text, by=agent, undo_seconds=undo, invites=inviting
            )
            if resolving:
                await cases.resolve(connection, place, by=agent)
    except (TextRefused, IllegalMove) as error:
        return await refused(request, error, cases.find_case, Writing(typed=typed))
    await request.app[ENQUEUE](reply_id, after=undo)
    raise web.HTTPSeeOther(f"/conversations/{place}?done=replied")


async def take_over(request: web.Request) -> web.Response:
    """Give the conversation to the agent."""
    return await _settle(request, _take_over, "taken")


async def return_to_bot(request: web.Request) -> web.Response:
    """Give the conversation back to the bot."""
    return await _settle(request, _return_to_bot, "returned")


async def resolve(request: web.Request) -> web.Response:
    """Close the conversation."""
    return await _settle(request, _resolve, "resolved")


async def move_to_team(request: web.Request) -> web.Response:
    """Give the conversation to another team. Raises HTTPBadRequest for a team that the settings do not have."""
    teams, team = Teams.from_settings(request.app[SETTINGS].teams), await field(request, "team")
    if team not in teams.names:
        raise web.HTTPBadRequest

    async def move(connection: AsyncConnection, conversation_id: int, agent: Agent) -> None:
        await cases.move_to_team(connection, conversation_id, team, by=agent, within=teams.within(team))

    return await _settle(request, move, "moved")


async def pause(request: web.Request) -> web.Response:
    """Press the kill switch, or release it; ops only."""
    agent = logged_in(request).agent
    if agent.role is not Role.OPS:
        raise web.HTTPForbidden
    on = await field(request, "on") == "1"
    async with request.app[DATABASE].begin() as connection:
        count = await turn(connection, Switch.PAUSED, on=on, by=agent.name)
    raise web.HTTPSeeOther(f"/queue?done=paused&count={count}" if on else "/queue?done=resumed")


async def _settle(request: web.Request, act: Act, done: str) -> web.Response:
    conversation_id = take_id(request)
    try:
        async with request.app[DATABASE].begin() as connection:
            await act(connection, conversation_id, logged_in(request).agent)
    except IllegalMove as error:
        return await refused(request, error, cases.find_case)
    raise web.HTTPSeeOther(f"/conversations/{conversation_id}?done={done}")


async def _take_over(connection: AsyncConnection, conversation_id: int, agent: Agent) -> None:
    await cases.take_over(connection, conversation_id, by=agent)


async def _return_to_bot(connection: AsyncConnection, conversation_id: int, agent: Agent) -> None:
    await cases.return_to_bot(connection, conversation_id, by=agent)


async def _resolve(connection: AsyncConnection, conversation_id: int, agent: Agent) -> None:
    await cases.resolve(connection, conversation_id, by=agent)


async def refused(request: web.Request, error: Exception, find: Find, writing: Writing = NOTHING) -> web.Response:
    """Show the conversation as it is now, why the action was refused, and what the agent was writing."""
    async with request.app[DATABASE].begin() as connection:
        opened = await open_case(connection, await find(connection, take_id(request)))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if isinstance(error, TextRefused) else HTTPStatus.CONFLICT
    refusal = Refusal(status=status, problem=str(error))
    return show(request, opened, writing, refusal=refusal)


async def _finished(connection: AsyncConnection, place: int, typed: str, *, by: Agent, settings: Settings) -> str:
    """Give what goes out for what was typed. Raises TextRefused where the channel would not take it."""
    rules = settings.replying
    if await find_audience(connection, place) is Audience.PUBLIC:
        text = signed(typed, by, bot=rules.signature)
        check_parts(split(text))
        check_privacy(text, settings.privacy)
        return text
    is_first = await is_first_message(connection, place)
    text = signed(introduced(typed, rules.privacy_url) if is_first else typed, by, bot=rules.signature)
    check_text(text, Audience.PRIVATE)
    return text


async def _back(request: web.Request, draft_id: int, done: str) -> web.Response:
    async with request.app[DATABASE].begin() as connection:
        case = await cases.find_draft_case(connection, draft_id)
    if case is None:
        raise web.HTTPSeeOther(f"/queue?done={done}")
    raise web.HTTPSeeOther(f"/conversations/{case.conversation.id}?done={done}")


def take_id(request: web.Request) -> int:
    """Give the number in the address."""
    return int(request.match_info["id"])
