"""Logistic regression of one outcome, with what was believed before as its starting point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize

if TYPE_CHECKING:
    from numpy.typing import NDArray

RIDGE = 1e-3
"""Weight of the squares of the standardised slopes against the mean loss, where nothing was believed before."""

_CONSTANT = 1e-6  # the spread up to which a feature tells nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Logistic:
    """A fitted logistic regression of one outcome."""

    weights: NDArray[np.float64]
    offset: float

    def probability(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the probability for each row of *features*."""
        return np.asarray(1.0 / (1.0 + np.exp(-(features @ self.weights + self.offset))))


def fit_logistic(
    features: NDArray[np.float64],
    outcome: NDArray[np.bool_],
    weights: NDArray[np.float64],
    *,
    before: Logistic | None = None,
    pull: float = RIDGE,
    lowest: float | None = None,
) -> Logistic:
    """Fit the probability of *outcome* to the rows of *features*, which count by their *weights*.

    The slopes are pulled towards those of *before*, or towards 0, the more the larger *pull*. With *lowest* = 0 no
    feature may count against the outcome: features of one kind go together so closely that a free fit sets one
    against the other, which holds for what it was fitted to and for nothing else.
    """
    middle, spread = features.mean(axis=0), features.std(axis=0)
    # What hardly varies here may vary elsewhere: rounding must not become a weight.
    spread = np.where(spread > _CONSTANT, spread, 1.0)
    scaled, share = (features - middle) / spread, weights / weights.sum()
    believed = before.weights * spread if before else np.zeros(features.shape[1])

    def loss(guess: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        logits = scaled @ guess[:-1] + guess[-1]
        said = 1.0 / (1.0 + np.exp(-logits))
        away = guess[:-1] - believed
        cost = float(share @ (np.logaddexp(0.0, logits) - outcome * logits) + pull * away @ away)
        missed = share * (said - outcome)
        return cost, np.append(scaled.T @ missed + 2 * pull * away, missed.sum())

    bounds = [(lowest, None)] * features.shape[1] + [(None, None)]
    best = minimize(loss, np.append(believed, 0.0), jac=True, bounds=bounds, method="L-BFGS-B").x
    slopes = best[:-1] / spread
    return Logistic(weights=slopes, offset=float(best[-1] - middle @ slopes))
