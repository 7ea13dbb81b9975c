"""Questions that were judged before: the nearest of them say more about a new one than any article does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from bot.vocabulary import Vector, Vectors

FAR = 0.65
"""The cosine below which another question is no precedent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Precedents:
    """Judged questions: their vectors, shape (questions, dimension), and which articles were right, if any."""

    vectors: Vectors
    right: tuple[frozenset[str], ...]
    silent: frozenset[int] = frozenset()  #: Numbers of those that do not count for now.

    @classmethod
    def none(cls) -> Precedents:
        """Give no precedent at all."""
        return cls(vectors=np.zeros((0, 0), dtype=np.float32), right=())

    def nearness(self, vector: Vector) -> NDArray[np.float32]:
        """Say how near each is: 0 below `FAR`, 1 for the same question. Shape (questions,)."""
        if not self.right:
            return np.zeros(0, dtype=np.float32)
        near = np.maximum(self.vectors @ vector - FAR, 0.0) / (1.0 - FAR)
        near[list(self.silent)] = 0.0
        return np.asarray(near, dtype=np.float32)

    def speak(self, nearness: NDArray[np.float32], article_id: str) -> tuple[float, float, float]:
        """Say how near a question is that the article answered, one that it did not, and one that nothing did."""
        if not nearness.any():
            return 0.0, 0.0, 0.0
        near = np.flatnonzero(nearness)
        own = np.array([article_id in self.right[n] for n in near])
        nothing = np.array([not self.right[n] for n in near])
        said = nearness[near]
        return float((said * own).max()), float((said * ~own).max()), float((said * nothing).max())


def join(vectors: Sequence[Vector], right: Sequence[frozenset[str]]) -> Precedents:
    """Make precedents of judged questions, given as their vectors and the ids of the articles right for them."""
    if not right:
        return Precedents.none()
    return Precedents(vectors=np.stack(vectors).astype(np.float32), right=tuple(right))
