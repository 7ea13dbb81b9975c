"""Some articles of one language with the indexes over their passages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, pairwise
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from bot.vocabulary import Part
from knowledge.classifying import LARGEST, ArticleClassifier
from knowledge.letters import LetterIndex
from knowledge.lexical import LexicalIndex, Rarity, words
from knowledge.trust import quality
from knowledge.vectors import DenseIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from bot.ports import Nearest
    from bot.vocabulary import Passage, Vector, Vectors
    from knowledge.article import Article

FEATURES = ("dense", "question", "gist", "top", "lexical", "wording", "letters", "coverage", "belonging", "quality")
"""What is measured of every nominated article, all about 0 to 1.

dense, question, gist, top: the cosine of its nearest passage; of its nearest question or way to ask; of its questions
and its answers, averaged; of its three nearest ways to ask. lexical, wording: the BM25 score of the whole article and
of its best way to ask, as a share of what the query could get. letters: the likeness of its three likest ways to ask by
letters. coverage: the share that it has of the query's words, rare ones counting more. belonging: how much a classifier
over the articles says it is the one. quality: how far it is to be trusted.
"""

_TOP = 3
_ABSENT = -2.0  # below every cosine
_WORDED = (Part.QUESTION, Part.ASK)
_PASSAGES_PER_ARTICLE = 6  # that are looked at for every article wanted, since the best ones may share an article

Indexing: TypeAlias = "Callable[[Sequence[str], Vectors], Nearest]"
"""Makes the dense index of passages that are given by their texts and vectors."""


def in_memory(_: Sequence[str], vectors: Vectors) -> Nearest:
    """Index passages in this process's memory."""
    return DenseIndex(vectors)


@dataclass(frozen=True, slots=True)
class Query:
    """A query as a segment reads it."""

    vector: Vector
    text: str
    rarities: dict[str, float]  #: Of its content words.

    @property
    def total(self) -> float:
        """What its words could give at most."""
        return sum(self.rarities.values()) or 1.0


@dataclass(frozen=True, slots=True)
class Measured:
    """Nominated articles, by their numbers in the segment, and what was measured of them."""

    articles: NDArray[np.int64]  #: Shape (nominees,).
    features: NDArray[np.float64]  #: Shape (nominees, len(FEATURES)).
    passages: NDArray[np.int64]  #: The number of each one's nearest passage: shape (nominees,).


class Segment:
    """Searchable articles. Read-only once built."""

    def __init__(
        self,
        articles: Sequence[Article],
        passages: Sequence[Passage],
        vectors: Vectors,
        *,
        indexing: Indexing = in_memory,
        weighing: Segment | None = None,
    ) -> None:
        """Index *articles* with their *passages*, those of one article side by side, and a vector for each passage.

        *weighing*, if given, is a larger segment beside which this one stands: how much words and letters tell is
        taken from there.
        """
        self.articles = tuple(articles)
        self.passages = tuple(passages)
        self.dense = indexing([passage.text for passage in passages], vectors)
        language = articles[0].language
        numbers = {article.id: number for number, article in enumerate(articles)}
        self.owner = np.array([numbers[passage.article_id] for passage in passages])
        self._bounds = np.searchsorted(self.owner, np.arange(len(articles) + 1))
        self._is_asked = np.array([passage.part in _WORDED for passage in passages])
        self._lengths = np.array([self._gist_length(vectors, own) for own in self._spans()], dtype=np.float32)

        said = [words(passage.text, language) for passage in passages]
        whole = [list(chain.from_iterable(said[own])) for own in self._spans()]
        own_rarity = Rarity.of(whole)
        self.rarity: Rarity = weighing.rarity.plus(own_rarity) if weighing else own_rarity
        today = datetime.now(UTC).date()
        self._quality = np.array([quality(article, today) for article in articles])
        self._words = [frozenset(text) for text in whole]
        self._lexical = LexicalIndex(whole)

        ways = [self._ways_to_ask(own) for own in self._spans()]
        asks = list(chain.from_iterable(ways))
        self._asker = np.repeat(np.arange(len(articles)), [len(texts) for texts in ways])
        self._ways = np.searchsorted(self._asker, np.arange(len(articles) + 1))
        self._wording = LexicalIndex([words(text, language) for text in asks])
        self.letters: LetterIndex = LetterIndex(asks, weighing.letters if weighing else None)
        # One way to ask an article teaches nothing that its nearness does not say.
        teaches = 2 * len(articles) <= len(asks) <= LARGEST and len(asks) == self._is_asked.sum()
        self._classifier = self._taught(vectors[self._is_asked]) if teaches else None

    @property
    def vectors(self) -> Vectors:
        """The vector of each passage; kept where the dense index keeps it."""
        return self.dense.vectors(np.arange(len(self.passages)))

    def nominate(self, queries: Sequence[Query], reach: int) -> list[Measured]:
        """Let each arm nominate up to *reach* articles for each query, and measure them."""
        vectors = np.stack([query.vector for query in queries])
        _, near = self.dense.search(vectors, _PASSAGES_PER_ARTICLE * reach)
        letters = self.letters.likeness([query.text for query in queries])
        classified = self._classifier.belonging(vectors, letters) if self._classifier else [None] * len(queries)
        arms = zip(queries, near, letters, classified, strict=True)
        return [self._of_one(*found, reach=reach) for found in arms]

    def _of_one(
        self,
        query: Query,
        near: NDArray[np.int64],
        letters: NDArray[np.float32],
        belonging: NDArray[np.float32] | None,
        *,
        reach: int,
    ) -> Measured:
        lexical = self._lexical.scores(query.rarities) / query.total
        wording = self._wording.scores(query.rarities) / query.total
        nominated = self._nominated(near, (lexical, belonging), (wording, letters), reach)
        if not len(nominated):
            return Measured(nominated, np.zeros((0, len(FEATURES))), nominated)
        dense, nearest = self._by_meaning(query.vector, nominated)
        ways = _Padded.of(self._ways, nominated)
        features = np.column_stack(
            [
                dense,
                lexical[nominated],
                ways.largest(wording),
                ways.mean_of_largest(letters),
                self._coverage(query, nominated),
                belonging[nominated] if belonging is not None else np.zeros(len(nominated)),
                self._quality[nominated],
            ]
        )
        return Measured(nominated, features.astype(np.float64), nearest)

    def _by_meaning(
        self, vector: Vector, nominated: NDArray[np.int64]
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Give the dense features of the nominated articles, and the number of each one's nearest passage."""
        own = _Padded.of(self._bounds, nominated)
        cosines = self.dense.cosines(vector, own.rows)
        asked, told = own.there & self._is_asked[own.rows], own.there & ~self._is_asked[own.rows]
        gist = (_mean(cosines, asked) + _mean(cosines, told)) / self._lengths[nominated]
        wide = np.sort(np.where(asked, cosines, _ABSENT), axis=1)[:, ::-1][:, :_TOP]
        has_asked = asked.any(axis=1)
        question = np.where(has_asked, wide[:, 0], gist)
        top = np.where(has_asked, _mean(wide, wide > _ABSENT), gist)
        all_of_them = np.where(own.there, cosines, _ABSENT)
        nearest = own.rows[np.arange(len(nominated)), np.argmax(all_of_them, axis=1)]
        return np.column_stack([all_of_them.max(axis=1), question, gist, top]), nearest

    def _coverage(self, query: Query, nominated: NDArray[np.int64]) -> list[float]:
        telling = {word: rarity**2 for word, rarity in query.rarities.items()}
        total = sum(telling.values()) or 1.0
        has = [self._words[article] for article in nominated.tolist()]
        return [sum(told for word, told in telling.items() if word in own) / total for own in has]

    def _nominated(
        self,
        near: NDArray[np.int64],
        by_article: Sequence[NDArray[np.float32] | None],
        by_way: Sequence[NDArray[np.float32]],
        reach: int,
    ) -> NDArray[np.int64]:
        found = [_leading(self.owner[near], reach)]
        found += [_best(scores, reach) for scores in by_article if scores is not None]
        found += [_leading(self._asker[_best(scores, _PASSAGES_PER_ARTICLE * reach)], reach) for scores in by_way]
        return np.unique(np.concatenate(found))

    def _spans(self) -> list[slice]:
        return [slice(int(first), int(last)) for first, last in pairwise(self._bounds)]

    def _ways_to_ask(self, own: slice) -> list[str]:
        """Give an article's questions and ways to ask; its whole text where it has none."""
        asked = [passage.text for passage in self.passages[own] if passage.part in _WORDED]
        return asked or [" ".join(passage.text for passage in self.passages[own])]

    def _gist_length(self, vectors: Vectors, own: slice) -> float:
        """Give the length of the sum of an article's mean question and its mean answer: see `gist` in `FEATURES`."""
        asked = self._is_asked[own]
        means = [vectors[own][part].mean(axis=0) for part in (asked, ~asked) if part.any()]
        return max(float(np.linalg.norm(np.sum(means, axis=0))), 1e-9)

    def _taught(self, vectors: Vectors) -> ArticleClassifier:
        return ArticleClassifier(vectors, self.letters.among_themselves(), self._asker, len(self.articles))


@dataclass(frozen=True, slots=True)
class _Padded:
    """The rows of several articles side by side, the shorter ones filled up: one operation instead of one for each."""

    rows: NDArray[np.int64]  # shape (articles, most rows)
    there: NDArray[np.bool_]  # which of them are an article's own

    @classmethod
    def of(cls, bounds: NDArray[np.int64], articles: NDArray[np.int64]) -> _Padded:
        widths = bounds[articles + 1] - bounds[articles]
        places = np.arange(widths.max())
        there = places < widths[:, None]
        return cls(np.where(there, bounds[articles][:, None] + places, bounds[articles][:, None]), there)

    def largest(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(np.where(self.there, values[self.rows], 0.0).max(axis=1), dtype=np.float32)

    def mean_of_largest(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        best = np.sort(np.where(self.there, values[self.rows], _ABSENT), axis=1)[:, ::-1][:, :_TOP]
        return _mean(best, best > _ABSENT)


def _mean(values: NDArray[np.float32], counted: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Give the mean of each row's *counted* values, 0 where there are none."""
    sums = np.where(counted, values, 0.0).sum(axis=1)
    return np.asarray(sums / np.maximum(counted.sum(axis=1), 1), dtype=np.float32)


def _leading(owners: NDArray[np.int64], reach: int) -> NDArray[np.int64]:
    return np.array(list(dict.fromkeys(owners.tolist()))[:reach], dtype=np.int64)


def _best(scores: NDArray[np.float32], reach: int) -> NDArray[np.int64]:
    top = np.argpartition(-scores, min(reach, len(scores) - 1))[:reach]
    ordered = top[np.argsort(-scores[top], kind="stable")]
    return np.asarray(ordered[scores[ordered] > 0], dtype=np.int64)
