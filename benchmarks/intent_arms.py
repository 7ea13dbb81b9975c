"""Ways to recognise intents: the naive one, the usual one, and Heed's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

from bot.evaluating.intents import Pupil, Senses
from bot.nlu.cleaning import clean
from bot.nlu.heads import thinned
from bot.nlu.language import LanguageDetector
from bot.nlu.lexicon import load_lexicons

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from bot.nlu.examples import Example
    from bot.ports import Encoder
    from bot.vocabulary import Vectors

BELIEVED = 10.0
"""How much the regression believes its examples (scikit-learn's C)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What an arm makes of some texts."""

    labels: list[str]  #: The most probable label of each.
    strange: NDArray[np.float64]  #: Shape (texts,); higher for what is likelier out of scope.


class Arm(Protocol):
    """Recognises intents."""

    def read(self, texts: Sequence[str]) -> Read:
        """Read some texts at once. Blocks its thread."""
        ...


class Centroids:
    """The nearest mean of an intent's vectors, by cosine."""

    def __init__(self, examples: Sequence[Example], vectors: Vectors, encoder: Encoder) -> None:
        self._encoder = encoder
        labels, places = np.unique([example.intent for example in examples], return_inverse=True)
        self._labels = labels
        self._centres = normalize(np.stack([vectors[places == number].mean(axis=0) for number in range(len(labels))]))

    def read(self, texts: Sequence[str]) -> Read:
        """See `Arm`."""
        cosines = encoded(texts, self._encoder) @ self._centres.T
        return Read(labels=self._labels[cosines.argmax(axis=1)].tolist(), strange=-cosines.max(axis=1))


class Regression:
    """Logistic regression on the vectors."""

    def __init__(self, examples: Sequence[Example], vectors: Vectors, encoder: Encoder) -> None:
        self._encoder = encoder
        self._model = LogisticRegression(C=BELIEVED, max_iter=2000).fit(vectors, [one.intent for one in examples])

    def read(self, texts: Sequence[str]) -> Read:
        """See `Arm`."""
        probable = self._model.predict_proba(encoded(texts, self._encoder))
        return Read(labels=self._model.classes_[probable.argmax(axis=1)].tolist(), strange=-probable.max(axis=1))


class Heed:
    """What `heed evaluate intents` measures."""

    def __init__(self, examples: Sequence[Example], encoder: Encoder) -> None:
        senses = Senses(encoder=encoder, languages=LanguageDetector(), lexicons=load_lexicons())
        self._pupil = Pupil.taught(thinned(examples), senses, _silent)

    def read(self, texts: Sequence[str]) -> Read:
        """See `Arm`."""
        probable, strange = self._pupil.read(texts, _silent)
        labels = self._pupil.head.labels
        return Read(labels=[labels[place] for place in probable.argmax(axis=1)], strange=strange)


def encoded(texts: Sequence[str], encoder: Encoder) -> Vectors:
    """Encode texts in their plain form, as Heed does."""
    return encoder.encode([clean(text) for text in texts])


def _silent(stage: str, done: int, total: int) -> None:
    """Tell nobody."""
