"""A small encoder without a model, for tests and dry runs; it keeps the promises of a real one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import hstack
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.preprocessing import normalize

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.vocabulary import Vectors

_LETTERS_SHARE = 0.5
"""How much the letters count beside the words: enough to bring inflected and misspelt words together."""


class HashingEncoder:
    """Encodes by hashed counts of words and letters: texts that share them lie near each other, whatever they mean."""

    def __init__(self, dimension: int = 512) -> None:
        self.name = "hashed words and letters"
        self.revision = f"1 {dimension}"
        self.dimension = dimension
        self._words: Any = HashingVectorizer(n_features=dimension // 2)
        self._letters: Any = HashingVectorizer(
            n_features=dimension - dimension // 2, analyzer="char_wb", ngram_range=(3, 4)
        )

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Give one unit vector a text, in order: shape (texts, dimension), float32."""
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        counts = hstack([self._words.transform(texts), _LETTERS_SHARE * self._letters.transform(texts)]).toarray()
        # A text without a word or letter still needs a direction: one that no other text is sure to share.
        counts[~counts.any(axis=1), 0] = 1.0
        return np.ascontiguousarray(normalize(counts), dtype=np.float32)
