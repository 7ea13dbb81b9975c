"""The heads that read a text's vector, letters and signs: which intent, and does its tone need a person.

Both are logistic regressions, kept as plain arrays so that loading them runs no code.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from bot.errors import DataError
from bot.nlu.signs import count_signs, spell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from bot.nlu.examples import Example
    from bot.vocabulary import Vectors

FEWEST = 5
"""Examples an intent needs before it can be told from the others."""

_FOLDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """One trained head: labels, and the weights of every feature for each of them."""

    labels: tuple[str, ...]
    weights: NDArray[np.float32]  #: Shape (features, labels).
    offsets: NDArray[np.float32]  #: Shape (labels,).

    def probabilities(self, features: csr_matrix) -> NDArray[np.float64]:
        """Give the probability of each label: shape (texts, labels); each row sums to 1."""
        logits = np.asarray(features @ self.weights, dtype=np.float64) + self.offsets
        raised = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(raised / raised.sum(axis=1, keepdims=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """Both heads, trained together."""

    intent: Head
    mood: Head

    def to_bytes(self) -> bytes:
        """Give both heads as one archive of arrays."""
        buffer = io.BytesIO()
        arrays = {}
        for name, head in (("intent", self.intent), ("mood", self.mood)):
            arrays[f"{name}_labels"] = np.array(head.labels)
            arrays[f"{name}_weights"] = head.weights
            arrays[f"{name}_offsets"] = head.offsets
        np.savez_compressed(buffer, allow_pickle=False, **arrays)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, payload: bytes) -> Heads:
        """Read what `to_bytes` wrote."""
        with np.load(io.BytesIO(payload), allow_pickle=False) as arrays:
            return cls(
                **{
                    name: Head(
                        labels=tuple(str(label) for label in arrays[f"{name}_labels"]),
                        weights=arrays[f"{name}_weights"],
                        offsets=arrays[f"{name}_offsets"],
                    )
                    for name in ("intent", "mood")
                }
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """Fresh heads and their model card."""

    heads: Heads
    card: dict[str, Any]


def describe(texts: Sequence[str], plain: Sequence[str], vectors: Vectors) -> csr_matrix:
    """Put the features of texts side by side: vector of the plain text, its letters, and the signs of the raw text."""
    return hstack([csr_matrix(vectors), spell(plain), csr_matrix(count_signs(texts))], format="csr", dtype=np.float32)


def train_heads(examples: Sequence[Example], features: csr_matrix) -> Trained:
    """Fit both heads on *examples* and measure them on parts held out in turn. Raises DataError on too few examples."""
    intents = np.array([example.intent for example in examples])
    tones = np.array(["irate" if example.irate else "calm" for example in examples])
    _check_counts(intents, "intent")
    _check_counts(tones, "mood")
    intent, intent_held_out = _fit(features, intents)
    mood, mood_held_out = _fit(features, tones)
    card = {
        "examples": len(examples),
        "languages": {
            name: int(sum(e.language == name for e in examples)) for name in sorted({e.language for e in examples})
        },
        "intents": {str(name): int(count) for name, count in zip(*np.unique(intents, return_counts=True), strict=True)},
        "held_out_intent_accuracy": round(float(np.mean(intent_held_out == intents)), 4),
        "held_out_mood_accuracy": round(float(np.mean(mood_held_out == tones)), 4),
    }
    return Trained(heads=Heads(intent=intent, mood=mood), card=card)


def _check_counts(labels: NDArray[np.str_], what: str) -> None:
    names, counts = np.unique(labels, return_counts=True)
    short = [str(name) for name, count in zip(names, counts, strict=True) if count < FEWEST]
    if short or len(names) <= 1:
        raise DataError(
            f"too few examples to train on ({', '.join(short) or f'fewer than two {what}s'}).",
            file="training examples",
            remedy=f"Give every {what} at least {FEWEST}.",
        )


def _fit(features: csr_matrix, labels: NDArray[np.str_]) -> tuple[Head, NDArray[np.str_]]:
    model = LogisticRegression(C=3.0, max_iter=300, tol=1e-3)
    held_out = cross_val_predict(model, features, labels, cv=_FOLDS)
    model.fit(features, labels)
    weights, offsets = model.coef_.T, model.intercept_
    if weights.shape[1] == 1:  # two labels share one column; give each its own
        weights, offsets = np.hstack([-weights / 2, weights / 2]), np.array([-offsets[0] / 2, offsets[0] / 2])
    return (
        Head(
            labels=tuple(str(label) for label in model.classes_),
            weights=np.ascontiguousarray(weights, dtype=np.float32),
            offsets=offsets.astype(np.float32),
        ),
        held_out,
    )
