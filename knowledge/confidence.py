"""From what was measured of the nominees to a score that orders them and a confidence that means what it says."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from knowledge.logistic import Logistic
from knowledge.precedents import Precedents
from knowledge.ranking import believed
from knowledge.segment import FEATURES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from bot.vocabulary import Understanding
    from knowledge.shelf import Nominees, Shelf

NOTHING_WANTED = (
    "praise",
    "small_talk",
    "spam",
    "greet",
    "thank",
    "affirm",
    "deny",
    "stop",
    "skip",
    "change",
    "check_case",
    "open_case",
    "inform",
    "suggestion",
    "press",
)
"""Intents that no article answers."""

LANGUAGES = ("es", "de")
"""Languages whose confidence differs from English by a constant of their own."""

PRECEDENT_SIGNS = ("answered_before", "other_before", "nothing_before")
"""How near a question is that was judged before: one that the article answered, one that it did not, one that nothing
did."""

SIGNS = (
    "score", "margin", *FEATURES, "agreement", "unknown", "words", "question_asked", "nothing_wanted", "mood",
    *LANGUAGES, *PRECEDENT_SIGNS,
)  # fmt: skip
"""What the confidence is made from, in this order."""

_EVERYWHERE = -6.0
"""The logit of a second article's score where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Confidence:
    """Orders nominees by score, and says how likely the first is right."""

    rankers: Mapping[str, Logistic]  #: By language: how much each feature counts.
    calibrator: Logistic
    precedents: Precedents

    def score(self, nominees: Nominees, language: str) -> NDArray[np.float64]:
        """Give the score of each nominee, 0 to 1."""
        ranker = self.rankers.get(language) or believed(language, taught=False)
        return ranker.probability(nominees.features)

    def signs(
        self,
        shelf: Shelf,
        nominees: Nominees,
        scores: NDArray[np.float64],
        understanding: Understanding,
        own: int | None = None,
    ) -> NDArray[np.float64]:
        """Give what speaks for the first nominee: shape (len(SIGNS),).

        *own* is the number of the precedent that the question itself is, if any, which then says nothing.
        """
        nearness = self.precedents.nearness(understanding.vector)
        if own is not None and len(nearness):
            nearness[own] = 0.0
        first = shelf.articles[int(nominees.articles[int(np.argmax(scores))])]
        return read_signs(shelf, nominees, scores, understanding, self.precedents.speak(nearness, first.id))

    def of_first(self, signs: NDArray[np.float64]) -> float:
        """Give the probability that the first nominee is right, from its *signs*."""
        return float(self.calibrator.probability(signs[None, :])[0])

    def to_bytes(self) -> bytes:
        """Give all weights as one archive of arrays."""
        buffer = io.BytesIO()
        arrays = {"calibrator": np.append(self.calibrator.weights, self.calibrator.offset)}
        arrays |= {f"ranker_{name}": np.append(fit.weights, fit.offset) for name, fit in self.rankers.items()}
        right = json.dumps([sorted(ids) for ids in self.precedents.right])
        arrays |= {"precedents": self.precedents.vectors, "right": np.frombuffer(right.encode(), dtype=np.uint8)}
        np.savez_compressed(buffer, allow_pickle=False, **arrays)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, payload: bytes) -> Confidence:
        """Read what `to_bytes` wrote."""
        with np.load(io.BytesIO(payload), allow_pickle=False) as arrays:
            right = tuple(frozenset(ids) for ids in json.loads(arrays["right"].tobytes()))
            precedents = Precedents(vectors=arrays["precedents"], right=right)
            names = [name for name in arrays.files if name.startswith("ranker_")]
            rankers = {name.removeprefix("ranker_"): _logistic(arrays[name]) for name in names}
            return cls(rankers=rankers, calibrator=_logistic(arrays["calibrator"]), precedents=precedents)


def read_signs(
    shelf: Shelf,
    nominees: Nominees,
    scores: NDArray[np.float64],
    understanding: Understanding,
    before: tuple[float, float, float],
) -> NDArray[np.float64]:
    """Put together what speaks for the first nominee, *before* being what precedents say: shape (len(SIGNS),)."""
    first = int(np.argmax(scores))
    leaders = np.argmax(nominees.features, axis=0)
    return np.array(
        [
            _logit(scores[first]),
            _logit(scores[first]) - _runner_up(shelf, nominees, scores, first),
            *nominees.features[first],
            float(np.mean(leaders == first)),
            nominees.unknown,
            np.log1p(nominees.words),
            understanding.probability("question", "complaint"),
            understanding.probability(*NOTHING_WANTED),
            understanding.mood,
            *(float(shelf.language == name) for name in LANGUAGES),
            *before,
        ]
    )


def _runner_up(shelf: Shelf, nominees: Nominees, scores: NDArray[np.float64], first: int) -> float:
    """Give the logit of the best article on another question: two answers to one question do not compete."""
    titles = [shelf.articles[number].question.casefold() for number in nominees.articles.tolist()]
    others = [score for score, title in zip(scores, titles, strict=True) if not title or title != titles[first]]
    if not titles[first]:
        others.remove(scores[first])
    return _logit(max(others)) if others else _EVERYWHERE


def _logistic(array: NDArray[np.float64]) -> Logistic:
    return Logistic(weights=array[:-1], offset=float(array[-1]))


def _logit(probability: float) -> float:
    bounded = min(max(float(probability), 1e-6), 1 - 1e-6)
    return float(np.log(bounded / (1 - bounded)))
