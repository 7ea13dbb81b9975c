"""All articles of one language with both indexes over their passages: what one search looks through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from knowledge.lexical import LexicalIndex, words
from knowledge.vectors import DenseIndex

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from bot.vocabulary import Passage, Vector, Vectors
    from knowledge.article import Article

ARMS_REACH = 8
"""Articles that each arm may nominate."""

_NEAREST = 48

FEATURES = ("dense", "dense_mean", "lexical", "coverage")
"""What is measured of every nominated article, in this order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nominees:
    """The articles that either arm nominated for a query, and what was measured of them."""

    articles: NDArray[np.int64]  #: Numbers of the articles on the shelf: shape (nominees,).
    features: NDArray[np.float64]  #: Shape (nominees, len(FEATURES)), each about 0 to 1.
    passages: NDArray[np.int64]  #: The number of each one's nearest passage: shape (nominees,).
    words: int  #: Content words of the query.
    unknown: float  #: Share of the query's content words, by rarity, that no article has; 0 to 1.


class Shelf:
    """Searchable articles of one language. Read-only once built."""

    def __init__(self, articles: Sequence[Article], passages: Sequence[Passage], vectors: Vectors) -> None:
        self.articles = tuple(articles)
        self.passages = tuple(passages)
        self.language = articles[0].language
        numbers = {article.id: number for number, article in enumerate(articles)}
        self.owner = np.array([numbers[passage.article_id] for passage in passages])
        self._first = np.searchsorted(self.owner, np.arange(len(articles)))
        self._last = np.append(self._first[1:], len(passages))
        self._vectors = np.ascontiguousarray(vectors, dtype=np.float32)
        self._dense = DenseIndex(self._vectors)
        self._lexical = LexicalIndex([passage.text for passage in passages], self.language)
        self._passage_words = [frozenset(words(passage.text, self.language)) for passage in passages]
        self._words = [frozenset().union(*self._passage_words[a:b]) for a, b in zip(self._first, self._last, strict=True)]

    def nominate(self, vector: Vector, text: str, hidden: Collection[int] = ()) -> Nominees:
        """Let both arms nominate articles for a query, as if the passages numbered *hidden* did not exist."""
        query = words(text, self.language)
        lexical = self._lexical.scores(query)
        cosines, near = self._dense.search(vector[None, :], _NEAREST + len(hidden))
        lexical[list(hidden)] = 0.0
        nominated = self._nominated(near[0], cosines[0], lexical, hidden)
        return self._measure(nominated, vector, query, lexical, hidden)

    def _nominated(
        self,
        near: NDArray[np.int64],
        cosines: NDArray[np.float32],
        lexical: NDArray[np.float32],
        hidden: Collection[int],
    ) -> NDArray[np.int64]:
        by_dense = near[~np.isin(near, list(hidden)) & (cosines > 0)] if hidden else near[cosines > 0]
        top = np.argpartition(-lexical, min(_NEAREST, len(lexical) - 1))[:_NEAREST]
        by_lexical = top[np.argsort(-lexical[top], kind="stable")]
        by_lexical = by_lexical[lexical[by_lexical] > 0]
        chosen: dict[int, None] = {}
        for arm in (by_dense, by_lexical):
            for article in list(dict.fromkeys(self.owner[arm].tolist()))[:ARMS_REACH]:
                chosen[article] = None
        return np.array(list(chosen), dtype=np.int64)

    def _measure(
        self,
        nominated: NDArray[np.int64],
        vector: Vector,
        query: Sequence[str],
        lexical: NDArray[np.float32],
        hidden: Collection[int],
    ) -> Nominees:
        rarities = {word: self._lexical.rarity(word) for word in dict.fromkeys(query)}
        total = sum(rarities.values()) or 1.0
        known = [word for word in rarities if self._lexical.knows(word)]
        unknown = 1.0 - sum(rarities[word] for word in known) / total
        if not len(nominated):
            none = np.zeros(0, dtype=np.int64)
            return Nominees(articles=none, features=np.zeros((0, 4)), passages=none, words=len(query), unknown=unknown)
        rows = np.concatenate([np.arange(self._first[n], self._last[n]) for n in nominated])
        starts = np.concatenate([[0], np.cumsum(self._last[nominated] - self._first[nominated])[:-1]])
        cosines = self._vectors[rows] @ vector
        if hidden:
            cosines[np.isin(rows, list(hidden))] = 0.0
        best = np.maximum.reduceat(cosines, starts)
        widths = np.diff(np.append(starts, len(rows)))
        coverage = [
            sum(rarities[word] for word in known if word in self._words_of(int(n), hidden)) / total for n in nominated
        ]
        features = np.column_stack([
            best,
            np.add.reduceat(cosines, starts) / widths,
            np.maximum.reduceat(lexical[rows], starts) / (total * _BM25_PER_RARITY),
            coverage,
        ])
        nearest = [rows[start : start + width][np.argmax(cosines[start : start + width])] for start, width in zip(starts, widths, strict=True)]
        return Nominees(
            articles=nominated,
            features=features.astype(np.float64),
            passages=np.array(nearest),
            words=len(query),
            unknown=unknown,
        )

    def _words_of(self, article: int, hidden: Collection[int]) -> frozenset[str]:
        first, last = int(self._first[article]), int(self._last[article])
        if not any(first <= number < last for number in hidden):
            return self._words[article]
        return frozenset().union(*(self._passage_words[n] for n in range(first, last) if n not in hidden))


_BM25_PER_RARITY = 1.2
"""What a query's words give at most in a short passage, per unit of their rarity; puts the lexical part near 0 to 1."""
