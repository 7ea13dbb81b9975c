"""Shows an agent what was masked in a post: once, and noted with their name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.fernet import InvalidToken

from bot.errors import IllegalMove
from console.acting import take_id
from console.conversation import show
from console.keys import DATABASE, SETTINGS
from console.opened import open_case
from console.pages import logged_in
from storage import cases, originals
from storage.agents import Role
from storage.cases.channel import find_mention_place
from storage.sealing import cipher_of
from storage.threads import ELSEWHERE

if TYPE_CHECKING:
    from aiohttp import web

    from bot.settings import IntakeSettings
    from storage.agents import Agent
    from storage.cases import Case


async def show_original(request: web.Request) -> web.Response:
    """Show the conversation of a post, and beside it what the post said before it was masked."""
    mention_id, agent = take_id(request), logged_in(request).agent
    async with request.app[DATABASE].begin() as connection:
        case = await cases.find_case(connection, await find_mention_place(connection, mention_id))
        if case is None:
            raise cases.NotFound("There is no such post.")
        _check_owner(case, agent)
        sealed = await originals.disclose(connection, mention_id, by=agent.name)
        if sealed is None:
            raise IllegalMove("What was masked here is not kept any more. Ask the customer in a private message.")
        original = _opened(sealed, request.app[SETTINGS].intake)
        opened = await open_case(connection, case)
    return show(request, opened, original=original)


def _check_owner(case: Case, agent: Agent) -> None:
    owner = case.conversation.owner
    if owner and owner != agent.name and not owner.startswith(ELSEWHERE) and agent.role is not Role.OPS:
        raise cases.TakenByOther(f"{owner} has this conversation.")


def _opened(sealed: bytes, intake: IntakeSettings) -> str:
    key = intake.originals_key.get_secret_value()
    if not key:
        raise IllegalMove("intake.originals_key is not set, so what was masked cannot be read.")
    try:
        return cipher_of(key, setting="intake.originals_key").decrypt(sealed).decode()
    except InvalidToken:
        raise IllegalMove("What was masked here was encrypted with another intake.originals_key.") from None
