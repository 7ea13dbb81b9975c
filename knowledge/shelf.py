"""All articles of one language as one search sees them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from knowledge.lexical import words
from knowledge.passages import split
from knowledge.segment import Indexing, Measured, Query, Segment, in_memory

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from bot.vocabulary import Vector, Vectors
    from knowledge.article import Article

REACH = 8
"""Articles that each arm may nominate."""

MERGED_AT = 8
"""A shelf is indexed anew when the eighth part of its articles has changed; before, only what changed is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nominees:
    """The articles that any arm nominated for a query, and what was measured of them."""

    articles: NDArray[np.int64]  #: Numbers of the articles on the shelf: shape (nominees,).
    features: NDArray[np.float64]  #: Shape (nominees, len(FEATURES)).
    passages: NDArray[np.int64]  #: The number of each one's nearest passage: shape (nominees,).
    words: int  #: Content words of the query.
    unknown: float  #: Share of the query's content words, by rarity, that no article has; 0 to 1.

    def without(self, *articles: int) -> Nominees:
        """Give the same nominees as if *articles* had not been on the shelf."""
        kept = ~np.isin(self.articles, articles)
        return replace(self, articles=self.articles[kept], features=self.features[kept], passages=self.passages[kept])


class Shelf:
    """Searchable articles of one language: a segment of most of them, and one of what changed since that was made."""

    def __init__(
        self, base: Segment, fresh: Segment | None = None, hidden: frozenset[int] = frozenset(), *, indexing: Indexing
    ) -> None:
        """Take the *hidden* numbers of articles in *base* as gone or replaced."""
        self._base, self._fresh, self._hidden, self._indexing = base, fresh, hidden, indexing
        self._segments = (base, fresh) if fresh else (base,)
        self.articles = tuple(article for segment in self._segments for article in segment.articles)
        self.passages = tuple(passage for segment in self._segments for passage in segment.passages)
        self.language = base.articles[0].language

    @classmethod
    def of(cls, articles: Sequence[Article], vectors: Mapping[str, Vector], indexing: Indexing = in_memory) -> Shelf:
        """Put *articles* on a shelf; *vectors* holds the vector of each of their passages by its text."""
        return cls(_segment(articles, vectors, indexing), indexing=indexing)

    @property
    def vectors(self) -> Vectors:
        """The vector of each passage."""
        return np.concatenate([segment.vectors for segment in self._segments])

    @property
    def owner(self) -> NDArray[np.int64]:
        """The number of the article that each passage belongs to."""
        offsets = (0, len(self._base.articles))
        return np.concatenate([s.owner + offset for s, offset in zip(self._segments, offsets, strict=False)])

    def nominate(self, vectors: Vectors, texts: Sequence[str], reach: int = REACH) -> list[Nominees]:
        """Let each arm nominate up to *reach* articles for each query, given as vector and plain text."""
        if not texts:
            return []
        queries = [self._query(vector, text) for vector, text in zip(vectors, texts, strict=True)]
        found = [segment.nominate(queries, reach) for segment in self._segments]
        return [self._joined(query, *parts) for query, *parts in zip(queries, *found, strict=True)]

    def changed(self, put: Sequence[Article], gone: Collection[str], vectors: Mapping[str, Vector]) -> Shelf | None:
        """Give the shelf with *put* and without the ids in *gone*; None where nothing is left.

        *vectors* holds the vector of each passage of *put* by its text.
        """
        out = {*gone, *(article.id for article in put)}
        hidden = self._hidden | {n for n, article in enumerate(self._base.articles) if article.id in out}
        fresh = [a for a in (self._fresh.articles if self._fresh else ()) if a.id not in out] + list(put)
        known = {**(_vectors_of(self._fresh) if self._fresh else {}), **vectors}
        size = len(self._base.articles)
        if MERGED_AT * max(len(fresh), len(hidden)) <= size:
            beside = _segment(fresh, known, self._indexing, self._base) if fresh else None
            return Shelf(self._base, beside, hidden, indexing=self._indexing)
        kept = [a for n, a in enumerate(self._base.articles) if n not in hidden] + fresh
        return Shelf.of(kept, {**_vectors_of(self._base), **known}, self._indexing) if kept else None

    def without_passages(self, numbers: frozenset[int]) -> Shelf:
        """Give the shelf as if the passages at *numbers* had never been written; each article keeps at least one."""
        kept = [n for n in range(len(self.passages)) if n not in numbers]
        smaller = Segment(self.articles, [self.passages[n] for n in kept], self.vectors[kept])
        return Shelf(smaller, indexing=in_memory)

    def _query(self, vector: Vector, text: str) -> Query:
        rarity = self._segments[-1].rarity
        return Query(vector, text, {word: rarity[word] for word in words(text, self.language)})

    def _joined(self, query: Query, base: Measured, fresh: Measured | None = None) -> Nominees:
        """Put the nominees of both segments together, without those that are hidden."""
        kept = ~np.isin(base.articles, list(self._hidden))
        parts = [Measured(base.articles[kept], base.features[kept], base.passages[kept])]
        if fresh:
            articles, passages = len(self._base.articles), len(self._base.passages)
            parts.append(Measured(fresh.articles + articles, fresh.features, fresh.passages + passages))
        rarity = self._segments[-1].rarity
        known = sum(told for word, told in query.rarities.items() if rarity.knows(word))
        return Nominees(
            articles=np.concatenate([part.articles for part in parts]),
            features=np.concatenate([part.features for part in parts]),
            passages=np.concatenate([part.passages for part in parts]),
            words=len(query.rarities),
            unknown=1.0 - known / query.total,
        )


def _segment(
    articles: Sequence[Article],
    vectors: Mapping[str, Vector],
    indexing: Indexing,
    weighing: Segment | None = None,
) -> Segment:
    passages = split(articles)
    own = np.stack([vectors[passage.text] for passage in passages])
    return Segment(articles, passages, own, indexing=indexing, weighing=weighing)


def _vectors_of(segment: Segment) -> dict[str, Vector]:
    return {passage.text: vector for passage, vector in zip(segment.passages, segment.vectors, strict=True)}
