"""The intent head: what the author wants, ranked, and how likely that is nothing that the examples know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import logsumexp, softmax

from bot.nlu.scale import Scale, best_sharpness

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from bot.nlu.examples import Example
    from bot.nlu.machine import Lesson, School

STRANGE_SHARE = 0.1
"""Share of texts that want what no example does, as assumed where nothing is known of a text."""

RIDGES = (0.03, 0.5)
"""How little a single example is believed, at choice: what suits many narrow intents does not suit a few broad ones."""

UNADDRESSED = 0.1
"""How much a post that is said to no company counts beside one that is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentHead:
    """Reads the scores of intents, a column each in the order of the labels."""

    labels: tuple[str, ...]
    sharpness: float  #: What scores are multiplied with before their softmax.
    strange: Scale

    def read(self, scores: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give the probability of each label, and of none of them: shapes (texts, labels) and (texts,).

        The probabilities of a text add up to 1.
        """
        strange = self.strange.probability(self.evidence(scores))
        known = softmax(self.sharpness * scores.astype(np.float64), axis=1)
        return known * (1 - strange)[:, np.newaxis], strange

    def evidence(self, scores: NDArray[np.float32]) -> NDArray[np.float32]:
        """Give how much speaks for any label at all: shape (texts,); comparable among the texts of one head."""
        return _evidence(scores, self.sharpness)


def intent_targets(intents: Sequence[str]) -> tuple[tuple[str, ...], NDArray[np.float32]]:
    """Give the labels, in order, and the targets of examples: shape (examples, labels); a row adds up to 0."""
    labels, places = np.unique(np.array(intents), return_inverse=True)
    others = max(1, len(labels) - 1)
    targets = np.full((len(intents), len(labels)), -1 / others, dtype=np.float32)
    targets[np.arange(len(intents)), places] = 1
    return tuple(str(label) for label in labels), targets


def teach_intents(school: School, examples: Sequence[Example]) -> tuple[Lesson, IntentHead]:
    """Learn the intents of the examples in *school*, and fit the head on their scores when held out.

    The lesson comes closed, see `Lesson.closed`.
    """
    labels, targets = intent_targets([example.intent for example in examples])
    right = targets.argmax(axis=1)
    addressed = np.array([example.addressed for example in examples])
    # Between counting each example alike and each intent alike: what is frequent here need not be so elsewhere.
    weights = np.where(addressed, 1.0, UNADDRESSED) / np.sqrt(np.bincount(right)[right])
    weights = (weights / weights.mean()).astype(np.float32)
    lessons = (school.teach(targets, ridge, weights) for ridge in RIDGES)
    best = max(lessons, key=lambda lesson: float(weights @ (lesson.held_out.argmax(axis=1) == right)))
    return best.closed(), fit_intents(labels, best)


def fit_intents(labels: tuple[str, ...], lesson: Lesson) -> IntentHead:
    """Fit the head on scores of examples held out.

    How something sounds that no example knows is seen by leaving out each intent with all of its examples in turn.
    """
    right = lesson.targets.argmax(axis=1)
    sharpness = best_sharpness(lesson.held_out, right)
    strangers = [
        _evidence(np.delete(lesson.without(np.flatnonzero(right == label)), label, axis=1), sharpness)
        for label in range(len(labels))
        if len(labels) > 1
    ]
    evidence = np.concatenate([_evidence(lesson.held_out, sharpness), *strangers])
    strange = np.arange(len(evidence)) >= len(right)
    return IntentHead(labels=labels, sharpness=sharpness, strange=Scale.fit(evidence, strange, prior=STRANGE_SHARE))


def _evidence(scores: NDArray[np.float32], sharpness: float) -> NDArray[np.float32]:
    return np.asarray(logsumexp(sharpness * scores, axis=1) / sharpness, dtype=np.float32)
