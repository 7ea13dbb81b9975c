"""Says whether two answers to the same question disagree, and where, without a language model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from knowledge.claims import Claim

ALIKE = 0.35
"""Share of their words from which two clauses are taken to speak of the same thing, to compare what they name."""

NEARLY_EQUAL = 0.55
"""The same, to compare whether they say yes or no."""

SHARED = 2
"""Words that such clauses have in common at least; one of them is of the question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """Two clauses that cannot both be right."""

    kind: str  #: "denial", "key", "path", or what their amounts measure, such as "time" or "months".
    ours: str
    theirs: str


def disagreement(ours: Sequence[Claim], theirs: Sequence[Claim], topic: frozenset[str]) -> Disagreement | None:
    """Give the clearest disagreement between the claims of two articles that answer a question about *topic*, if any.

    A clause is held against the one that is most like it: an answer that also names the exceptions disagrees with
    nobody who tells of one.
    """
    mine, others = ([claim for claim in said if claim.words & topic] for said in (ours, theirs))
    if not mine or not others:
        return None
    likeness = np.array([[_likeness(one, other, topic) for other in others] for one in mine])
    found = (
        (float(likeness[n, m]), Disagreement(kind=kind, ours=mine[n].text, theirs=others[m].text))
        for n, m in _partners(likeness)
        for kind in _kinds(mine[n], others[m], float(likeness[n, m]))
    )
    return max(found, key=lambda one: one[0], default=(0.0, None))[1]


def _likeness(one: Claim, other: Claim, topic: frozenset[str]) -> float:
    shared = one.words & other.words
    if len(shared) < SHARED or not shared & topic:
        return 0.0
    return len(shared) / len(one.words | other.words)


def _partners(likeness: NDArray[np.float64]) -> Iterator[tuple[int, int]]:
    """Give the pairs of which each is most like the other."""
    best = (likeness == likeness.max(axis=0)) & (likeness == likeness.max(axis=1, keepdims=True)) & (likeness >= ALIKE)
    for n, m in np.argwhere(best):
        yield int(n), int(m)


def _kinds(one: Claim, other: Claim, likeness: float) -> Iterator[str]:
    if likeness >= NEARLY_EQUAL and one.denies != other.denies:
        yield "denial"
    for kind in one.facts.keys() & other.facts.keys():
        if not one.facts[kind] & other.facts[kind]:
            yield kind
    forks = [_forks(a, b) for a in one.paths for b in other.paths]
    if forks and all(forks):
        yield "path"


def _forks(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two menu paths of one program lead apart; another program may well be another way to the same end."""
    both = min(len(one), len(other))
    return one[0] == other[0] and one[:both] != other[:both]
