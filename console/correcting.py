"""The form with which agents say whether the mood of a post was read rightly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.errors import IllegalMove
from console.acting import refused, take_id
from console.forms import field
from console.keys import DATABASE
from console.pages import logged_in
from storage.cases import find_case
from storage.cases.channel import find_mention_place
from storage.corrections import correct

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from storage.cases import Case


async def correct_mood(request: web.Request) -> web.Response:
    """Note whether the agent finds the author of a post angry; one that the bot has then goes to a person."""
    mention_id, said = take_id(request), await field(request, "irate")
    if said not in {"0", "1"}:
        raise web.HTTPBadRequest
    try:
        async with request.app[DATABASE].begin() as connection:
            place = await find_mention_place(connection, mention_id)
            given = await correct(connection, mention_id, irate=said == "1", by=logged_in(request).agent.name)
    except IllegalMove as error:
        return await refused(request, error, _find_mention_case)
    raise web.HTTPSeeOther(f"/conversations/{place}?done={'angry' if given else 'corrected'}")


async def _find_mention_case(connection: AsyncConnection, mention_id: int) -> Case | None:
    return await find_case(connection, await find_mention_place(connection, mention_id))
