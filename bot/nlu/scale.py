"""Turns scores into probabilities that are as sure as they are right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import expit, log_softmax
from sklearn.linear_model import LogisticRegression

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHARPNESS = (0.1, 60.0)
"""Between what a sharpness is looked for."""

CERTAIN = 1e4
"""Weight against overfitting: next to none, since one slope is fitted to thousands of scores."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A logistic curve (J. C. Platt, "Probabilistic outputs for support vector machines", 1999)."""

    slope: float
    offset: float

    def probability(self, scores: NDArray[np.float32]) -> NDArray[np.float64]:
        """Give the probability at each score, in the shape of *scores*."""
        return np.asarray(expit(self.slope * scores + self.offset), dtype=np.float64)

    @classmethod
    def fit(cls, scores: NDArray[np.float32], true: NDArray[np.bool_], *, prior: float | None = None) -> Scale:
        """Fit the curve to scores and what was true of them; both must occur.

        With *prior* it says what would hold if that share were true, whatever share is here.
        """
        share = float(true.mean())
        weights = None if prior is None else np.where(true, prior / share, (1 - prior) / (1 - share))
        model = LogisticRegression(C=CERTAIN).fit(scores.reshape(-1, 1), true, sample_weight=weights)
        return cls(slope=float(model.coef_[0, 0]), offset=float(model.intercept_[0]))


def best_sharpness(scores: NDArray[np.float32], right: NDArray[np.intp]) -> float:
    """Find what to multiply scores with, so that their softmax says the right columns as surely as they are right.

    *scores* has the shape (texts, labels), *right* (texts,). It is temperature scaling (C. Guo, G. Pleiss, Y. Sun and
    K. Q. Weinberger, "On calibration of modern neural networks", 2017).
    """
    rows = np.arange(len(right))

    def surprise(sharpness: float) -> float:
        return -float(log_softmax(sharpness * scores.astype(np.float64), axis=1)[rows, right].mean())

    return float(minimize_scalar(surprise, bounds=SHARPNESS, method="bounded").x)
