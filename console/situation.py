"""What every page says at its top: that the bot is paused, and what a channel cannot do now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage import conditions
from storage.cases import find_pause

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.vocabulary import Condition, Lane
    from storage.cases import Pause


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """How the bot and its channels are at this moment."""

    pause: Pause | None = None
    troubles: tuple[Condition, ...] = ()  #: Lanes that do not work.

    def trouble(self, channel: str, lane: Lane) -> Condition | None:
        """Give what is wrong with one lane; None where it works."""
        return next((one for one in self.troubles if one.channel == channel and one.lane is lane), None)


UNKNOWN = Situation()
"""For pages that do not ask: before a log-in, and where something failed."""


async def find_situation(connection: AsyncConnection) -> Situation:
    """Give how the bot and its channels are at this moment."""
    return Situation(pause=await find_pause(connection), troubles=await conditions.all_of(connection))
