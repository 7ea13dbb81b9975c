"""Likeness by letters: n-grams of characters, which carry inflected, compound and misspelt words."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class LetterIndex:
    """How like a query's letters are to those of each article, all its passages together. Read-only once built."""

    def __init__(self, texts: Sequence[str], owner: NDArray[np.int64]) -> None:
        self._vectorizer: Any = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, dtype=np.float32
        )
        passages = self._vectorizer.fit_transform(texts)
        starts = np.append(np.searchsorted(owner, np.arange(owner[-1] + 1)), len(owner))
        means = [passages[first:last].mean(axis=0) for first, last in pairwise(starts)]
        self._articles = normalize(np.vstack([np.asarray(mean, dtype=np.float32) for mean in means]))

    def likeness(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Give the cosine of each text to each article: shape (texts, articles)."""
        return np.asarray(self._vectorizer.transform(texts) @ self._articles.T, dtype=np.float32)
