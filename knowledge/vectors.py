"""The dense arm in memory: nearest passages by the cosine of their vectors, with faiss."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import faiss
import numpy as np

from bot.errors import NotTrained

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bot.vocabulary import Vector, Vectors

EXACT_BELOW = 20_000
"""Passages up to which a query is compared with every vector, in 2 ms; from here on a sketch picks candidates first."""

CANDIDATES = 1_000
"""Passages that the sketch picks for a query; these are compared in full."""

CELLS_SEARCHED = 96
"""Cells next to a query in which the sketch looks; there are half as many as the square root of all passages."""

_SAMPLES_PER_CELL = 32
_ROUNDS = 6
_SEED = 7


class DenseIndex:
    """Nearest passages to a vector, in memory. Read-only once built; searches may run at the same time.

    It shares *vectors* with the caller, unit vectors of shape (passages, dimension), which must not change any more.
    100,000 passages are ready in less than a second, so nothing of it is ever kept in a file.
    """

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = np.ascontiguousarray(vectors, dtype=np.float32)
        self.size, self.dimension = self._vectors.shape
        self._sketch = None if self.size < EXACT_BELOW else _sketch(self._vectors)

    def search(self, queries: Vectors, nearest: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Give for each query the cosines and the numbers of its *nearest* passages, best first.

        Both have the shape (queries, nearest), or fewer columns where there are fewer passages. Raises NotTrained where
        the queries come from another encoder than the passages.
        """
        asked = np.ascontiguousarray(queries, dtype=np.float32)
        if asked.shape[1] != self.dimension:
            raise NotTrained(
                f"The query's vector has {asked.shape[1]} numbers and those of the passages have {self.dimension}: "
                "another encoder made them. Run `heed index`."
            )
        wanted = min(nearest, self.size)
        if self._sketch is not None and wanted <= CANDIDATES:
            _, candidates = self._sketch.search(asked, CANDIDATES)
            if np.all(candidates[:, :wanted] >= 0):  # else the cells next to a query hold fewer than are wanted
                return self._best_of(candidates, asked, wanted)
        return _compare(asked, self._vectors, wanted)

    def cosines(self, query: Vector, numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        """Give the cosine of *query* with each passage in *numbers*, in their shape."""
        cosines: NDArray[np.float32] = self._vectors[numbers] @ query
        return cosines

    def vectors(self, numbers: NDArray[np.int64]) -> Vectors:
        """Give the vectors of the passages in *numbers*, a row each."""
        return self._vectors[numbers]

    def _best_of(
        self, candidates: NDArray[np.int64], queries: Vectors, wanted: int
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        cosines = np.empty((len(queries), wanted), dtype=np.float32)
        numbers = np.empty((len(queries), wanted), dtype=np.int64)
        for row, query in enumerate(queries):
            found = candidates[row][candidates[row] >= 0]
            cosines[row], best = _compare(query[None], self._vectors[found], wanted)
            numbers[row] = found[best]
        return cosines, numbers


def _compare(queries: Vectors, vectors: Vectors, nearest: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    # faiss takes one thread for one query. The matrix product would take all, and wait for each while others are busy.
    cosines, numbers = faiss.knn(queries, vectors, nearest, metric=faiss.METRIC_INNER_PRODUCT)
    return cosines, numbers


def _sketch(vectors: Vectors) -> faiss.Index:
    """Give a faiss index that keeps one bit a dimension (RaBitQ), in cells, and finds candidates in the nearest cells.

    Its cells are learnt from a sample, always the same one.
    """
    cells = max(round(len(vectors) ** 0.5 / 2), 1)
    sketch: Any = faiss.index_factory(vectors.shape[1], f"IVF{cells},RaBitQfs", faiss.METRIC_INNER_PRODUCT)
    sketch.nprobe = min(CELLS_SEARCHED, cells)
    sketch.cp.niter = _ROUNDS
    sketch.cp.min_points_per_centroid = 1
    samples = min(cells * _SAMPLES_PER_CELL, len(vectors))
    chosen = np.random.default_rng(_SEED).choice(len(vectors), samples, replace=False)
    sketch.train(vectors[chosen])
    sketch.add(vectors)
    return sketch  # type: ignore[no-any-return]
