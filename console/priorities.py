"""Says why a conversation stands where it does in the queue: the parts of its priority, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.deciding.priority import grown
from bot.vocabulary import Priority

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, timedelta

    from storage.cases import Case

MINUTE = 60  #: Seconds of a minute, and minutes of an hour.


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a sum."""

    name: str
    value: float
    words: str  #: What it stands for, as a sentence.


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The priority of a conversation at one moment."""

    parts: tuple[Part, ...]

    @property
    def total(self) -> float:
        """The sum of the parts, 0 to 1."""
        return sum(part.value for part in self.parts)


def find_standing(case: Case, now: datetime) -> Standing:
    """Give the priority of *case* as it is *now*; what was fixed and is not known by parts stands as one."""
    fixed, conversation = case.fixed_priority, case.conversation
    since, due = conversation.waiting_since, conversation.due_at
    whole = grown(fixed or Priority(), waiting_since=since, due_at=due, now=now)
    return Standing(parts=(*_fixed(fixed, conversation.priority), *_growing(whole, since, due, now)))


def _fixed(fixed: Priority | None, otherwise: float) -> Iterator[Part]:
    if fixed is None:
        yield Part(name="decision", value=otherwise, words="What was fixed when the bot decided.")
        return
    yield Part(name="mood", value=fixed.mood, words="How much the tone asks for a person.")
    yield Part(name="urgency", value=fixed.urgency, words="Danger, or something that fails for many.")
    yield Part(name="reach", value=fixed.reach, words="How many follow the customer; it never weighs much.")


def _growing(whole: Priority, since: datetime | None, due: datetime | None, now: datetime) -> Iterator[Part]:
    if since is None or due is None:
        yield Part(name="age", value=0.0, words="Nobody waits for an answer.")
        return
    late = f"Due in {_lasting(due - now)}." if due > now else f"Overdue for {_lasting(now - due)}."
    yield Part(name="age", value=whole.age, words=f"Waiting for {_lasting(now - since)}.")
    yield Part(name="deadline", value=whole.deadline, words=late)


def _lasting(time: timedelta) -> str:
    minutes = max(0, int(time.total_seconds())) // MINUTE
    return f"{minutes} min" if minutes < 2 * MINUTE else f"{minutes // MINUTE} h"
