"""How far articles are to be trusted, and which of two that contradict each other counts until a person has looked."""

from __future__ import annotations

import hashlib
import math
from dataclasses import asdict, dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from knowledge.article import Source
from knowledge.claims import claims
from knowledge.disagreeing import disagreement
from knowledge.lexical import words
from knowledge.vectors import DenseIndex

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from bot.vocabulary import Vector
    from knowledge.article import Article
    from knowledge.disagreeing import Disagreement

Key: TypeAlias = tuple[str, str]
"""Id and language of an article."""

Overruled: TypeAlias = "Mapping[Key, frozenset[Key]]"
"""By an article that lost a contradiction, those that won: while one of them is at hand, it is not used."""

SAME_QUESTION = 0.65
"""Cosine of a question, or a way to ask it, to another article's question from which both articles answer the same."""

NEAREST = 8
"""Questions that are looked at around each question and way to ask it."""

CHUNK = 8_192
"""Texts whose neighbours are looked for at a time."""

MOST_VOTES, MOST_REPUTATION = 100, 100_000
"""From where on more of them make no difference."""

HALF_LIFE_DAYS = 730.0
"""Days after which having been verified counts half."""

WEIGHTS: Mapping[str, float] = {
    "reviewed": 0.35,
    "source": 0.25,
    "recency": 0.15,
    "votes": 0.15,
    "accepted": 0.05,
    "reputation": 0.05,
}
"""What each sign of quality is worth at most; together 1."""

STANDING: Mapping[Source, float] = {Source.OFFICIAL: 1.0, Source.AGENT: 0.8, Source.COMMUNITY: 0.4}


def quality(article: Article, today: date) -> float:
    """Say how far *article* is to be trusted, 0 to 1: the weighted sum of `WEIGHTS`.

    It grows with votes and the author's reputation, by their logarithms, and with a later day of verification, and is
    higher for what is reviewed, accepted or official. Whether an article may be used at all is not its matter.
    """
    age = max((today - article.last_verified).days, 0)
    signs = {
        "reviewed": float(article.reviewed),
        "source": STANDING[article.source],
        "recency": math.pow(0.5, age / HALF_LIFE_DAYS),
        "votes": _logarithmic(article.votes, MOST_VOTES),
        "accepted": float(article.accepted),
        "reputation": _logarithmic(article.reputation, MOST_REPUTATION),
    }
    return sum(WEIGHTS[name] * sign for name, sign in signs.items())


def _logarithmic(count: int, most: int) -> float:
    return math.log1p(min(max(count, 0), most)) / math.log1p(most)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """Two articles in one language that answer the same question differently."""

    language: str
    winner_id: str  #: The one that counts until a person has looked: official before others, then verified later.
    loser_id: str
    kind: str  #: What they disagree on: "denial", "key", "path", or what their amounts measure, such as "months".
    winner_says: str  #: The clause of each that disagrees.
    loser_says: str
    fingerprint: str  #: Changes with what either of them says.

    def to_row(self) -> dict[str, Any]:
        """Give it as it is stored: plain values."""
        return asdict(self)


def find_contradictions(articles: Sequence[Article], vectors: Mapping[str, Vector]) -> list[Contradiction]:
    """Give the pairs among *articles* that contradict each other, each once, those in quarantine left out.

    *vectors* holds the vector of each question and way to ask by its text. Two articles of one language are compared
    when one's question is near the other's, or near a way to ask it, unless they are about different products.
    """
    heard = [article for article in articles if not article.quarantined]
    read = cache(claims)
    found: list[Contradiction] = []
    for language in sorted({article.language for article in heard}):
        shelf = [article for article in heard if article.language == language]
        for one, other in _answering_the_same(shelf, vectors):
            loser, winner = sorted((one, other), key=_precedence)
            disagrees = disagreement(read(winner), read(loser), _topic(winner, loser))
            if disagrees:
                found.append(_contradiction(winner, loser, disagrees))
    return found


def _answering_the_same(shelf: Sequence[Article], vectors: Mapping[str, Vector]) -> Iterator[tuple[Article, Article]]:
    index = DenseIndex(np.stack([vectors[article.question] for article in shelf]))
    asked = [(number, text) for number, article in enumerate(shelf) for text in (article.question, *article.ask)]
    pairs: set[tuple[int, int]] = set()
    for start in range(0, len(asked), CHUNK):
        chunk = asked[start : start + CHUNK]
        owners = np.array([number for number, _ in chunk])
        cosines, numbers = index.search(np.stack([vectors[text] for _, text in chunk]), NEAREST)
        rows, columns = np.nonzero((cosines >= SAME_QUESTION) & (numbers != owners[:, None]))
        near = np.stack([owners[rows], numbers[rows, columns]])
        pairs |= set(zip(near.min(axis=0).tolist(), near.max(axis=0).tolist(), strict=True))
    for n, m in sorted(pairs):
        if _share_a_product(shelf[n], shelf[m]):
            yield shelf[n], shelf[m]


def _share_a_product(one: Article, other: Article) -> bool:
    return not one.products or not other.products or not set(one.products).isdisjoint(other.products)


def _precedence(article: Article) -> tuple[bool, date, bool, int, str]:
    """Order articles by which of two that contradict each other counts; the id only makes the order complete."""
    return article.source is Source.OFFICIAL, article.last_verified, article.accepted, article.votes, article.id


def _topic(one: Article, other: Article) -> frozenset[str]:
    mine, others = (frozenset(words(article.question, article.language)) for article in (one, other))
    return mine & others or mine | others


def _contradiction(winner: Article, loser: Article, disagrees: Disagreement) -> Contradiction:
    said = repr([(article.question, article.short_answer, article.full_answer) for article in (winner, loser)])
    return Contradiction(
        language=winner.language,
        winner_id=winner.id,
        loser_id=loser.id,
        kind=disagrees.kind,
        winner_says=disagrees.ours,
        loser_says=disagrees.theirs,
        fingerprint=hashlib.sha256(said.encode()).hexdigest()[:16],
    )
