"""The dense arm: nearest passages by the cosine of their vectors, with faiss."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import faiss
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bot.vocabulary import Vectors

EXACT_BELOW = 100_000
"""Passages up to which every vector is compared; above, a graph (HNSW) finds nearly the same far faster."""

_NEIGHBOURS = 32
_EFFORT = 128


class DenseIndex:
    """Nearest passages to a vector. Read-only once built; searches may run at the same time."""

    def __init__(self, vectors: Vectors) -> None:
        self.size = len(vectors)
        dimension = vectors.shape[1]
        self._index: Any
        if self.size < EXACT_BELOW:
            self._index = faiss.IndexFlatIP(dimension)
        else:
            self._index = faiss.IndexHNSWFlat(dimension, _NEIGHBOURS, faiss.METRIC_INNER_PRODUCT)
            self._index.hnsw.efSearch = _EFFORT
        self._index.add(np.ascontiguousarray(vectors, dtype=np.float32))

    def search(self, queries: Vectors, nearest: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Give for each query the cosines and the numbers of its *nearest* passages: shape (queries, nearest)."""
        cosines, numbers = self._index.search(np.ascontiguousarray(queries, dtype=np.float32), min(nearest, self.size))
        return cosines, numbers
