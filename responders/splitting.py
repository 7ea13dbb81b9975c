"""Splits an agent's long reply into numbered posts, at the ends of sentences or words. Pure.

The program's own replies are one post each: https://docs.x.com/developer-guidelines, "Automated actions".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from typing import TYPE_CHECKING

import regex

from responders.counting import MAX_WEIGHT, addresses, weighted_length

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_PARTS = 10
"""Posts that one reply may become; who has more to say writes an article, or an e-mail."""

FULL_ENOUGH = 0.5  #: Share of the room that a post should use before it ends at a better place than the last one.

_WORD = re.compile(r"\S+")
_SENTENCE_END = re.compile(r"[.!?…。！？]['\"’”»)\]】」』]*$")
_CLUSTER = regex.compile(r"\X")


class _Rank(IntEnum):
    """How good a place is to end a post."""

    CLUSTER = 1  #: Inside a word that no post takes whole, as in languages without blanks.
    WORD = 2
    SENTENCE = 3


@dataclass(frozen=True, slots=True)
class _Break:
    end: int  #: Where the post ends.
    start: int  #: Where the next one starts.
    rank: _Rank


def split(text: str) -> tuple[str, ...]:
    """Give the posts that together say *text*: it alone where one is enough, else parts that begin with "1/3 ".

    Only blanks are lost, at the places where it is split. No word, address or emoji is broken, unless a word is longer
    than a whole post; then it is split between characters as people see them. The last word, such as a signature,
    never stands alone. A part that cannot be made to fit stays too long.
    """
    if weighted_length(text) <= MAX_WEIGHT:
        return (text,)
    digits, chunks = 1, _chunks(text, _room(1))
    while len(chunks) >= 10**digits:
        digits += 1
        chunks = _chunks(text, _room(digits))
    if len(chunks) == 1:
        return (text,)
    return tuple(f"{number}/{len(chunks)} {chunk}" for number, chunk in enumerate(chunks, start=1))


def _room(digits: int) -> int:
    """Give what is left of a post beside a number of so many digits, such as "3/7 "."""
    return MAX_WEIGHT - (2 * digits + len("/ "))


def _chunks(text: str, room: int) -> list[str]:
    breaks = _breaks(text, room)
    start, end, chunks = len(text) - len(text.lstrip()), len(text.rstrip()), []
    while weighted_length(text[start:end]) > room and (cut := _cut(text, start, breaks, room)) is not None:
        chunks.append(text[start : cut.end])
        start = cut.start
    return [*chunks, text[start:end]]


def _cut(text: str, start: int, breaks: Sequence[_Break], room: int) -> _Break | None:
    """Give the best place to end the post that begins at *start*; the first there is where none is near enough."""
    ahead = [each for each in breaks if each.end > start]
    fitting: list[tuple[_Break, int]] = []
    for each in ahead:
        weight = weighted_length(text[start : each.end])
        if weight > room:
            break
        fitting.append((each, weight))
    if not fitting:
        return ahead[0] if ahead else None
    for rank in sorted(_Rank, reverse=True):
        good = [each for each, weight in fitting if each.rank >= rank and weight >= FULL_ENOUGH * room]
        if good:
            return good[-1]
    return fitting[-1][0]


def _breaks(text: str, room: int) -> list[_Break]:
    """Give every place where a post may end, in order."""
    words = [match.span() for match in _WORD.finditer(text)]
    inside = [each for span in words if weighted_length(text[slice(*span)]) > room for each in _inside(text, *span)]
    between = [_Break(end, start, _rank(text, end, start)) for (_, end), (start, _) in pairwise(words)]
    is_signed = len(words) > 1 and weighted_length(text[words[-2][0] : words[-1][1]]) <= room
    return sorted(inside + (between[:-1] if is_signed else between), key=lambda each: each.end)


def _rank(text: str, end: int, start: int) -> _Rank:
    is_end = "\n" in text[end:start] or _SENTENCE_END.search(text, max(0, end - 8), end) is not None
    return _Rank.SENTENCE if is_end else _Rank.WORD


def _inside(text: str, start: int, end: int) -> Iterator[_Break]:
    """Give the places inside one long word: between characters as people see them, never within an address."""
    whole = list(addresses(text[start:end]))
    for cluster in _CLUSTER.finditer(text[start:end]):
        place = cluster.end()
        if start + place < end and not any(first < place < last for first, last in whole):
            rank = _Rank.SENTENCE if _SENTENCE_END.search(cluster.group()) else _Rank.CLUSTER
            yield _Break(start + place, start + place, rank)
