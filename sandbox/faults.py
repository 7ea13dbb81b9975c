"""Faults on demand: which of the next requests and events goes wrong, and how. A pure table.

`gate` carries out what happens to requests, `announcer` what happens to events.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random


class FaultKind(StrEnum):
    """How a request or an event goes wrong."""

    LATENCY = "latency"  #: The answer comes after a pause of `seconds`.
    STATUS = "status"  #: Nothing is stored; the answer has `status`, as JSON or as an HTML page.
    RATE_LIMIT = "rate_limit"  #: A 429, with or without the headers that say when to come back.
    CREDITS = "credits"  #: A 402: the account has no credits left.
    USAGE_CAP = "usage_cap"  #: A 429 that no waiting ends: the month's cap is used up.
    SPEND_CAP = "spend_cap"  #: A 403: the month's spending limit is reached.
    EMPTY_401 = "empty_401"  #: A 401 that claims JSON and has no body.
    RESET = "reset"  #: The connection is reset before anything is stored.
    LOST = "lost"  #: The request is carried out, then the connection drops before the answer.
    HELD = "held"  #: The request is carried out, then the answer waits until it is released.
    SHORT_PAGE = "short_page"  #: The page holds half of its posts; its token leads to the others.
    EVENT_TWICE = "event_twice"  #: An event is delivered twice.
    EVENT_LATE = "event_late"  #: An event is delivered after the next one.
    EVENT_DROPPED = "event_dropped"  #: An event is never delivered.
    EVENT_FORGED = "event_forged"  #: An event comes only with a wrong signature.

    @property
    def of_events(self) -> bool:
        """Whether this happens to events rather than to requests."""
        return self.value.startswith("event_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault, for the next `times` requests or events that match."""

    kind: FaultKind
    method: str = "*"  #: An HTTP method in capitals, or "*" for any.
    path: str = "/2/"  #: Requests whose path begins so.
    event: str = "*"  #: A type of event, or "*" for any.
    times: int = 1  #: 0 means for ever.
    chance: float = 1.0  #: How likely each of them meets the fault; one that is spared does not count.
    seconds: float = 1.0  #: Of a latency.
    status: int = 503
    html: bool = False
    headers: bool = True  #: Whether a rate limit says when it resets.

    def matches(self, method: str, path: str) -> bool:
        """Whether a request can meet this fault."""
        return not self.kind.of_events and self.method in {"*", method} and path.startswith(self.path)

    def matches_event(self, event: str) -> bool:
        """Whether an event of this type can meet this fault."""
        return self.kind.of_events and self.event in {"*", event}

    def left(self) -> "Fault | None":
        """What remains of it after it happened once."""
        return self if self.times == 0 else replace(self, times=self.times - 1) if self.times > 1 else None


class Faults:
    """The faults still to happen, in the order in which they were asked for."""

    def __init__(self, seed: int = 0) -> None:
        self._armed: list[Fault] = []
        self._random = Random(seed)  # noqa: S311  # chance, not secrecy

    def __iter__(self) -> Iterator[Fault]:
        return iter(tuple(self._armed))

    def seed(self, seed: int) -> None:
        """Draw chances from here on as every other sandbox with this seed does."""
        self._random.seed(seed)

    def add(self, fault: Fault) -> None:
        """Arm a fault; it waits behind those already armed."""
        self._armed.append(fault)

    def take(self, method: str, path: str) -> Fault | None:
        """Return the fault that this request meets, used up once; None when it meets none."""
        return self._take([fault for fault in self._armed if fault.matches(method, path)])

    def take_event(self, event: str) -> Fault | None:
        """Return the fault that an event of this type meets, used up once; None when it meets none."""
        return self._take([fault for fault in self._armed if fault.matches_event(event)])

    def clear(self) -> None:
        """Disarm all."""
        self._armed.clear()

    def _take(self, candidates: list[Fault]) -> Fault | None:
        for fault in candidates:
            if fault.chance >= 1 or self._random.random() < fault.chance:
                place, left = next(n for n, armed in enumerate(self._armed) if armed is fault), fault.left()
                self._armed[place : place + 1] = [left] if left else []
                return fault
        return None
