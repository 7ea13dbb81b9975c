"""Notices that the world has moved away from the audits behind a certificate. Pure.

Two things are watched. The wrong rate, by what people judge right and wrong; and the confidences, which change before
anybody has judged anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ALARM = 300.0
"""Evidence from which the wrong rate counts as risen. Were it exactly at its limit for ever, a false alarm would come
after 300 judged answers or more on average; at half the limit, after thousands."""

RISES = (2.0, 4.0)
"""The rises, as multiples of the limit, that the evidence looks for. Between and beyond them it finds others too."""

FEWEST = 200
"""Recent answers from which their confidences are compared."""

SIGNIFICANT, LARGE = 0.001, 0.2
"""The confidences have shifted when chance would do it less often than this, and this share has moved down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """The confidences of the answers behind a certificate, by nine cuts into ten equal parts."""

    answers: int
    cuts: tuple[float, ...]  #: Ascending; empty where there were no answers.


def evidence(rights: Iterable[bool], max_wrong: float) -> float:
    """Weigh the verdicts, oldest first, for a wrong rate that has risen above *max_wrong* at some moment.

    This bets against the limit (I. Waudby-Smith and A. Ramdas, Estimating means of bounded random variables by
    betting, JRSS B 86, 2024): at each verdict one new unit is staked, and every stake is multiplied by how much more
    likely the verdict is at the risen rate than at the limit. As long as the limit holds no stake grows on average,
    which by Ville's inequality makes it valid to look after every verdict. The sum of all stakes, an e-detector (J.
    Shin, A. Ramdas and A. Rinaldo, 2024), takes the mean of `ALARM` verdicts or more to reach `ALARM` by chance.
    """
    risen = np.minimum(np.array(RISES) * max_wrong, 1.0)
    if_wrong, if_right = risen / max_wrong, (1 - risen) / (1 - max_wrong)
    stakes = np.zeros(len(RISES))
    for right in rights:
        stakes = (stakes + 1) * (if_right if right else if_wrong)
    return float(stakes.mean())


def has_risen(rights: Iterable[bool], max_wrong: float) -> bool:
    """Say whether the verdicts, oldest first, show that the wrong rate is above *max_wrong* by now."""
    return evidence(rights, max_wrong) >= ALARM


def refer_to(confidences: Sequence[float]) -> Reference:
    """Remember how the confidences of the certified answers are spread."""
    shares = np.arange(0.1, 0.95, 0.1)
    cuts = tuple(np.quantile(confidences, shares).tolist()) if confidences else ()
    return Reference(answers=len(confidences), cuts=cuts)


def has_shifted(reference: Reference, recent: Sequence[float]) -> bool:
    """Say whether the confidences of *recent* answers lie clearly lower than those behind the certificate.

    One-sided two-sample Kolmogorov-Smirnov test at the cuts of the reference (N. Smirnov, 1939). Lower confidences
    above the same threshold mean more wrong answers among those given; higher ones do no harm.
    """
    if not reference.cuts or len(recent) < FEWEST:
        return False
    below = np.searchsorted(np.sort(recent), np.array(reference.cuts), side="left") / len(recent)
    moved = float(np.max(below - np.arange(1, len(reference.cuts) + 1) / (len(reference.cuts) + 1)))
    effective = reference.answers * len(recent) / (reference.answers + len(recent))
    return moved >= LARGE and exp(-2 * moved**2 * effective) < SIGNIFICANT
