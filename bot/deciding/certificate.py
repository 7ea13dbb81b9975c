"""The statistical guarantee on wrong answers, as pure functions.

The wrong rate above a threshold is bounded from audited answers by the one-sided Clopper-Pearson limit (C. J. Clopper
and E. S. Pearson, Biometrika 26, 1934). Thresholds are tested from the highest down and the search stops at the first
failure, so that the search itself costs nothing of the certainty (fixed-sequence testing: W. Maurer, L. A. Hothorn and
W. Lehmacher, 1995; in this use: A. Angelopoulos et al., Learn then Test, 2021).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from math import ceil, log, sqrt
from typing import TYPE_CHECKING, TypeAlias

from scipy.special import betaincinv

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

START, STEP = 2 / 3, 1.07
"""Where the counts begin, and their growth. To begin later or to step wider is to be stopped less often by one unlucky
answer; to begin earlier or to step closer is to find more. Both were chosen by simulation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """One answer that somebody judged."""

    confidence: float  #: What the bot had said of it, 0 to 1.
    right: bool
    topic: str = ""  #: Of the article that the bot would have answered with.


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What ops ask for: "at most 5% wrong, 95% sure"."""

    max_wrong: float  #: 0 to 1.
    certainty: float  #: 0 to 1.


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A threshold above which the wrong rate is bounded, or how much is missing for one."""

    target: Target
    threshold: float | None  #: None: not certifiable yet.
    answers: int  #: Audited answers at or above the threshold; without one, of the attempt that came nearest.
    wrong: int  #: Wrong ones among them.
    upper_bound: float  #: Of the wrong rate of these answers, at the target's certainty.
    missing: int = 0  #: Further audited right answers that would be needed at least; 0 when certified.

    @property
    def valid(self) -> bool:
        """Whether it certifies a threshold."""
        return self.threshold is not None


Grid: TypeAlias = Callable[[int, Target], Iterable[int]]
"""Gives the counts of most confident answers to test, smallest first, from the number of all answers.

It sees neither what was right nor how confident the answers are: that keeps the sequence fixed."""


def upper_bound(answers: int, wrong: int, certainty: float) -> float:
    """Bound the wrong rate from *wrong* of *answers* with one-sided *certainty*; 1 where nothing was audited."""
    if wrong >= answers:
        return 1.0
    return float(betaincinv(wrong + 1, answers - wrong, certainty))


def lower_bound(answers: int, wrong: int, certainty: float) -> float:
    """Say how high the wrong rate is at least, with one-sided *certainty*; 0 where nothing wrong was audited."""
    if wrong == 0:
        return 0.0
    return float(betaincinv(wrong, answers - wrong + 1, 1 - certainty))


@lru_cache(maxsize=4096)
def answers_needed(wrong: int, target: Target) -> int:
    """Say how many audited answers certify the target when *wrong* of them are wrong."""
    low, high = wrong, max(wrong + 1, ceil(log(1 - target.certainty) / log(1 - target.max_wrong)))
    while upper_bound(high, wrong, target.certainty) > target.max_wrong:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        passes = upper_bound(middle, wrong, target.certainty) <= target.max_wrong
        low, high = (low, middle) if passes else (middle, high)
    return high


def efficient_counts(answers: int, target: Target) -> Iterator[int]:
    """Give the counts to test among *answers*: each that lets one more wrong answer pass, and steps between them.

    With many answers the first is not the smallest that could pass, where one wrong answer ends it all, but nearer to
    the geometric mean of that and all: early enough for a bot that is rarely sure, late enough to survive bad luck.
    """
    wrong, count = 0, answers_needed(0, target)
    start = sqrt(START * answers * count)
    while (more := answers_needed(wrong + 1, target)) <= start:
        wrong, count = wrong + 1, more
    while count < answers:
        yield count
        onward, more = ceil(count * STEP), answers_needed(wrong + 1, target)
        wrong, count = (wrong + 1, more) if more <= onward else (wrong, onward)
    if answers_needed(0, target) <= answers:
        yield answers


def certify(
    audits: Sequence[Audit], target: Target, *, lowest: float = 0.0, grid: Grid = efficient_counts
) -> Certificate:
    """Find the lowest threshold that the audits certify, or say how many are missing.

    Only answers with a confidence of at least *lowest* count, and no threshold below it is certified.

    The counts of the grid stand for thresholds: the confidence of the last answer counted. To certify too low a
    threshold, the search must pass the first count that reaches below the confidence t* at which the true wrong rate
    meets the target. The counted answers above t* are wrong with just the target's probability and, as long as less
    confidence never means fewer wrong answers, those below it with at least that. So the test is passed with a
    probability of 1 - certainty at most.
    """
    tally = _Tally([audit for audit in audits if audit.confidence >= lowest])
    certified: Certificate | None = None
    for count in grid(tally.answers, target):
        tried = tally.at(count, target)
        if tried.upper_bound > target.max_wrong:
            break
        certified = tried
    return certified or tally.short_of(target, grid)


class _Tally:
    """Audited answers, most confident first, with the wrong ones added up."""

    def __init__(self, audits: Sequence[Audit]) -> None:
        ranked = sorted(audits, key=lambda audit: -audit.confidence)
        self.answers = len(ranked)
        self._confidences = [audit.confidence for audit in ranked]
        self._wrong = list(accumulate((not audit.right for audit in ranked), initial=0))

    def at(self, count: int, target: Target) -> Certificate:
        """Judge the threshold that the first *count* answers stand for; equally confident ones are counted too."""
        answers, wrong = self._counted(count)
        return Certificate(
            target=target,
            threshold=self._confidences[answers - 1],
            answers=answers,
            wrong=wrong,
            upper_bound=upper_bound(answers, wrong, target.certainty),
        )

    def short_of(self, target: Target, grid: Grid) -> Certificate:
        """Say where the search failed, or that there is too little to begin it, and what is missing to pass there."""
        answers, wrong = self._counted(next(iter(grid(self.answers, target)), self.answers))
        return Certificate(
            target=target,
            threshold=None,
            answers=answers,
            wrong=wrong,
            upper_bound=upper_bound(answers, wrong, target.certainty),
            missing=self._missing(target, grid),
        )

    def _missing(self, target: Target, grid: Grid) -> int:
        """Give the least number of right and most confident answers with which the first test would be passed."""
        few, enough = 0, 1
        while not self._passes_with(enough, target, grid):
            few, enough = enough, 2 * enough
        while enough - few > 1:
            middle = (few + enough) // 2
            few, enough = (few, middle) if self._passes_with(middle, target, grid) else (middle, enough)
        return enough

    def _passes_with(self, more: int, target: Target, grid: Grid) -> bool:
        first = next(iter(grid(self.answers + more, target)), 0)
        answers, wrong = self._counted(max(first - more, 0))
        return first > 0 and upper_bound(answers + more, wrong, target.certainty) <= target.max_wrong

    def _counted(self, count: int) -> tuple[int, int]:
        """Give how many answers stand with the first *count*, and how many of them are wrong."""
        while 0 < count < self.answers and self._confidences[count] == self._confidences[count - 1]:
            count += 1
        return count, self._wrong[count]
