"""From what was measured of the nominees to a score that orders them and a confidence that means what it says.

Two logistic regressions, both fitted to the knowledge base itself: each way to ask is held out in turn and must find
its article without its own help; and each is asked once more with its whole article hidden, when whatever is found is
wrong. Audited questions, where there are some, calibrate the second one as well.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import minimize

from bot.vocabulary import Part, Understanding
from knowledge.shelf import FEATURES, Nominees, Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

RIDGE = 1e-3
"""Weight of the squares of the standardised slopes against the mean loss."""

NOTHING_WANTED = (
    "praise",
    "small_talk",
    "spam",
    "greet",
    "thank",
    "affirm",
    "deny",
    "stop",
    "inform",
    "suggestion",
    "press",
)
"""Intents that no article answers."""

LANGUAGES = ("es", "de")
"""Languages whose confidence differs from English by a constant of their own."""

SIGNS = (
    "score", "margin", "dense", "dense_top", "letters", "lexical", "coverage", "agreement", "unknown", "words",
    "question", "nothing_wanted", "mood", *LANGUAGES,
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
    dense, _, top, letters, lexical, coverage = nominees.features[first]
    second = scores[order[1]] if len(order) > 1 else 0.0
    leaders = np.argmax(nominees.features, axis=0)
    return np.array(
        [
            _logit(scores[first]),
            _logit(scores[first]) - _logit(second),
            dense,
            top,
            letters,
            lexical,
            coverage,
            float(np.mean(leaders == first)),
            nominees.unknown,
            np.log1p(nominees.words),
            understanding.probability("question", "complaint"),
            understanding.probability(*NOTHING_WANTED),
            understanding.mood,
            *(float(language == name) for name in LANGUAGES),
        ]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A fresh confidence and its model card."""

    confidence: Confidence
    card: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """A question that somebody judged: which articles answer it, if any."""

    understanding: Understanding
    right: frozenset[str]  #: Ids of articles; empty where nothing answers it.


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trial:
    nominees: Nominees
    right: frozenset[int]  # numbers of the articles; empty where nothing is right
    understanding: Understanding
    language: str
    weight: float = 1.0


def fit_confidence(
    shelves: Mapping[str, Shelf],
    asked: Mapping[tuple[str, str], Understanding],
    chatter: Sequence[Understanding],
    audited: Sequence[Audited] = (),
) -> Fitted:
    """Fit to the knowledge base, and to audited questions where there are some.

    *asked* holds the understanding of each way to ask by (language, text); *chatter* is what people post without
    wanting an answer. The audited questions, few and real, weigh together as much as all the others.
    """
    held_out = [trial for shelf in shelves.values() for trial in _held_out(shelf, asked)]
    hidden = [replace(t, nominees=t.nominees.without(min(t.right)), right=frozenset()) for t in held_out]
    trials = held_out + hidden + list(_unwanted(shelves, chatter))
    rankers = {name: _fit_ranker([t for t in held_out if t.language == name]) for name in shelves}
    draft = Confidence(rankers=rankers, calibrator=Logistic(weights=np.zeros(len(SIGNS)), offset=0.0))
    real = list(_judged(shelves, audited, weight=len(trials) / max(len(audited), 1)))
    signs, right, weights = _calibration_set(draft, trials + real)
    confidence = Confidence(rankers=rankers, calibrator=_fit_logistic(signs, right, weights))
    return Fitted(confidence=confidence, card=_card(confidence, held_out, signs, right))


def _held_out(shelf: Shelf, asked: Mapping[tuple[str, str], Understanding]) -> Iterator[_Trial]:
    """Take from every article the same one of its ways to ask at a time, so that none is favoured, and ask them."""
    asks = np.array([passage.part is Part.ASK for passage in shelf.passages])
    order = _order_within_article(shelf, asks)
    for turn in range(int(order.max()) + 1):
        out = asks & (order == turn)
        kept = np.flatnonzero(~out)
        smaller = Shelf(shelf.articles, [shelf.passages[n] for n in kept], shelf.vectors[kept])
        numbers = np.flatnonzero(out)
        understood = [asked[shelf.language, shelf.passages[n].text] for n in numbers]
        found = smaller.nominate(shelf.vectors[numbers], [understanding.text for understanding in understood])
        for number, understanding, nominees in zip(numbers, understood, found, strict=True):
            right = frozenset({int(shelf.owner[number])})
            yield _Trial(nominees=nominees, right=right, understanding=understanding, language=shelf.language)


def _order_within_article(shelf: Shelf, asks: NDArray[np.bool_]) -> NDArray[np.int64]:
    before: NDArray[np.int64] = np.cumsum(asks) - asks
    first = np.searchsorted(shelf.owner, shelf.owner)
    return np.where(asks, before - before[first], -1)


def _unwanted(shelves: Mapping[str, Shelf], chatter: Sequence[Understanding]) -> Iterator[_Trial]:
    for name, shelf in shelves.items():
        said = [understanding for understanding in chatter if understanding.language == name]
        for understanding, nominees in zip(said, _nominate(shelf, said), strict=True):
            yield _Trial(nominees=nominees, right=frozenset(), understanding=understanding, language=name)


def _judged(shelves: Mapping[str, Shelf], audited: Sequence[Audited], *, weight: float) -> Iterator[_Trial]:
    for name, shelf in shelves.items():
        numbers = {article.id: number for number, article in enumerate(shelf.articles)}
        own = [audit for audit in audited if audit.understanding.language == name]
        for audit, nominees in zip(own, _nominate(shelf, [a.understanding for a in own]), strict=True):
            right = frozenset(numbers[article] for article in audit.right if article in numbers)
            yield _Trial(
                nominees=nominees, right=right, understanding=audit.understanding, language=name, weight=weight
            )


def _nominate(shelf: Shelf, said: Sequence[Understanding]) -> list[Nominees]:
    if not said:
        return []
    return shelf.nominate(np.stack([u.vector for u in said]), [u.text for u in said])


def _fit_ranker(trials: Sequence[_Trial]) -> Logistic:
    features = np.vstack([trial.nominees.features for trial in trials])
    right = np.concatenate([np.isin(trial.nominees.articles, list(trial.right)) for trial in trials])
    return _fit_logistic(features, right, np.ones(len(right)), lowest=0.0)


def _calibration_set(
    confidence: Confidence, trials: Sequence[_Trial]
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.float64]]:
    tried = [trial for trial in trials if len(trial.nominees.articles)]
    scores = [confidence.score(trial.nominees, trial.language) for trial in tried]
    signs = [read_signs(t.nominees, s, t.understanding, t.language) for t, s in zip(tried, scores, strict=True)]
    right = [int(t.nominees.articles[int(np.argmax(s))]) in t.right for t, s in zip(tried, scores, strict=True)]
    return np.array(signs), np.array(right), np.array([trial.weight for trial in tried])


def _fit_logistic(
    features: NDArray[np.float64],
    outcome: NDArray[np.bool_],
    weights: NDArray[np.float64],
    *,
    lowest: float | None = None,
) -> Logistic:
    """Fit a ridge logistic regression; with *lowest* = 0 no feature may count against the outcome.

    Features of one kind go together so closely that an unbounded fit sets one against the other, which holds for the
    trials and for nothing else.
    """
    middle, spread = features.mean(axis=0), features.std(axis=0) + 1e-9
    scaled, share = (features - middle) / spread, weights / weights.sum()

    def loss(guess: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        logits = scaled @ guess[:-1] + guess[-1]
        said = 1.0 / (1.0 + np.exp(-logits))
        cost = float(share @ (np.logaddexp(0.0, logits) - outcome * logits) + RIDGE * guess[:-1] @ guess[:-1])
        missed = share * (said - outcome)
        return cost, np.append(scaled.T @ missed + 2 * RIDGE * guess[:-1], missed.sum())

    bounds = [(lowest, None)] * features.shape[1] + [(None, None)]
    best = minimize(loss, np.zeros(features.shape[1] + 1), jac=True, bounds=bounds, method="L-BFGS-B").x
    slopes = best[:-1] / spread
    return Logistic(weights=slopes, offset=float(best[-1] - middle @ slopes))


def _card(
    confidence: Confidence, held_out: Sequence[_Trial], signs: NDArray[np.float64], right: NDArray[np.bool_]
) -> dict[str, Any]:
    hits = [
        bool(len(t.nominees.articles))
        and int(t.nominees.articles[int(np.argmax(confidence.score(t.nominees, t.language)))]) in t.right
        for t in held_out
    ]
    said = confidence.calibrator.probability(signs)
    return {
        "trials": len(right),
        "held_out": len(held_out),
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
