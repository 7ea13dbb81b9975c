"""Stretches of a text, and which of its characters are taken by some."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


class Span(NamedTuple):
    """A stretch of a text."""

    start: int  #: Place of its first character, from 0.
    end: int  #: Place after its last character.


class Cover:
    """The characters of a text that lie in one of several spans; asking takes no longer the more there are."""

    def __init__(self, length: int, spans: Iterable[Span] = ()) -> None:
        self._taken = bytearray(length)
        for span in spans:
            self.add(span)

    def add(self, span: Span) -> None:
        """Cover *span* too."""
        self._taken[span.start : span.end] = b"\x01" * (span.end - span.start)

    def touches(self, span: Span) -> bool:
        """Say whether a character of *span* is covered."""
        return 1 in self._taken[span.start : span.end]

    def holds(self, span: Span) -> bool:
        """Say whether all of *span* is covered."""
        return 0 not in self._taken[span.start : span.end]
