"""A classifier over the articles, taught by their own questions and ways to ask.

Kernel ridge regression on one-hot targets (C. Saunders, A. Gammerman and V. Vovk, Ridge Regression Learning Algorithm
in Dual Variables, 1998): one linear solve, so that a changed knowledge base gets a new one in a fraction of a second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import cho_factor, cho_solve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bot.vocabulary import Vectors

LARGEST = 4_000
"""Texts that one may be taught by: the solve takes their third power in time."""

_SHARPNESS = 3.0
_RIDGE = 0.3


class ArticleClassifier:
    """Says how much a text belongs to each article, from those that are known to. Read-only once taught."""

    def __init__(self, vectors: Vectors, letters: NDArray[np.float32], owner: NDArray[np.int64], articles: int) -> None:
        """Learn from texts: their vectors, the likeness of their letters among themselves, and whose they are."""
        self._vectors = vectors
        kernel = _nearness(vectors @ vectors.T) + letters
        kernel[np.diag_indices_from(kernel)] += _RIDGE
        self._weights = cho_solve(cho_factor(kernel, lower=True), np.eye(articles, dtype=np.float32)[owner])

    def belonging(self, queries: Vectors, letters: NDArray[np.float32]) -> NDArray[np.float32]:
        """Give about 1 for the article that a query belongs to and about 0 for others: shape (queries, articles).

        *letters* is the likeness of each query's letters to those of each text that taught: shape (queries, texts).
        """
        return np.asarray((_nearness(queries @ self._vectors.T) + letters) @ self._weights, dtype=np.float32)


def _nearness(cosines: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(np.exp(_SHARPNESS * (cosines - 1.0)), dtype=np.float32)
