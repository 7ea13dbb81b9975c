"""Likeness by letters: n-grams of characters, which carry inflected, compound and misspelt words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class LetterIndex:
    """How like a query's letters are to those of each text. Read-only once built."""

    def __init__(self, texts: Sequence[str], weighing: LetterIndex | None = None) -> None:
        """Index *texts*; *weighing*, if given, is an index whose weights of the n-grams are taken over."""
        self.vectorizer: Any = weighing.vectorizer if weighing else _vectorizer()
        found = self.vectorizer.transform(texts) if weighing else self.vectorizer.fit_transform(texts)
        self._rows_of: Any = found.T.tocsr()

    def likeness(self, queries: Sequence[str]) -> NDArray[np.float32]:
        """Give the cosine of each query's letters to those of each text: shape (queries, texts)."""
        return np.asarray((self.vectorizer.transform(queries) @ self._rows_of).toarray(), dtype=np.float32)

    def among_themselves(self) -> NDArray[np.float32]:
        """Give the cosine of each text's letters to those of each: shape (texts, texts)."""
        return np.asarray((self._rows_of.T @ self._rows_of).toarray(), dtype=np.float32)


def _vectorizer() -> TfidfVectorizer:
    return TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, dtype=np.float32)
