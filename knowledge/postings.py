"""An inverted index: for each term the rows that have it and how much it counts there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray


class Postings:
    """Adds up the weights of a query's terms in each row. Read-only once built."""

    def __init__(self, terms: NDArray[np.int64], rows: NDArray[np.int64], weights: NDArray[np.float32]) -> None:
        """Take one triple for each term in each row; the three arrays are equally long."""
        order = np.argsort(terms, kind="stable")
        self._rows = rows[order].astype(np.int32)
        self._weights = weights[order].astype(np.float32)
        self._starts = np.searchsorted(terms[order], np.arange(int(terms.max(initial=-1)) + 2))

    def add_up(self, query: Iterable[tuple[int, float]], rows: int) -> NDArray[np.float32]:
        """Give for each of *rows* rows the sum over the query's (term, weight): shape (rows,)."""
        sums = np.zeros(rows, dtype=np.float32)
        for term, weight in query:
            first, last = self._starts[term], self._starts[term + 1]
            # A row stands once at most under a term, so plain indexing adds up all of them.
            sums[self._rows[first:last]] += weight * self._weights[first:last]
        return sums
