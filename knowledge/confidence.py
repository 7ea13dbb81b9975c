"""From what was measured of the nominees to a score that orders them and a confidence that means what it says.

Two logistic regressions, both fitted to the knowledge base itself: each way to ask is held out in turn and must find its
article without its own help; and each is asked once more with its whole article hidden, when whatever is found is wrong.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from bot.vocabulary import Part, Understanding
from knowledge.shelf import FEATURES, Nominees, Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

NOTHING_WANTED = ("praise", "small_talk", "spam", "greet", "thank", "affirm", "deny", "stop", "inform", "suggestion", "press")
"""Intents that no article answers."""

LANGUAGES = ("es", "de")
"""Languages whose confidence differs from English by a constant of their own."""

SIGNS = (
    "score", "margin", "dense", "lexical", "coverage", "agreement", "unknown", "words", "question", "nothing_wanted", "mood",
    *LANGUAGES,
)  # fmt: skip
"""What the confidence is made from, in this order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Logistic:
    """A fitted logistic regression of one outcome."""

    weights: NDArray[np.float64]
    offset: float

    def probability(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the probability for each row of *features*."""
        return np.asarray(1.0 / (1.0 + np.exp(-(features @ self.weights + self.offset))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Confidence:
    """Orders nominees by score, and says how likely the first is right."""

    rankers: Mapping[str, Logistic]  #: By language: how much each arm counts.
    calibrator: Logistic

    def score(self, nominees: Nominees, language: str) -> NDArray[np.float64]:
        """Give the score of each nominee, 0 to 1."""
        ranker = self.rankers.get(language) or next(iter(self.rankers.values()))
        return ranker.probability(nominees.features)

    def of_first(self, signs: NDArray[np.float64]) -> float:
        """Give the probability that the first nominee is right, from its *signs*."""
        return float(self.calibrator.probability(signs[None, :])[0])

    def to_bytes(self) -> bytes:
        """Give all weights as one archive of arrays."""
        buffer = io.BytesIO()
        arrays = {"calibrator": np.append(self.calibrator.weights, self.calibrator.offset)}
        arrays |= {f"ranker_{name}": np.append(fit.weights, fit.offset) for name, fit in self.rankers.items()}
        np.savez_compressed(buffer, allow_pickle=False, **arrays)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, payload: bytes) -> Confidence:
        """Read what `to_bytes` wrote."""
        with np.load(io.BytesIO(payload), allow_pickle=False) as arrays:
            fits = {name: Logistic(weights=arrays[name][:-1], offset=float(arrays[name][-1])) for name in arrays.files}
        rankers = {name.removeprefix("ranker_"): fit for name, fit in fits.items() if name.startswith("ranker_")}
        return cls(rankers=rankers, calibrator=fits["calibrator"])


def read_signs(
    nominees: Nominees, scores: NDArray[np.float64], understanding: Understanding, language: str
) -> NDArray[np.float64]:
    """Put together what speaks for the first nominee: shape (len(SIGNS),)."""
    order = np.argsort(-scores, kind="stable")
    first = order[0]
    dense, _, lexical, coverage = nominees.features[first]
    second = scores[order[1]] if len(order) > 1 else 0.0
    agreement = float(np.argmax(nominees.features[:, 0]) == np.argmax(nominees.features[:, 2]) == first)
    return np.array([
        _logit(scores[first]),
        _logit(scores[first]) - _logit(second),
        dense,
        lexical,
        coverage,
        agreement,
        nominees.unknown,
        np.log1p(nominees.words),
        understanding.probability("question", "complaint"),
        understanding.probability(*NOTHING_WANTED),
        understanding.mood,
        *(float(language == name) for name in LANGUAGES),
    ])


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A fresh confidence and its model card."""

    confidence: Confidence
    card: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trial:
    nominees: Nominees
    right: int | None  # the article's number, None where nothing is right
    understanding: Understanding
    language: str


def fit_confidence(
    shelves: Sequence[Shelf],
    asked: Mapping[tuple[str, str], Understanding],
    chatter: Sequence[Understanding],
) -> Fitted:
    """Fit to the knowledge base.

    *asked* holds the understanding of each way to ask by (language, text); *chatter* is what people post without wanting
    an answer.
    """
    trials = [trial for shelf in shelves for trial in _held_out(shelf, asked)]
    trials += [trial for shelf in shelves for trial in _unwanted(shelf, chatter)]
    rankers = {shelf.language: _fit_ranker([t for t in trials if t.language == shelf.language]) for shelf in shelves}
    draft = Confidence(rankers=rankers, calibrator=Logistic(weights=np.zeros(len(SIGNS)), offset=0.0))
    signs, right = _calibration_set(draft, trials)
    calibrator = _fit_logistic(signs, right)
    confidence = Confidence(rankers=rankers, calibrator=calibrator)
    return Fitted(confidence=confidence, card=_card(confidence, trials, signs, right))


def _held_out(shelf: Shelf, asked: Mapping[tuple[str, str], Understanding]) -> Iterator[_Trial]:
    for number, passage in enumerate(shelf.passages):
        if passage.part not in {Part.ASK, Part.QUESTION}:
            continue
        understanding = asked[shelf.language, passage.text]
        owner = int(shelf.owner[number])
        whole = np.flatnonzero(shelf.owner == owner)
        for hidden, right in (([number], owner), (whole.tolist(), None)):
            nominees = shelf.nominate(understanding.vector, understanding.text, hidden)
            yield _Trial(nominees=nominees, right=right, understanding=understanding, language=shelf.language)


def _unwanted(shelf: Shelf, chatter: Sequence[Understanding]) -> Iterator[_Trial]:
    for understanding in chatter:
        if understanding.language == shelf.language:
            nominees = shelf.nominate(understanding.vector, understanding.text)
            yield _Trial(nominees=nominees, right=None, understanding=understanding, language=shelf.language)


def _fit_ranker(trials: Sequence[_Trial]) -> Logistic:
    rows = [(t.nominees.features, t.nominees.articles == t.right) for t in trials if t.right is not None]
    return _fit_logistic(np.vstack([f for f, _ in rows]), np.concatenate([r for _, r in rows]))


def _calibration_set(confidence: Confidence, trials: Sequence[_Trial]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    signs, right = [], []
    for trial in trials:
        if not len(trial.nominees.articles):
            continue
        scores = confidence.score(trial.nominees, trial.language)
        signs.append(read_signs(trial.nominees, scores, trial.understanding, trial.language))
        right.append(int(trial.nominees.articles[int(np.argmax(scores))]) == trial.right)
    return np.array(signs), np.array(right)


def _fit_logistic(features: NDArray[np.float64], outcome: NDArray[np.bool_]) -> Logistic:
    scaler = StandardScaler().fit(features)
    model = LogisticRegression(C=1.0, max_iter=500).fit(scaler.transform(features), outcome)
    weights = model.coef_[0] / scaler.scale_
    return Logistic(weights=weights, offset=float(model.intercept_[0] - scaler.mean_ @ weights))


def _card(
    confidence: Confidence, trials: Sequence[_Trial], signs: NDArray[np.float64], right: NDArray[np.bool_]
) -> dict[str, Any]:
    answerable = [trial for trial in trials if trial.right is not None]
    hits = [
        bool(len(t.nominees.articles))
        and int(t.nominees.articles[int(np.argmax(confidence.score(t.nominees, t.language)))]) == t.right
        for t in answerable
    ]
    said = confidence.calibrator.probability(signs)
    return {
        "trials": len(trials),
        "answerable": len(answerable),
        "held_out_precision_at_1": round(float(np.mean(hits)), 4),
        "calibration_error": round(_calibration_error(said, right), 4),
        "rankers": {
            name: dict(zip(FEATURES, np.round(fit.weights, 3).tolist(), strict=True))
            for name, fit in confidence.rankers.items()
        },
        "calibrator": dict(zip(SIGNS, np.round(confidence.calibrator.weights, 3).tolist(), strict=True)),
    }


def _calibration_error(said: NDArray[np.float64], right: NDArray[np.bool_], bins: int = 10) -> float:
    """Expected calibration error: the mean gap between what was said and what came true, over equal-width bins."""
    which = np.minimum((said * bins).astype(int), bins - 1)
    gaps = [abs(said[which == b].mean() - right[which == b].mean()) * (which == b).mean() for b in set(which.tolist())]
    return float(sum(gaps))


def _logit(probability: float) -> float:
    bounded = min(max(float(probability), 1e-6), 1 - 1e-6)
    return float(np.log(bounded / (1 - bounded)))
