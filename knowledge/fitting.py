"""Fits the confidence: to the knowledge base itself, and to judged questions where there are some.

Of the knowledge base each way to ask is held out in turn and must find its article without its own help; and each is
asked once more with its whole article hidden, when whatever is found is wrong. Judged questions count for more, since
they are what is really asked; and they are the precedents of those that come after them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.vocabulary import Part, Understanding
from knowledge.calibration import calibration_error
from knowledge.confidence import PRECEDENT_SIGNS, SIGNS, Confidence
from knowledge.logistic import Logistic, fit_logistic
from knowledge.precedents import Precedents, join
from knowledge.ranking import fit_ranker
from knowledge.segment import FEATURES
from knowledge.shelf import REACH, Nominees, Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

OWN_WEIGHT = 100.0
"""What the knowledge base's own trials weigh together, counted in judged questions."""

CAUTION = 5.0
"""How strongly the signs' weights are pulled to 0: about as much as that many judged questions speak."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A fresh confidence and its model card."""

    confidence: Confidence
    card: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A question that somebody judged: which articles answer it, if any."""

    understanding: Understanding
    right: frozenset[str]  #: Ids of articles; empty where nothing answers it.


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A question put to a shelf, and what would be right."""

    shelf: Shelf
    nominees: Nominees
    understanding: Understanding
    right: frozenset[int]  #: Numbers of the articles; empty where nothing answers it.
    own: int | None = None  #: The number of the precedent that this question itself is.


def fit_confidence(
    shelves: Mapping[str, Shelf],
    asked: Mapping[tuple[str, str], Understanding],
    chatter: Sequence[Understanding],
    judged: Sequence[Judged] = (),
) -> Fitted:
    """Fit to the knowledge base, and to judged questions where there are some.

    *asked* holds the understanding of each way to ask by (language, text); *chatter* is what people post without
    wanting an answer.
    """
    held_out = [trial for shelf in shelves.values() for trial in hold_out(shelf, asked)]
    unwanted = [trial for shelf in shelves.values() for trial in put(shelf, [_nothing(u) for u in chatter])]
    real = [trial for shelf in shelves.values() for trial in put(shelf, judged, precedents=True)]
    confidence = fit(held_out, real, precedents_of(judged), unwanted)
    return Fitted(confidence=confidence, card=_card(confidence, held_out, real or held_out))


def precedents_of(judged: Sequence[Judged]) -> Precedents:
    """Make precedents of judged questions, in their order."""
    return join([one.understanding.vector for one in judged], [one.right for one in judged])


def fit(
    held_out: Sequence[Trial], real: Sequence[Trial], precedents: Precedents, unwanted: Sequence[Trial] = ()
) -> Confidence:
    """Fit the rankers and the calibrator to the knowledge base's own trials and to *real* ones.

    Each real question is tried twice: with all other precedents, and as if there were none, so that a question
    without a precedent is judged by what the article says alone.
    """
    tried = [*held_out, *(trial for trial in real if trial.right)]
    # Where articles have one question each, the few judged ones would fit the weights to themselves.
    languages = sorted({trial.shelf.language for trial in held_out})
    rankers = {name: _rank([t for t in tried if t.shelf.language == name], name) for name in languages}
    blank = Logistic(weights=np.zeros(len(SIGNS)), offset=0.0)
    confidence = Confidence(rankers=rankers, calibrator=blank, precedents=precedents)
    hidden = [replace(t, nominees=t.nominees.without(*t.right), right=frozenset()) for t in held_out]
    own_signs, own_right = signs_of(confidence, [*held_out, *hidden, *unwanted])
    signs, right = signs_of(confidence, real)
    alone = signs.copy()
    alone[:, -len(PRECEDENT_SIGNS) :] = 0.0
    share = min(1.0, OWN_WEIGHT / max(len(own_right), 1)) if len(right) else 1.0
    weights = np.concatenate([np.full(len(own_right), share), np.full(2 * len(right), 0.5)])
    everything, outcomes = np.vstack([own_signs, signs, alone]), np.concatenate([own_right, right, right])
    if not len(outcomes):
        return confidence
    pull = CAUTION / float(weights.sum())
    return replace(confidence, calibrator=fit_logistic(everything, outcomes, weights, pull=pull))


def hold_out(shelf: Shelf, asked: Mapping[tuple[str, str], Understanding]) -> Iterator[Trial]:
    """Take from every article the same one of its ways to ask at a time, so that none is favoured, and ask them."""
    asks = np.array([passage.part is Part.ASK for passage in shelf.passages])
    owner, vectors = shelf.owner, shelf.vectors
    order = _order_within_article(owner, asks)
    for turn in range(int(order.max(initial=-1)) + 1):
        numbers = np.flatnonzero(asks & (order == turn))
        smaller = shelf.without_passages(frozenset(numbers.tolist()))
        understood = [asked[shelf.language, shelf.passages[n].text] for n in numbers]
        found = smaller.nominate(vectors[numbers], [understanding.text for understanding in understood])
        for number, understanding, nominees in zip(numbers, understood, found, strict=True):
            right = frozenset({int(owner[number])})
            yield Trial(shelf=shelf, nominees=nominees, understanding=understanding, right=right)


def put(shelf: Shelf, judged: Sequence[Judged], reach: int = REACH, *, precedents: bool = False) -> Iterator[Trial]:
    """Put the judged questions in the shelf's language to it, each arm nominating up to *reach* articles.

    With *precedents* they are themselves the precedents, in this order, and none is to be its own. A question without
    a text gets no nominee, as it gets no candidate.
    """
    numbers = {article.id: number for number, article in enumerate(shelf.articles)}
    own = [(n, one) for n, one in enumerate(judged) if one.understanding.language == shelf.language]
    if not own:
        return
    understood = [one.understanding for _, one in own]
    found = shelf.nominate(np.stack([u.vector for u in understood]), [u.text for u in understood], reach)
    for (number, one), nominees in zip(own, found, strict=True):
        right = frozenset(numbers[article] for article in one.right if article in numbers)
        yield Trial(
            shelf=shelf,
            nominees=nominees if one.understanding.text else nominees.without(*nominees.articles.tolist()),
            understanding=one.understanding,
            right=right,
            own=number if precedents else None,
        )


def signs_of(confidence: Confidence, trials: Sequence[Trial]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Give the signs of each trial's first nominee, and whether it was right; trials without a nominee are left out."""
    signs, right = [np.zeros((0, len(SIGNS)))], []
    for trial in trials:
        if not len(trial.nominees.articles):
            continue
        scores = confidence.score(trial.nominees, trial.shelf.language)
        first = int(trial.nominees.articles[int(np.argmax(scores))])
        signs.append(confidence.signs(trial.shelf, trial.nominees, scores, trial.understanding, trial.own)[None, :])
        right.append(first in trial.right)
    return np.vstack(signs), np.array(right, dtype=bool)


def _rank(trials: Sequence[Trial], language: str) -> Logistic:
    features = [trial.nominees.features for trial in trials]
    return fit_ranker(features, [np.isin(t.nominees.articles, list(t.right)) for t in trials], language)


def _order_within_article(owner: NDArray[np.int64], asks: NDArray[np.bool_]) -> NDArray[np.int64]:
    before: NDArray[np.int64] = np.cumsum(asks) - asks
    first = np.searchsorted(owner, owner)
    return np.where(asks, before - before[first], -1)


def _nothing(understanding: Understanding) -> Judged:
    return Judged(understanding=understanding, right=frozenset())


def _card(confidence: Confidence, held_out: Sequence[Trial], judged: Sequence[Trial]) -> dict[str, Any]:
    _, found = signs_of(confidence, held_out)
    signs, right = signs_of(confidence, judged)
    said = confidence.calibrator.probability(signs)
    return {
        "held_out": len(held_out),
        "held_out_precision_at_1": round(float(found.sum()) / max(len(held_out), 1), 4),
        "judged": len(judged),
        "precedents": len(confidence.precedents.right),
        "calibration_error": round(calibration_error(said, right), 4),
        "rankers": {
            name: dict(zip(FEATURES, np.round(fitted.weights, 3).tolist(), strict=True))
            for name, fitted in confidence.rankers.items()
        },
        "calibrator": dict(zip(SIGNS, np.round(confidence.calibrator.weights, 3).tolist(), strict=True)),
    }
