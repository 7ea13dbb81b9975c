"""The page of one conversation, with what the agent is writing there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from aiohttp import web

from bot.deciding.teams import Teams
from bot.vocabulary import ReplyKind, ReplyState
from console.forms import signed, unsigned
from console.keys import DATABASE, SETTINGS
from console.opened import open_case
from console.pages import logged_in
from console.priorities import find_standing
from console.rendering import page
from console.thread import find_basis, find_moods, lay_out
from storage.cases import find_case

if TYPE_CHECKING:
    from console.opened import Opened
    from storage.cases import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The posts that a text would be cut into."""

    parts: tuple[str, ...]
    problem: str = ""  #: Why they cannot be sent; empty where they can.


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """What stands in the boxes where agents write."""

    typed: str = ""  #: In the composer.
    drafted: str | None = None  #: In the draft's box; None where that is the draft itself.


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An action that did not happen."""

    status: int
    problem: str


NOTHING = Writing()


async def show_conversation(request: web.Request) -> web.Response:
    """Show one conversation."""
    async with request.app[DATABASE].begin() as connection:
        opened = await open_case(connection, await find_case(connection, int(request.match_info["id"])))
    return show(request, opened, _taken_back(opened.case, request))


def show(
    request: web.Request,
    opened: Opened,
    writing: Writing = NOTHING,
    *,
    refusal: Refusal | None = None,
    preview: Preview | None = None,
    original: str = "",
) -> web.Response:
    """Show a conversation with what the agent is *writing*; after a *refusal* also why it was refused.

    *original* is what a masked post said.
    """
    return page(
        request,
        "conversation.html",
        situation=opened.situation,
        status=refusal.status if refusal else 200,
        case=opened.case,
        entries=lay_out(opened),
        first_message=opened.traces.first_message,
        basis=find_basis(opened.case),
        moods=find_moods(opened.case),
        contact=opened.contact,
        standing=find_standing(opened.case, datetime.now(UTC)),
        teams=Teams.from_settings(request.app[SETTINGS].teams).names,
        words=_words(request, opened.case),
        writing=writing,
        refusal=refusal,
        preview=preview,
        original=original,
        offers_messages=request.app[SETTINGS].x.messages,
        leads_talks=request.app[SETTINGS].dialogue.leads,
        offline=opened.offline,
        done="" if refusal else request.query.get("done", ""),
    )


def _words(request: web.Request, case: Case) -> str:
    """Give what the agent may post in the channel's own app: the draft, or the text to start from, in their name."""
    prepared = case.waiting.draft.text if case.waiting else case.handoff.handoff.suggestion if case.handoff else ""
    return signed(prepared, logged_in(request).agent, bot=request.app[SETTINGS].replying.signature)


def _taken_back(case: Case, request: web.Request) -> Writing:
    """Give the words of the reply that the agent has just taken back, to go on with them."""
    again = request.query.get("again", "")
    withdrawn = (record.reply for record in case.replies if record.state is ReplyState.CANCELLED)
    reply = next((reply for reply in withdrawn if str(reply.id) == again), None)
    if reply is None:
        return NOTHING
    if reply.kind is ReplyKind.APPROVED:
        return Writing(drafted=reply.text)
    return Writing(typed=unsigned(reply.text, logged_in(request).agent))
