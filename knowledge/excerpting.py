"""Takes the best sentences of a text: those that say most about a question, as many as a channel takes."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from dataclasses import replace
from typing import TYPE_CHECKING

from knowledge.lexical import words
from knowledge.plain import joined, pieces

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from knowledge.plain import Piece

OMITTED = "…"
"""Stands for what was left out within a sentence."""

EARLINESS = 1.0
"""What standing first is worth, where holding all words of the question is worth 1."""

_CLAUSE_END = re.compile(r"[,;:–—)]$")


def excerpt(
    text: str,
    question: str,
    *,
    language: str,
    fits: Callable[[str], bool],
    is_link: Callable[[str], bool] = lambda _: False,
) -> str:
    """Give the sentences of *text*, Markdown, that speak most of *question*, in order and as many as *fits* takes.

    A word that *is_link* becomes "…". A sentence is cut only where no whole one fits, and never inside a word. Empty
    where *fits* takes no word of it.
    """
    found = [replace(piece, text=_without_links(piece.text, is_link)) for piece in pieces(text, language)]
    ranking = _ranking(found, question, language)
    chosen: frozenset[int] = frozenset()
    for number in ranking:
        more = chosen | _with_needed(number, found)
        if not (chosen and _says_little(found[number])) and fits(joined(found[n] for n in sorted(more))):
            chosen = more
    if chosen:
        return joined(found[n] for n in sorted(chosen))
    return next(filter(None, (_cut(found[number].text, fits) for number in ranking)), "")


def _without_links(text: str, is_link: Callable[[str], bool]) -> str:
    kept = [OMITTED if is_link(word) else word for word in text.split()]
    return " ".join(kept) if any(word != OMITTED for word in kept) else ""


def _ranking(found: Sequence[Piece], question: str, language: str) -> list[int]:
    """Give the numbers of the pieces that say anything, best first."""
    held = [frozenset(words(piece.text, language)) for piece in found]
    asked = {
        word: math.log1p(len(held) / sum(word in one for one in held)) for word in _known(question, language, held)
    }
    most = sum(asked.values()) or 1.0
    worth = [
        sum(asked[word] for word in one & asked.keys()) / most + EARLINESS * (1 - number / len(held))
        for number, one in enumerate(held)
    ]
    return sorted((n for n, piece in enumerate(found) if piece.text), key=lambda n: (_says_little(found[n]), -worth[n]))


def _says_little(piece: Piece) -> bool:
    """Whether it is a heading or a question, or has lost its link: better than nothing, but no better."""
    return (piece.announces and not piece.text.endswith(":")) or OMITTED in piece.text


def _known(question: str, language: str, held: Sequence[frozenset[str]]) -> frozenset[str]:
    return frozenset(words(question, language)).intersection(frozenset[str]().union(*held))


def _with_needed(number: int, found: Sequence[Piece]) -> frozenset[int]:
    """Give *number*, and what it needs, and what that needs."""
    all_of_it, new = frozenset[int](), frozenset({number})
    while new:
        all_of_it |= new
        new = frozenset(need for n in new for need in found[n].needs if need < len(found)) - all_of_it
    return all_of_it


def _cut(text: str, fits: Callable[[str], bool]) -> str:
    """Give as many whole words of *text* as fit, preferably up to the end of a clause; empty where none does."""
    every = text.split()
    first = next((n for n, word in enumerate(every) if fits(word)), len(every))
    kept = every[first:]
    most = bisect_left(range(1, len(kept) + 1), x=True, key=lambda count: not fits(_omitting(kept[:count])))
    clauses = (count for count in range(most, most // 2, -1) if _CLAUSE_END.search(kept[count - 1]))
    count = next((count for count in clauses if fits(_omitting(kept[:count]))), most)
    return _omitting(kept[:count]) if count else "".join(kept[:1])


def _omitting(kept: Sequence[str]) -> str:
    return " ".join(kept).rstrip(",;:–—") + OMITTED
