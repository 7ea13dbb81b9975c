"""The lexical arm: BM25 over stemmed words (S. Robertson and H. Zaragoza, The Probabilistic Relevance Framework, 2009).

Our own rather than a library's, because several indexes of one shelf have to share what a word's rarity is, and
because a score is taken apart into what the query could have got and what it got.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import Stemmer

from knowledge.postings import Postings
from knowledge.stopwords import STOPWORDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

SATURATION, SHORTNESS = 1.2, 0.75
"""BM25's k1 and b: how soon a repeated word counts no more, and how much a long text is held back."""

_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_STEMMERS = {"en": "english", "es": "spanish", "de": "german"}


def words(text: str, language: str) -> list[str]:
    """Give the stemmed content words of *text*; a hyphenated word also counts as its parts."""
    found = [match.lower().replace("’", "'") for match in _WORD.findall(text)]
    found += [part for word in found if "-" in word for part in word.split("-")]
    stem = _stemmer(language)
    return [stem(word) for word in found if word not in STOPWORDS.get(language, frozenset()) and len(word) > 1]


class Rarity:
    """How much each word tells: its inverse document frequency in the texts it was counted in."""

    def __init__(self, counts: Counter[str], texts: int) -> None:
        self._counts = counts
        self._texts = texts

    @classmethod
    def of(cls, texts: Iterable[Iterable[str]]) -> Rarity:
        """Count in how many of *texts*, given as words, each word stands."""
        counts: Counter[str] = Counter()
        number = 0
        for text in texts:
            counts.update(set(text))
            number += 1
        return cls(counts, number)

    def plus(self, other: Rarity) -> Rarity:
        """Give the rarity in the texts of both."""
        return Rarity(self._counts + other._counts, self._texts + other._texts)

    def knows(self, word: str) -> bool:
        """Say whether any text has *word*."""
        return word in self._counts

    def __getitem__(self, word: str) -> float:
        """Give how much *word* tells; the most for a word that no text has."""
        count = self._counts.get(word, 0)
        return float(np.log1p((self._texts - count + 0.5) / (count + 0.5)))


class LexicalIndex:
    """BM25 scores of every row for a query. Read-only once built; searches may run at the same time."""

    def __init__(self, rows: Sequence[Sequence[str]]) -> None:
        """Take each row as its words."""
        self._rows = len(rows)
        lengths = np.array([max(len(row), 1) for row in rows], dtype=np.float64)
        held = SATURATION * (1 - SHORTNESS + SHORTNESS * lengths / lengths.mean())
        self._numbers: dict[str, int] = {}
        terms, owners, weights = [], [], []
        for number, row in enumerate(rows):
            for word, times in Counter(row).items():
                terms.append(self._numbers.setdefault(word, len(self._numbers)))
                owners.append(number)
                weights.append(times / (times + held[number]))
        self._postings = Postings(
            np.array(terms, dtype=np.int64), np.array(owners, dtype=np.int64), np.array(weights, dtype=np.float32)
        )

    def scores(self, query: Mapping[str, float]) -> NDArray[np.float32]:
        """Give the score of each row for the words of a query, given with their rarity: shape (rows,)."""
        known = ((self._numbers[word], rarity) for word, rarity in query.items() if word in self._numbers)
        return self._postings.add_up(known, self._rows)


@lru_cache(maxsize=16)
def _stemmer(language: str) -> Callable[[str], str]:
    name = _STEMMERS.get(language)
    return Stemmer.Stemmer(name).stemWord if name else str
