"""Slows down those who guess passwords, by name and by address, in a bounded piece of memory."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST_SECONDS = 300.0
REMEMBERED = 10_000  #: Names or addresses at most; the one that was quiet longest is forgotten first.
LONGEST_NAME = 100  #: Characters of a name that tell it from others.


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tries:
    count: int
    free_at: float


class Throttle:
    """Lets some tries pass, then makes each next one wait twice as long."""

    def __init__(self, free: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._free = free
        self._clock = clock
        self._tries: OrderedDict[str, _Tries] = OrderedDict()

    def wait(self, key: str) -> float:
        """Give the seconds until *key* may try again; 0 means now."""
        known = self._tries.get(key)
        return max(0.0, known.free_at - self._clock()) if known else 0.0

    def note(self, key: str) -> None:
        """Count one try of *key*."""
        known = self._tries.pop(key, None)
        count = known.count + 1 if known else 1
        delay = min(2.0 ** (count - self._free), LONGEST_SECONDS) if count >= self._free else 0.0
        self._tries[key] = _Tries(count=count, free_at=self._clock() + delay)
        if len(self._tries) > REMEMBERED:
            self._tries.popitem(last=False)

    def forget(self, key: str) -> None:
        """Start afresh with *key*."""
        self._tries.pop(key, None)


class Doorkeeper:
    """What stands between a log-in form and the hashing of a password."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._names = Throttle(5, clock=clock)
        self._addresses = Throttle(30, clock=clock)
        #: Hashing takes 64 MiB and a processor each time, so few run at once.
        self.hashing = asyncio.Semaphore(2)

    def wait(self, name: str, address: str) -> float:
        """Give the seconds until this name may be tried from this address; 0 means now, and counts the try."""
        name = name[:LONGEST_NAME]
        wait = max(self._names.wait(name), self._addresses.wait(address))
        if not wait:
            self._names.note(name)
            self._addresses.note(address)
        return wait

    def welcome(self, name: str, address: str) -> None:
        """Forget the tries of somebody who got in."""
        self._names.forget(name[:LONGEST_NAME])
        self._addresses.forget(address)
