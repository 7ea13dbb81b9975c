"""Which passage has which text, by the hash under which the vector of a text is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from storage.vectors import text_hash

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Hashes = NDArray[np.void]
    """Hashes of texts as rows of 32 bytes."""


class Numbering:
    """The numbers of passages, the places of their *texts*, by hash; 48 bytes for each."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.hashes = as_rows([text_hash(text) for text in texts])
        keys = _keys(self.hashes)
        self._order = np.argsort(keys, kind="stable")
        self._keys = keys[self._order]

    def find(self, hashes: Hashes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Give the numbers of the passages that have any of *hashes*, after the row of *hashes* that each one has.

        A hash may belong to several passages or to none.
        """
        keys = _keys(hashes)
        firsts, ends = np.searchsorted(self._keys, keys), np.searchsorted(self._keys, keys, side="right")
        counts = ends - firsts
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        return np.repeat(np.arange(len(keys)), counts), self._order[np.repeat(firsts, counts) + within]


def as_rows(hashes: Sequence[bytes]) -> Hashes:
    """Give *hashes* side by side, without an object for each."""
    return np.frombuffer(b"".join(hashes), "V32")


def _keys(hashes: Hashes) -> NDArray[np.uint64]:
    # The first 8 of 32 bytes are enough: the odds that any two of a million texts share them are 1 in 37 million.
    return np.ascontiguousarray(hashes).view(">u8").reshape(-1, 4)[:, 0].astype(np.uint64)
