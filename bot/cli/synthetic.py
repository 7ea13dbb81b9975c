"""Vectors made around real ones, as many as wanted and the same each time, for measuring how search grows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sklearn.preprocessing import normalize

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from bot.vocabulary import Vectors

CHUNK = 10_000

SIMILARITY = (0.6, 0.9)
"""Cosines of a made vector with the real one it lies around: from another article on the same matter to a rewording."""

ASKED_SIMILARITY = 0.95
"""Cosine of a query with the real way to ask that it stands for."""

_SEED = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Synthetic:
    """Passages and queries made around real vectors; what the queries are made from is not among the former."""

    size: int  #: Passages.
    centres: Vectors  #: Real passages that the made ones lie around.
    queries: Vectors

    @classmethod
    def of(cls, size: int, real: Vectors, ways_to_ask: NDArray[np.int64], queries: int) -> Synthetic:
        """Hold out *queries* of the *ways_to_ask*, rows of *real*, and let *size* passages lie around the others."""
        rng = np.random.default_rng(_SEED)
        held = rng.choice(ways_to_ask, min(queries, len(ways_to_ask)), replace=False)
        asked = _around(real[held], np.full((len(held), 1), ASKED_SIMILARITY), rng)
        return cls(size=size, centres=np.delete(real, held, axis=0), queries=asked)

    def chunks(self) -> Iterator[tuple[int, Vectors]]:
        """Give the passages in chunks, each with the number of its first."""
        rng = np.random.default_rng(_SEED + 1)
        for first in range(0, self.size, CHUNK):
            count = min(CHUNK, self.size - first)
            chosen = self.centres[rng.integers(len(self.centres), size=count)]
            yield first, _around(chosen, rng.uniform(*SIMILARITY, size=(count, 1)), rng)


def _around(centres: Vectors, cosines: NDArray[np.float64], rng: np.random.Generator) -> Vectors:
    """Give for each centre a unit vector in any direction that has that cosine with it."""
    away = rng.standard_normal(centres.shape)
    away -= (away * centres).sum(axis=1, keepdims=True) * centres
    made = cosines * centres + np.sqrt(1 - cosines**2) * normalize(away)
    return np.asarray(normalize(made), dtype=np.float32)
