"""How soon a person should look: a sum whose parts are shown. Pure.

The weights keep three promises, which tests hold them to. A danger comes before all fresh anger, and before whoever
waits calmly, however long. All the followers in the world bring nobody who is not irate before somebody who is, nor
before somebody who is late. And whoever has waited for a day and is past the deadline comes before everything fresh
that is no danger, so nobody waits for ever.
"""

from __future__ import annotations

from dataclasses import replace
from math import log1p
from typing import TYPE_CHECKING

from bot.vocabulary import FULL_AGE, PRIORITY_WEIGHTS, Priority

if TYPE_CHECKING:
    from datetime import datetime

    from bot.vocabulary import Understanding

FAR_REACH = 100_000
"""Followers from which more of them make no difference."""

SURE, DOUBTFUL = 0.9, 0.15
"""Shares of the urgency's weight: what a danger that was decided on has at least, and what a mere doubt has at most."""

CALM, IRATE = 0.25, 0.5
"""Shares of the mood's weight: what somebody who is not irate has less than, and what whoever is has at least."""

PRESSING = ("outage", "safety")
"""Intents that press although nobody is in danger yet."""


def fixed_priority(read: Understanding, *, irate: float, followers: int, in_danger: bool) -> Priority:
    """Give the parts that are fixed with the decision.

    From the mood *irate* on, a person takes the mention; *in_danger* says that one does because of a danger.
    *followers* are its author's.
    """
    urgency = SURE + (1 - SURE) * read.danger if in_danger else DOUBTFUL * _doubt(read)
    return Priority(
        mood=round(PRIORITY_WEIGHTS.mood * _temper(read.mood, irate), 4),
        urgency=round(PRIORITY_WEIGHTS.urgency * urgency, 4),
        reach=round(PRIORITY_WEIGHTS.reach * _reach(followers), 4),
    )


def grown(fixed: Priority, *, waiting_since: datetime | None, due_at: datetime | None, now: datetime) -> Priority:
    """Add to the *fixed* parts what has grown until *now*: nothing where nobody waits.

    The queue is sorted by the same sum, as SQL; see `storage.cases.listing`.
    """
    if waiting_since is None or due_at is None:
        return fixed
    waited = now - waiting_since
    return replace(
        fixed,
        age=PRIORITY_WEIGHTS.age * _share(waited / FULL_AGE),
        deadline=PRIORITY_WEIGHTS.deadline * _share(waited / (due_at - waiting_since)),
    )


def _temper(mood: float, irate: float) -> float:
    """Stretch both sides of the threshold, which may lie anywhere, and leave a gap between them."""
    if mood < irate:
        return CALM * mood / irate
    return IRATE + (1 - IRATE) * (mood - irate) / (1 - irate) if irate < 1 else 1.0


def _doubt(read: Understanding) -> float:
    return min(1.0, max(read.danger, read.probability(*PRESSING)))


def _reach(followers: int) -> float:
    """Let the first followers count more than the last, and none beyond `FAR_REACH`."""
    return log1p(min(max(followers, 0), FAR_REACH)) / log1p(FAR_REACH)


def _share(value: float) -> float:
    return min(1.0, max(0.0, value))
