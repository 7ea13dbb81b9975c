"""What a text's spelling shows: its words and n-grams of letters, which carry what the encoder lacks or misreads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np
from scipy.sparse import csr_matrix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

BUCKETS = 2**15
"""Places that n-grams are hashed to; twice as many measured no better."""

LETTERS = (3, 4, 5)
"""Lengths of the n-grams of letters; a space is a letter, so that beginnings and ends of words differ."""

_MULTIPLIER = np.uint32(2_654_435_761)  # Knuth's multiplicative hashing: 2^32 by the golden ratio
_WORD = re.compile(r"\w+")


def spell(plain: Sequence[str]) -> csr_matrix:
    """Count words, pairs of words and n-grams of letters, damped: shape (texts, BUCKETS), rows of length 1 or 0."""
    texts = [text.lower() for text in plain]
    rows, columns = map(np.concatenate, zip(*(_letters(texts), _words(texts)), strict=True))
    cells, counts = np.unique(rows * BUCKETS + columns, return_counts=True)
    starts = np.searchsorted(cells, np.arange(len(texts) + 1) * BUCKETS)
    values = (1 + np.log(counts)).astype(np.float32)
    found = csr_matrix((values, cells % BUCKETS, starts), shape=(len(texts), BUCKETS))
    return weighed(found, np.ones(BUCKETS, dtype=np.float32))


def rarity(spelt: csr_matrix) -> NDArray[np.float32]:
    """Give the weight of each bucket, larger the fewer texts have it (inverse document frequency): shape (BUCKETS,)."""
    having = np.bincount(spelt.indices, minlength=BUCKETS)
    return np.asarray(np.log((1 + spelt.shape[0]) / (1 + having)) + 1, dtype=np.float32)


def weighed(spelt: csr_matrix, weights: NDArray[np.float32]) -> csr_matrix:
    """Multiply each bucket by its weight, and bring each row to length 1; an empty row stays empty."""
    values = spelt.data * weights[spelt.indices]
    squares = np.add.reduceat(np.append(values**2, 0), spelt.indptr[:-1]) * (np.diff(spelt.indptr) > 0)
    lengths = np.sqrt(np.where(squares > 0, squares, 1)).astype(np.float32)
    return csr_matrix((values / np.repeat(lengths, np.diff(spelt.indptr)), spelt.indices, spelt.indptr), spelt.shape)


def _letters(texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Hash all n-grams of all texts at once; give the row and the bucket of each."""
    padded = [f" {text} " for text in texts]
    codes = np.frombuffer("".join(padded).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    row = np.repeat(np.arange(len(texts)), [len(text) for text in padded])
    rows, columns = [], []
    for length in LETTERS:
        if len(codes) < length:
            continue
        whole = row[length - 1 :] == row[: len(row) - length + 1]
        hashed = np.full(len(codes) - length + 1, length, dtype=np.uint32)
        for place in range(length):
            hashed = (hashed ^ codes[place : len(codes) - length + 1 + place]) * _MULTIPLIER
            hashed ^= hashed >> np.uint32(15)
        rows.append(row[: len(row) - length + 1][whole])
        columns.append((hashed[whole] % BUCKETS).astype(np.int64))
    return np.concatenate([*rows, _NONE]), np.concatenate([*columns, _NONE])


def _words(texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Hash all words and pairs of words; give the row and the bucket of each."""
    rows: list[int] = []
    hashes: list[int] = []
    for row, text in enumerate(texts):
        words = [word.encode("utf-8", "surrogatepass") for word in _WORD.findall(text)]
        singles = [crc32(word) for word in words]
        pairs = [crc32(b" " + second, first) for first, second in zip(singles, words[1:], strict=False)]
        rows += [row] * (len(singles) + len(pairs))
        hashes += singles + pairs
    return np.array(rows, dtype=np.int64), np.array(hashes, dtype=np.int64) % BUCKETS


_NONE = np.zeros(0, dtype=np.int64)
