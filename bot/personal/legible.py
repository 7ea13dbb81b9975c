"""Reads a text as people see it: without invisible characters, and with one form of each digit, hyphen and space."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from bot.personal.spans import Span

UNSEEN = frozenset({"Cf", "Cc", "Mn"})
"""Categories of characters that nobody sees, such as a zero-width space or a mark of direction, or that only accent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Legible:
    """A text made plain, and where each of its characters stands in the original."""

    text: str
    places: tuple[int, ...] | None  #: None where the two are alike.

    def original(self, span: Span) -> Span:
        """Give where *span* of the plain text stands in the original; what is unseen inside of it belongs to it."""
        if self.places is None:
            return span
        return Span(self.places[span.start], self.places[span.end - 1] + 1)


def legible(text: str) -> Legible:
    """Make *text* plain."""
    if text.isascii():
        return Legible(text=text, places=None)
    pairs = [(place, plain) for place, character in enumerate(text) if (plain := _plain(character))]
    return Legible(text="".join(plain for _, plain in pairs), places=tuple(place for place, _ in pairs))


def _plain(character: str) -> str:
    """Give one character for another, or none for what nobody sees."""
    if character.isascii() or character.isalpha():
        return character
    category = unicodedata.category(character)
    if category in UNSEEN:
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(character))
    return {"Pd": "-", "Zs": " "}.get(category, "@" if character == "＠" else character)
