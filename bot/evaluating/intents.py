"""Measures how well intents are told apart by heads that are trained on nothing but the examples given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sklearn.metrics import f1_score

from bot.evaluating import metrics
from bot.evaluating.shelving import encode
from bot.nlu.cleaning import clean
from bot.nlu.heads import train_intents
from bot.nlu.traits import Said, read_traits

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from bot.evaluating.files import Labelled
    from bot.nlu.examples import Example
    from bot.nlu.intents import IntentHead
    from bot.nlu.lexicon import Lexicons
    from bot.nlu.machine import Machine
    from bot.nlu.traits import Traits
    from bot.nlu.understander import Detector
    from bot.ports import Encoder

    Progress = Callable[[str, int, int], None]

LANDMARKS = 8_000
"""Examples that texts are likened to at most: many intents need more of them than the few that ship."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """How well intents are recognised, 0 to 1; None where there is nothing to tell it by."""

    n: int
    accuracy: float | None  #: Share of the texts in scope whose most probable label is right.
    macro_f1: float | None  #: Mean over the labels of the harmonic mean of precision and recall, in scope.
    oos_auroc: float | None  #: Probability that a text out of scope looks stranger than one in scope.


@dataclass(frozen=True, slots=True, kw_only=True)
class Senses:
    """What reads the traits of texts."""

    encoder: Encoder
    languages: Detector
    lexicons: Lexicons

    def read(self, texts: Sequence[str], progress: Progress, stage: str) -> Traits:
        """Read the traits of *texts* and tell the progress. Blocks its thread."""
        plain = [clean(text) for text in texts]
        said = [
            Said(text=text, plain=words, language=self.languages.detect(words))
            for text, words in zip(texts, plain, strict=True)
        ]
        return read_traits(said, encode(plain, self.encoder, progress, stage), self.lexicons)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pupil:
    """Knows the intents of some examples, and nothing else."""

    senses: Senses
    machine: Machine
    head: IntentHead

    @classmethod
    def taught(cls, examples: Sequence[Example], senses: Senses, progress: Progress) -> Pupil:
        """Train on *examples*, of which each intent has two at least."""
        traits = senses.read([example.text for example in examples], progress, "Encoding examples")
        progress("Training", 0, 1)
        machine, head = train_intents(examples, traits, landmarks=LANDMARKS)
        progress("Training", 1, 1)
        return cls(senses=senses, machine=machine, head=head)

    def read(self, texts: Sequence[str], progress: Progress) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give the probability of each label, and of none of them: shapes (texts, labels) and (texts,)."""
        return self.head.read(self.machine.scores(self.senses.read(texts, progress, "Reading texts")))


def evaluate_intents(pupil: Pupil, rows: Sequence[Labelled], progress: Progress) -> Recognised:
    """Measure what *pupil* makes of texts; a label that it never learnt is out of scope."""
    known, strange = pupil.read([row.text for row in rows], progress)
    chosen = [pupil.head.labels[place] for place in known.argmax(axis=1)]
    return recognised([row.label for row in rows], chosen, strange, known=pupil.head.labels)


def recognised(
    right: Sequence[str], chosen: Sequence[str], strange: NDArray[np.float64], *, known: Sequence[str]
) -> Recognised:
    """Measure the *chosen* labels of texts against the *right* ones, in scope where these are *known*.

    *strange*, shape (texts,), is higher for what seems to be out of scope.
    """
    scope = np.isin(np.array(right), np.array(known))
    wanted, found = np.array(right)[scope], np.array(chosen)[scope]
    apart = metrics.separation(strange, ~scope)
    return Recognised(
        n=len(right),
        accuracy=round(float((found == wanted).mean()), 4) if len(wanted) else None,
        macro_f1=round(float(f1_score(wanted, found, average="macro")), 4) if len(wanted) else None,
        oos_auroc=None if apart is None else round(apart, 4),
    )
