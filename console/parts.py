"""Shows how a long reply would be cut into posts, before it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from console.conversation import Preview, Writing, show
from console.discretion import check_privacy
from console.forms import TextRefused, check_parts, field, signed
from console.keys import DATABASE, SETTINGS
from console.opened import open_case
from console.pages import logged_in
from console.rendering import page
from responders.splitting import split
from storage.cases import find_case

if TYPE_CHECKING:
    from bot.personal import Privacy


async def show_parts(request: web.Request) -> web.Response:
    """Show the posts that the typed text would become: for a script just them, else the whole page."""
    typed = await field(request, "text")
    text = signed(typed, logged_in(request).agent, bot=request.app[SETTINGS].replying.signature)
    preview = preview_of(text, request.app[SETTINGS].privacy)
    if "X-Heed-Refresh" in request.headers:
        return page(request, "_parts.html", preview=preview)
    async with request.app[DATABASE].begin() as connection:
        opened = await open_case(connection, await find_case(connection, int(request.match_info["id"])))
    return show(request, opened, Writing(typed=typed), preview=preview)


def preview_of(text: str, privacy: Privacy) -> Preview:
    """Give the posts that *text*, signature included, would become, and what is wrong with them."""
    parts = split(text)
    try:
        check_parts(parts)
        check_privacy(text, privacy)
    except TextRefused as error:
        return Preview(parts=parts if text else (), problem=str(error))
    return Preview(parts=parts)
