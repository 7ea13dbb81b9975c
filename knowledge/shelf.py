"""All articles of one language with the indexes over their passages: what one search looks through."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from knowledge.letters import LetterIndex
from knowledge.lexical import LexicalIndex, words
from knowledge.vectors import DenseIndex

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from bot.vocabulary import Passage, Vector, Vectors
    from knowledge.article import Article

ARMS_REACH = 8
"""Articles that each arm may nominate."""

FEATURES = ("dense", "dense_mean", "dense_top", "letters", "lexical", "coverage")
"""What is measured of every nominated article: its nearest passage's cosine, the mean of all and of its three nearest
passages, the likeness of its letters, its BM25 score, and the share of the query's words that it has. All about 0 to
1."""

_NEAREST = 48
_TOP = 3
_ABSENT = -2.0  # below every cosine

_BM25_PER_RARITY = 1.2
"""What a query's words give at most in a short passage, per unit of their rarity; puts the lexical part near 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nominees:
    """The articles that either arm nominated for a query, and what was measured of them."""

    articles: NDArray[np.int64]  #: Numbers of the articles on the shelf: shape (nominees,).
    features: NDArray[np.float64]  #: Shape (nominees, len(FEATURES)).
    passages: NDArray[np.int64]  #: The number of each one's nearest passage: shape (nominees,).
    words: int  #: Content words of the query.
    unknown: float  #: Share of the query's content words, by rarity, that no article has; 0 to 1.

    def without(self, article: int) -> Nominees:
        """Give the same nominees as if *article* had not been on the shelf."""
        kept = self.articles != article
        return replace(self, articles=self.articles[kept], features=self.features[kept], passages=self.passages[kept])


@dataclass(frozen=True, slots=True)
class _Query:
    vector: Vector
    rarities: dict[str, float]  # of its content words
    lexical: NDArray[np.float32]  # scores of all passages
    letters: NDArray[np.float32]  # likeness of all articles


class Shelf:
    """Searchable articles of one language. Read-only once built."""

    def __init__(self, articles: Sequence[Article], passages: Sequence[Passage], vectors: Vectors) -> None:
        self.articles = tuple(articles)
        self.passages = tuple(passages)
        self.language = articles[0].language
        self.vectors = np.ascontiguousarray(vectors, dtype=np.float32)
        numbers = {article.id: number for number, article in enumerate(articles)}
        self.owner = np.array([numbers[passage.article_id] for passage in passages])
        self._first = np.searchsorted(self.owner, np.arange(len(articles)))
        self._widths = np.diff(np.append(self._first, len(passages)))
        texts = [passage.text for passage in passages]
        self._dense = DenseIndex(self.vectors)
        self._lexical = LexicalIndex(texts, self.language)
        self._letters = LetterIndex(texts, self.owner)
        self._words = [
            frozenset(word for text in texts[first : first + width] for word in words(text, self.language))
            for first, width in zip(self._first, self._widths, strict=True)
        ]

    def nominate(self, vectors: Vectors, texts: Sequence[str]) -> list[Nominees]:
        """Let both arms nominate articles for each query, given as vector and plain text."""
        if not texts:
            return []
        cosines, near = self._dense.search(vectors, _NEAREST)
        letters = self._letters.likeness(texts)
        return [
            self._of_one(near[row][cosines[row] > 0], self._query(vectors[row], text, letters[row]))
            for row, text in enumerate(texts)
        ]

    def _query(self, vector: Vector, text: str, letters: NDArray[np.float32]) -> _Query:
        said = list(dict.fromkeys(words(text, self.language)))
        return _Query(vector, {word: self._lexical.rarity(word) for word in said}, self._lexical.scores(said), letters)

    def _of_one(self, near: NDArray[np.int64], query: _Query) -> Nominees:
        nominated = np.union1d(self._leading(near), self._leading(self._by_words(query.lexical)))
        total = sum(query.rarities.values()) or 1.0
        known = {word: rarity for word, rarity in query.rarities.items() if self._lexical.knows(word)}
        features, passages = self._measure(nominated, query, known, total)
        return Nominees(
            articles=nominated,
            features=features,
            passages=passages,
            words=len(query.rarities),
            unknown=1.0 - sum(known.values()) / total,
        )

    def _leading(self, ordered: NDArray[np.int64]) -> NDArray[np.int64]:
        owners = dict.fromkeys(self.owner[ordered].tolist())
        return np.array(list(owners)[:ARMS_REACH], dtype=np.int64)

    @staticmethod
    def _by_words(lexical: NDArray[np.float32]) -> NDArray[np.int64]:
        top = np.argpartition(-lexical, min(_NEAREST, len(lexical) - 1))[:_NEAREST]
        ordered: NDArray[np.int64] = top[np.argsort(-lexical[top], kind="stable")]
        return ordered[lexical[ordered] > 0]

    def _measure(
        self, nominated: NDArray[np.int64], query: _Query, known: dict[str, float], total: float
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        if not len(nominated):
            return np.zeros((0, len(FEATURES))), nominated
        widths = self._widths[nominated]
        # All nominees' passages side by side, the shorter ones filled up: one product instead of one for each article.
        rows = self._first[nominated][:, None] + np.arange(widths.max())
        own = np.arange(widths.max()) < widths[:, None]
        rows = np.where(own, rows, 0)
        cosines = np.where(own, self.vectors[rows] @ query.vector, _ABSENT)
        top = np.minimum(widths, _TOP)
        nearest = -np.sort(-cosines, axis=1)[:, :_TOP]
        coverage = [
            sum(rarity for word, rarity in known.items() if word in self._words[article]) / total
            for article in nominated
        ]
        features = np.column_stack(
            [
                nearest[:, 0],
                np.where(own, cosines, 0.0).sum(axis=1) / widths,
                np.where(nearest > _ABSENT, nearest, 0.0).sum(axis=1) / top,
                query.letters[nominated],
                np.where(own, query.lexical[rows], 0.0).max(axis=1) / (total * _BM25_PER_RARITY),
                coverage,
            ]
        )
        return features.astype(np.float64), self._first[nominated] + np.argmax(cosines, axis=1)
