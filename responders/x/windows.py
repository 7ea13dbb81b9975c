"""Our own waiting for X: what each endpoint's windows still allow, and until when a closed one is left alone.

tweepy's own waiting is off: without a reset header it asks again at once, a thousand times a second.
https://docs.x.com/x-api/fundamentals/rate-limits
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.errors import ChannelBusy
from responders.x.verbs import Verb

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

FIRST_SECONDS, LONGEST_SECONDS = 60.0, 900.0
"""How long an endpoint is left alone after a refusal that does not say how long, doubling up to a whole window."""

_FAMILIES = ("x-rate-limit", "x-user-limit-24hour", "x-app-limit-24hour")
"""The first is a window of 15 minutes; the others are days, which X tells only some apps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What is left of the scarcest window of one endpoint."""

    remaining: int | None  #: Requests; None where X has not said, or its window is over.
    seconds: float  #: Until that window begins anew; 0 where unknown.


@dataclass(frozen=True, slots=True, kw_only=True)
class _Window:
    remaining: int
    resets_at: float  #: Seconds since 1970.


class Windows:
    """Remembers what X said about its windows, and keeps requests back that it would refuse."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._open: dict[tuple[Verb, str], _Window] = {}
        self._closed_until: dict[Verb, float] = {}
        self._refusals: dict[Verb, int] = {}

    def enter(self, verb: Verb) -> None:
        """Count one request. Raises ChannelBusy, and nothing must be asked, where X would refuse it."""
        allowance = self.allowance(verb)
        if allowance.remaining == 0:
            raise ChannelBusy(
                f"X allows no more requests of '{verb}' for {allowance.seconds:.0f} seconds. Heed waits and goes on.",
                retry_after=allowance.seconds,
            )
        for key, window in self._current(verb).items():
            self._open[key] = replace(window, remaining=window.remaining - 1)

    def note(self, verb: Verb, headers: Mapping[str, str]) -> None:
        """Take in the headers of an answer. Answers may come in another order than their requests left."""
        lowered = {name.lower(): value for name, value in headers.items()}
        for family in _FAMILIES:
            told = _told(lowered, family)
            if told is not None:
                self._open[verb, family] = _later(self._open.get((verb, family)), told)

    def accepted(self, verb: Verb) -> None:
        """Note that X answered *verb* and did not say that it is too much."""
        self._refusals.pop(verb, None)

    def refused(self, verb: Verb, told: float | None) -> float:
        """Close *verb* after X said that it is too much, and give the seconds to wait.

        *told* are the seconds that X named. Without them, and where waiting for them has not helped, the time doubles
        with each refusal in a row.
        """
        count = self._refusals[verb] = self._refusals.get(verb, 0) + 1
        doubled = min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** (count - 1))
        seconds = told if told is not None and count == 1 else max(told or 0.0, doubled)
        self._closed_until[verb] = self._now() + seconds
        return seconds

    def allowance(self, verb: str) -> Allowance:
        """Give what is left for *verb*, such as "mentions"; nothing for as long as it is closed."""
        now, verb = self._now(), Verb(verb)
        closed = self._closed_until.get(verb, 0.0) - now
        windows = self._current(verb).values()
        spent = [window.resets_at - now for window in windows if window.remaining <= 0]
        waits = [*spent, *([closed] if closed > 0 else [])]
        if waits:
            return Allowance(remaining=0, seconds=max(waits))
        if not windows:
            return Allowance(remaining=None, seconds=0.0)
        scarcest = min(windows, key=lambda window: window.remaining / (window.resets_at - now))
        return Allowance(remaining=scarcest.remaining, seconds=scarcest.resets_at - now)

    def _current(self, verb: Verb) -> dict[tuple[Verb, str], _Window]:
        """Give the windows of *verb* that are not over."""
        now = self._now()
        keys = [(verb, family) for family in _FAMILIES]
        return {key: self._open[key] for key in keys if key in self._open and self._open[key].resets_at > now}

    def _now(self) -> float:
        return self._clock().timestamp()


def _told(headers: Mapping[str, str], family: str) -> _Window | None:
    remaining, reset = headers.get(f"{family}-remaining", ""), headers.get(f"{family}-reset", "")
    if not (remaining.isdecimal() and reset.isdecimal()):
        return None
    return _Window(remaining=int(remaining), resets_at=float(reset))


def _later(known: _Window | None, told: _Window) -> _Window:
    """Of the same window the smaller rest is newer, or counts requests that X has not seen yet."""
    if known is None or told.resets_at > known.resets_at:
        return told
    if told.resets_at < known.resets_at:
        return known
    return replace(told, remaining=min(known.remaining, told.remaining))
