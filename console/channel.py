"""How the channel is: what works, what cannot be had any more, what is used up, and what X demands of a bot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from bot.vocabulary import Lane
from console.keys import DATABASE, SETTINGS
from console.meters import find_meters
from console.rendering import page
from console.situation import find_situation
from storage import gaps
from storage.cases.channel import list_streams

if TYPE_CHECKING:
    from bot.settings import Settings

CHANNEL = "x"
"""The one channel that has a page."""

DIALOGUE = "rasa"
"""What the conditions call the dialogue engine; it leads private conversations whatever the channel."""

GAPS = 20
"""Gaps at most on the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """One thing that X asks of an automated account, and whether Heed sees that it is met."""

    met: bool | None  #: None where only a person can see it.
    text: str
    remedy: str = ""  #: What to do while it is not met.


async def show_channel(request: web.Request) -> web.Response:
    """Show how the channel is."""
    settings = request.app[SETTINGS]
    async with request.app[DATABASE].begin() as connection:
        situation = await find_situation(connection)
        streams = await list_streams(connection)
        meters, spending = await find_meters(connection, CHANNEL, settings.x)
        found = await gaps.newest(connection, GAPS)
    lanes = [(CHANNEL, lane) for lane in _lanes(settings)]
    if settings.dialogue.leads:
        lanes.append((DIALOGUE, Lane.TALK))
    return page(
        request,
        "channel.html",
        situation=situation,
        channel=CHANNEL,
        enabled=settings.x.enabled,
        lanes=[(lane, situation.trouble(name, lane)) for name, lane in lanes],
        streams=streams,
        meters=meters,
        spending=spending,
        gaps=found,
        demands=demands(settings),
    )


def _lanes(settings: Settings) -> tuple[Lane, ...]:
    return (Lane.HEAR, Lane.POST, *((Lane.MESSAGE,) if settings.x.messages else ()))


def demands(settings: Settings) -> tuple[Demand, ...]:
    """Give what X asks of an automated account: https://docs.x.com/developer-guidelines."""
    replying, x = settings.replying, settings.x
    return (
        Demand(
            met=replying.signature != "",
            text=f"Every automatic reply says that it is one: it ends with {replying.signature}.",
        ),
        Demand(
            met=bool(replying.stop_words),
            text=f"Who writes one of these words gets no automatic reply any more: {', '.join(replying.stop_words)}.",
            remedy="Set replying.stop_words.",
        ),
        Demand(
            met=x.summoned_by != "anything",
            text="The bot answers only those who turned to us.",
            remedy="x.summoned_by is 'anything', which only Enterprise plans allow.",
        ),
        Demand(
            met=bool(replying.privacy_url) or not x.messages,
            text="The first direct message to a customer links to the privacy policy.",
            remedy="Set replying.privacy_url.",
        ),
        Demand(met=None, text="The account carries X's label “Automated” (Settings, Your account, Automation)."),
        Demand(met=None, text="The label names the account of a person or of the company that runs the bot."),
        Demand(met=None, text="The bio says who runs the bot and how to reach a person."),
        Demand(met=None, text="X was asked whether it approves of automated replies from this account."),
    )
