"""Measures of a ranking and of a confidence, as the field defines them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import rankdata

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Marks = Sequence[bool] | NDArray[np.bool_]


def average_precision(hits: Marks, relevant: int) -> float:
    """Average the precision at each right entry of a ranking; those that it lacks count as 0."""
    places = np.flatnonzero(hits)
    return float(np.sum((np.arange(len(places)) + 1) / (places + 1)) / relevant)


def reciprocal_rank(hits: Marks) -> float:
    """Give one by the place of the first right entry; 0 without one."""
    places = np.flatnonzero(hits)
    return 1.0 / float(places[0] + 1) if len(places) else 0.0


def gain(hits: Marks, relevant: int, depth: int = 10) -> float:
    """Give the normalised discounted cumulative gain of the first *depth* entries, right ones counting 1."""
    discounts = 1.0 / np.log2(np.arange(2, depth + 2))
    top = np.asarray(hits[:depth], dtype=float)
    return float(top @ discounts[: len(top)] / discounts[: min(relevant, depth)].sum())


def risk_curve(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Give the wrong rate among the k most confident, for each k: shape (queries,).

    Answers that share a confidence share their wrong rate, so that the order of the file makes no difference.
    """
    order = np.argsort(-confidence, kind="stable")
    _, inverse, counts = np.unique(-confidence[order], return_inverse=True, return_counts=True)
    wrong = np.bincount(inverse, weights=~right[order]) / counts
    return np.asarray(np.cumsum(wrong[inverse]) / np.arange(1, len(right) + 1))


def area_under_risk(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Average the wrong rate over all coverages (AURC; Y. Geifman and R. El-Yaniv, 2017); lower is better."""
    return float(risk_curve(confidence, right).mean()) if len(right) else 0.0


def largest_coverage(confidence: NDArray[np.float64], right: NDArray[np.bool_], max_wrong: float) -> float:
    """Give the largest share that some threshold answers with a wrong rate of at most *max_wrong*."""
    if not len(right):
        return 0.0
    ordered = np.sort(confidence)[::-1]
    # A threshold answers all that share a confidence, or none.
    last = np.append(ordered[:-1] > ordered[1:], True)
    allowed = np.flatnonzero(last & (risk_curve(confidence, right) <= max_wrong + 1e-12))
    return float(allowed[-1] + 1) / len(right) if len(allowed) else 0.0


def separation(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> float | None:
    """Give the probability that a right answer is more confident than a wrong one (AUROC); None without both."""
    good = int(right.sum())
    bad = len(right) - good
    if not good or not bad:
        return None
    return float((rankdata(confidence)[right].sum() - good * (good + 1) / 2) / (good * bad))
