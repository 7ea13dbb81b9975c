"""The forms about replies on their way: undo one, delete one again, or say that a person answered elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.errors import IllegalMove
from console.acting import refused, take_id
from console.keys import DATABASE, ENQUEUE
from console.pages import logged_in
from storage import outbox
from storage.cases import NotFound, find_case
from storage.cases.channel import find_place
from storage.cases.elsewhere import answer_elsewhere

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from storage.cases import Case


async def undo(request: web.Request) -> web.Response:
    """Take back a reply that waits, and put its words back to where they were written."""
    reply_id, agent = take_id(request), logged_in(request).agent
    try:
        async with request.app[DATABASE].begin() as connection:
            place = await _place(connection, reply_id)
            await outbox.take_back(connection, reply_id, by=agent)
    except IllegalMove as error:
        return await refused(request, error, _find_reply_case)
    raise _to(place, f"done=undone&again={reply_id}")


async def retract(request: web.Request) -> web.Response:
    """Delete a reply that is out from the channel."""
    reply_id, agent = take_id(request), logged_in(request).agent
    try:
        async with request.app[DATABASE].begin() as connection:
            place = await _place(connection, reply_id)
            await outbox.retract(connection, reply_id, by=agent)
    except IllegalMove as error:
        return await refused(request, error, _find_reply_case)
    await request.app[ENQUEUE](reply_id)
    raise _to(place, "done=retracted")


async def answered(request: web.Request) -> web.Response:
    """Note that the agent answered in the channel's own app, and close the conversation."""
    place = take_id(request)
    try:
        async with request.app[DATABASE].begin() as connection:
            await answer_elsewhere(connection, place, by=logged_in(request).agent)
    except IllegalMove as error:
        return await refused(request, error, find_case)
    raise _to(place, "done=answered")


def _to(place: int, query: str) -> web.HTTPSeeOther:
    return web.HTTPSeeOther(f"/conversations/{place}?{query}")


async def _place(connection: AsyncConnection, reply_id: int) -> int:
    place = await find_place(connection, reply_id)
    if place is None:
        raise NotFound("There is no such reply.")
    return place


async def _find_reply_case(connection: AsyncConnection, reply_id: int) -> Case | None:
    return await find_case(connection, await _place(connection, reply_id))
