"""How much of the channel is used up, against what ops allow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from responders.budget import DAY, WINDOW, Budget, Sent, dollars, month_start
from responders.policy import LINK
from storage import outbox

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.settings import XSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """One limit of ours, and how much of it is used."""

    name: str
    used: int
    most: int

    @property
    def left(self) -> int:
        """How many may still go."""
        return max(0, self.most - self.used)

    @property
    def share(self) -> float:
        """What is used, as a share of 0 to 1."""
        return min(1.0, self.used / self.most)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """What replies cost in this calendar month, in dollars."""

    spent: float
    most: float | None  #: None for no limit.


async def find_meters(
    connection: AsyncConnection, channel: str, settings: XSettings
) -> tuple[tuple[Meter, ...], Spending]:
    """Give what is used of each limit at this moment, and this month's money."""
    now = datetime.now(UTC)
    window = await outbox.counted(connection, channel, since=now - WINDOW, link=LINK)
    day = await outbox.counted(connection, channel, since=now - DAY, link=LINK)
    month = await outbox.counted(connection, channel, since=month_start(now), link=LINK)
    posts = (
        Meter(name="Posts in 15 minutes", used=window.posts + window.linked, most=settings.posts_per_window),
        Meter(name="Posts in 24 hours", used=day.posts + day.linked, most=settings.posts_per_day),
    )
    messages = (
        Meter(name="Messages in 15 minutes", used=window.messages, most=settings.messages_per_window),
        Meter(name="Messages in 24 hours", used=day.messages, most=settings.messages_per_day),
    )
    spent = dollars(_prices(settings), Sent(posts=month.posts, linked=month.linked, messages=month.messages))
    spending = Spending(spent=spent, most=settings.month_dollars)
    return (*posts, *(messages if settings.messages else ())), spending


def _prices(settings: XSettings) -> Budget:
    return Budget(
        reply_dollars=settings.reply_dollars,
        link_dollars=settings.link_dollars,
        message_dollars=settings.message_dollars,
    )
