"""How many replies a channel takes in a while, and how much money they may cost. Pure; the database counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.vocabulary import ChannelState, Lane

if TYPE_CHECKING:
    from collections.abc import Iterator

WINDOW = timedelta(minutes=15)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """What one lane may take; None for no limit of ours."""

    per_window: int | None = None  #: In any 15 minutes.
    per_day: int | None = None  #: In any 24 hours.


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What a channel may take in all; without arguments there is no limit."""

    posts: Quota = Quota()
    messages: Quota = Quota()
    month_dollars: float | None = None  #: In a calendar month, UTC.
    reply_dollars: float = 0.0  #: Price of a post.
    link_dollars: float = 0.0  #: Price of a post with a link.
    message_dollars: float = 0.0  #: Price of a direct message.

    def quota(self, lane: Lane) -> Quota:
        """Give the quota of *lane*."""
        return self.messages if lane is Lane.MESSAGE else self.posts


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """So many posts and direct messages."""

    posts: int = 0  #: Without a link.
    linked: int = 0  #: Posts with a link.
    messages: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What was used by now, as far as it limits the next reply."""

    window_since: datetime | None = None  #: The latest try that must be 15 minutes old first; None where none must.
    day_since: datetime | None = None  #: The latest try that must be 24 hours old first.
    month: Sent = Sent()  #: Sent in this calendar month.
    next: Sent = Sent()  #: What is to be sent now.


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortage:
    """Why the next reply must wait, and until when."""

    state: ChannelState  #: BUSY where a short wait helps, else BUDGET.
    problem: str
    until: datetime


def dollars(budget: Budget, sent: Sent) -> float:
    """Give what *sent* costs."""
    return (
        sent.posts * budget.reply_dollars + sent.linked * budget.link_dollars + sent.messages * budget.message_dollars
    )


def shortage(budget: Budget, use: Use, *, channel: str, lane: Lane, now: datetime) -> Shortage | None:
    """Say what is used up, naming the setting; None where the next reply may go. The longest wait counts."""
    found = list(_shortages(budget, use, channel=channel, lane=lane, now=now))
    return max(found, key=lambda each: each.until) if found else None


def month_start(now: datetime) -> datetime:
    """Give the beginning of the calendar month, UTC."""
    return datetime(now.astimezone(UTC).year, now.astimezone(UTC).month, 1, tzinfo=UTC)


def next_month(now: datetime) -> datetime:
    """Give the beginning of the next calendar month, UTC."""
    return month_start(month_start(now) + timedelta(days=32))


def _shortages(budget: Budget, use: Use, *, channel: str, lane: Lane, now: datetime) -> Iterator[Shortage]:
    quota, setting = budget.quota(lane), f"{channel}.{'messages' if lane is Lane.MESSAGE else 'posts'}"
    if use.window_since is not None and use.window_since + WINDOW > now:
        problem = f"{quota.per_window} in 15 minutes are out, which is the limit that {setting}_per_window sets."
        yield Shortage(state=ChannelState.BUSY, problem=problem, until=use.window_since + WINDOW)
    if use.day_since is not None and use.day_since + DAY > now:
        problem = f"{quota.per_day} in 24 hours are out. Raise {setting}_per_day, or wait."
        yield Shortage(state=ChannelState.BUDGET, problem=problem, until=use.day_since + DAY)
    if budget.month_dollars is not None:
        spent = dollars(budget, use.month)
        if round(spent + dollars(budget, use.next), 6) > budget.month_dollars:
            problem = (
                f"${spent:.2f} of this month's ${budget.month_dollars:.2f} are spent."
                f" Raise {channel}.month_dollars, or wait for the next month."
            )
            yield Shortage(state=ChannelState.BUDGET, problem=problem, until=next_month(now))
