"""The knowledge base as its keepers see it: what contradicts itself, expires, is in quarantine or needs a review."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NoReturn

from aiohttp import web

from console.forms import field
from console.keys import DATABASE
from console.pages import logged_in
from console.rendering import page
from console.situation import find_situation
from knowledge.article import Article
from storage import contradictions, upkeep
from storage.agents import Role
from storage.library import quarantine, release
from storage.upkeep import Concern

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.ext.asyncio import AsyncConnection

    from storage.agents import Agent

SOON = timedelta(days=30)
"""How long before its last day an article is listed as expiring."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An article that waits for a person, and what is known of it beside its text."""

    article: Article
    pair: contradictions.Pair | None = None  #: Where it won a contradiction.
    rival: Article | None = None  #: The one that lost it.
    quarantined: upkeep.Quarantined | None = None
    proposed: upkeep.Proposed | None = None


async def lists(request: web.Request) -> web.Response:
    """Show one of the lists, and how long each of them is."""
    concern = _concern(request.query.get("list", Concern.CONTRADICTIONS))
    async with request.app[DATABASE].begin() as connection:
        items = await _items(connection)
        situation = await find_situation(connection)
    return page(
        request,
        "knowledge.html",
        situation=situation,
        concern=concern,
        items=items[concern],
        counts={name: len(listed) for name, listed in items.items()},
        most=upkeep.LISTED,
        done=request.query.get("done", ""),
    )


async def keep(request: web.Request) -> web.Response:
    """Say that both articles of a contradiction may stay; ops only."""
    agent = _ops(request)
    names = ("language", "winner_id", "loser_id", "fingerprint")
    pair = {name: await field(request, name) for name in names}
    async with request.app[DATABASE].begin() as connection:
        await contradictions.keep_both(connection, **pair, by=agent.name)
    _back(Concern.CONTRADICTIONS, "kept")


async def shut(request: web.Request) -> web.Response:
    """Put an article into quarantine; ops only."""
    agent = _ops(request)
    concern = _concern(await field(request, "list"))
    reason = await field(request, "reason") or "no reason given"
    async with request.app[DATABASE].begin() as connection:
        shut_away = await quarantine(
            connection,
            await field(request, "id"),
            reason=f"{reason} ({agent.name})",
            language=await field(request, "language"),
        )
    if not shut_away:
        raise web.HTTPNotFound
    _back(concern, "quarantined")


async def reopen(request: web.Request) -> web.Response:
    """Release an article from quarantine; ops only."""
    _ops(request)
    async with request.app[DATABASE].begin() as connection:
        await release(connection, await field(request, "id"), language=await field(request, "language"))
    _back(Concern.QUARANTINED, "released")


async def _items(connection: AsyncConnection) -> Mapping[Concern, list[Item]]:
    soon = datetime.now(UTC).date() + SOON
    return {
        Concern.CONTRADICTIONS: [
            Item(article=_article(pair.winner), pair=pair, rival=_article(pair.loser))
            for pair in await contradictions.waiting(connection)
        ],
        Concern.UNREVIEWED: [
            Item(article=_article(one.document), proposed=one) for one in await upkeep.proposed(connection)
        ],
        Concern.EXPIRING: [Item(article=_article(document)) for document in await upkeep.expiring(connection, soon)],
        Concern.QUARANTINED: [
            Item(article=_article(one.document), quarantined=one) for one in await upkeep.quarantined(connection)
        ],
    }


def _article(document: Mapping[str, object]) -> Article:
    return Article.from_document(document)


def _concern(name: str) -> Concern:
    try:
        return Concern(name)
    except ValueError:
        raise web.HTTPNotFound from None


def _ops(request: web.Request) -> Agent:
    agent = logged_in(request).agent
    if agent.role is not Role.OPS:
        raise web.HTTPForbidden
    return agent


def _back(concern: Concern, done: str) -> NoReturn:
    raise web.HTTPSeeOther(f"/knowledge?list={concern}&done={done}")
