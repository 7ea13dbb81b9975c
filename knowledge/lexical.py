"""The lexical arm: BM25 over stemmed words, one index a language."""

from __future__ import annotations

import logging
import re
from functools import lru_cache
from typing import TYPE_CHECKING

import bm25s
import numpy as np
import Stemmer

from knowledge.stopwords import STOPWORDS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

_WORD = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*")
_STEMMERS = {"en": "english", "es": "spanish", "de": "german"}

logging.getLogger("bm25s").setLevel(logging.WARNING)


def words(text: str, language: str) -> list[str]:
    """Give the stemmed content words of *text*; a hyphenated word also counts as its parts."""
    found = [match.lower() for match in _WORD.findall(text)]
    found += [part for word in found if "-" in word for part in word.split("-")]
    stem = _stemmer(language)
    return [stem(word) for word in found if word not in STOPWORDS.get(language, frozenset()) and len(word) > 1]


class LexicalIndex:
    """BM25 scores of every passage for a query. Read-only once built; searches may run at the same time."""

    def __init__(self, texts: Sequence[str], language: str) -> None:
        self.language = language
        tokens = [words(text, language) for text in texts]
        self._vocabulary = {word: number for number, word in enumerate(sorted({w for row in tokens for w in row}))}
        self._index = bm25s.BM25(method="lucene")
        ids = [[self._vocabulary[word] for word in row] for row in tokens]
        self._index.index((ids, self._vocabulary), show_progress=False)
        self._size = len(texts)
        self._rarity = _rarities(ids, len(self._vocabulary), len(texts))

    def scores(self, query: Sequence[str]) -> NDArray[np.float32]:
        """Give the score of each passage for the *words* of a query: shape (passages,)."""
        known = [self._vocabulary[word] for word in dict.fromkeys(query) if word in self._vocabulary]
        if not known:
            return np.zeros(self._size, dtype=np.float32)
        return np.asarray(self._index.get_scores_from_ids(known), dtype=np.float32)

    def knows(self, word: str) -> bool:
        """Say whether any passage has *word*."""
        return word in self._vocabulary

    def rarity(self, word: str) -> float:
        """Say how much a word tells: its inverse document frequency, the highest for a word that no passage has."""
        number = self._vocabulary.get(word)
        return float(self._rarity[number] if number is not None else np.log1p(self._size))


def _rarities(rows: Sequence[Sequence[int]], vocabulary: int, passages: int) -> NDArray[np.float64]:
    counts = np.zeros(vocabulary)
    for row in rows:
        counts[list(set(row))] += 1
    return np.asarray(np.log1p((passages - counts + 0.5) / (counts + 0.5)))


@lru_cache(maxsize=16)
def _stemmer(language: str) -> Callable[[str], str]:
    name = _STEMMERS.get(language)
    return Stemmer.Stemmer(name).stemWord if name else str
