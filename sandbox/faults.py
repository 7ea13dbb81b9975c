"""Faults on demand: which of the next requests goes wrong, and how. A pure table; `gate` carries it out."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum


class FaultKind(StrEnum):
    """How a request goes wrong."""

    LATENCY = "latency"  #: The answer comes after a pause of `seconds`.
    STATUS = "status"  #: Nothing is stored; the answer has `status`, as JSON or as an HTML page.
    RATE_LIMIT = "rate_limit"  #: A 429, with or without the headers that say when to come back.
    EMPTY_401 = "empty_401"  #: A 401 that claims JSON and has no body.
    RESET = "reset"  #: The connection is reset before anything is stored.
    LOST = "lost"  #: The request is carried out, then the connection drops before the answer.
    HELD = "held"  #: The request is carried out, then the answer waits until it is released.


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault, for the next `times` requests that match."""

    kind: FaultKind
    method: str = "*"  #: An HTTP method in capitals, or "*" for any.
    path: str = "/2/"  #: Requests whose path begins so.
    times: int = 1
    seconds: float = 1.0  #: Of a latency.
    status: int = 503
    html: bool = False
    headers: bool = True  #: Whether a rate limit says when it resets.

    def matches(self, method: str, path: str) -> bool:
        """Whether a request meets this fault."""
        return self.method in {"*", method} and path.startswith(self.path)


class Faults:
    """The faults still to happen, in the order in which they were asked for."""

    def __init__(self) -> None:
        self._armed: list[Fault] = []

    def __iter__(self) -> Iterator[Fault]:
        return iter(tuple(self._armed))

    def add(self, fault: Fault) -> None:
        """Arm a fault; it waits behind those already armed."""
        self._armed.append(fault)

    def take(self, method: str, path: str) -> Fault | None:
        """Return the fault that this request meets, used up once; None when it meets none."""
        for place, fault in enumerate(self._armed):
            if fault.matches(method, path):
                left = replace(fault, times=fault.times - 1)
                self._armed[place : place + 1] = [left] if left.times else []
                return fault
        return None

    def clear(self) -> None:
        """Disarm all."""
        self._armed.clear()
