"""The statistical guarantee on wrong answers.

The wrong rate above a threshold is bounded from audited answers by the one-sided Clopper-Pearson limit (C. J. Clopper
and E. S. Pearson, Biometrika 26, 1934). Thresholds are a fixed grid tested from the highest down and the search stops
at the first failure, so that the search itself costs nothing of the certainty (fixed-sequence testing; in this use: A.
Angelopoulos et al., Learn then Test, 2021).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log
from typing import TYPE_CHECKING

from scipy.stats import beta

if TYPE_CHECKING:
    from collections.abc import Sequence

GRID = tuple(round(0.95 - 0.05 * step, 2) for step in range(18))
"""Candidate thresholds, highest first: 0.95 down to 0.10. Coarse on purpose: each step adds enough answers that one
unlucky error near the top does not end the search."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """One answer that somebody judged."""

    confidence: float  #: What the bot had said of it, 0 to 1.
    right: bool


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
    answers: int  #: Audited answers at or above the threshold (or the best attempt).
    wrong: int  #: Wrong ones among them.
    upper_bound: float  #: Of the wrong rate at the threshold, at the target's certainty.
    missing: int = 0  #: Further audited right answers that would be needed at least; 0 when certified.

    @property
    def valid(self) -> bool:
        """Whether it certifies a threshold."""
        return self.threshold is not None


def upper_bound(answers: int, wrong: int, certainty: float) -> float:
    """Bound the wrong rate from *wrong* of *answers* with one-sided *certainty*; 1 where nothing was audited."""
    if wrong >= answers:
        return 1.0
    return float(beta.ppf(certainty, wrong + 1, answers - wrong))


def answers_needed(wrong: int, target: Target) -> int:
    """Say how many audited answers certify the target when *wrong* of them are wrong."""
    count = max(wrong + 1, ceil(log(1 - target.certainty) / log(1 - target.max_wrong)))
    while upper_bound(count, wrong, target.certainty) > target.max_wrong:
        count += 1
    return count


def certify(audits: Sequence[Audit], target: Target) -> Certificate:
    """Find the lowest threshold of the grid that the audits certify.

    Thresholds with fewer answers than an errorless certificate needs cannot pass and are stepped over; that depends on
    the confidences alone, never on what was right.
    """
    fewest = answers_needed(0, target)
    certified: Certificate | None = None
    tried: Certificate | None = None
    for threshold in GRID:
        tried = _at(threshold, audits, target)
        if tried.answers < fewest:
            continue
        if tried.upper_bound > target.max_wrong:
            break
        certified = tried
    if certified is not None:
        return certified
    answers, wrong = (tried.answers, tried.wrong) if tried else (0, 0)
    return Certificate(
        target=target,
        threshold=None,
        answers=answers,
        wrong=wrong,
        upper_bound=upper_bound(answers, wrong, target.certainty),
        missing=max(1, answers_needed(wrong, target) - answers),
    )


def _at(threshold: float, audits: Sequence[Audit], target: Target) -> Certificate:
    counted = [audit for audit in audits if audit.confidence >= threshold]
    wrong = sum(not audit.right for audit in counted)
    return Certificate(
        target=target,
        threshold=threshold,
        answers=len(counted),
        wrong=wrong,
        upper_bound=upper_bound(len(counted), wrong, target.certainty),
    )
