"""Fuses what the arms measured into one score by which articles are ordered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from knowledge.logistic import Logistic, fit_logistic
from knowledge.segment import FEATURES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

_SCALE, _MIDDLE = 12.0, 1.1

_MEANING = {
    "dense": 0.1, "question": 0.2, "gist": 1.0, "lexical": 0.2, "wording": 0.05, "coverage": 0.1, "quality": 0.03,
}  # fmt: skip
_WORDS = {"dense": 0.3, "question": 0.2, "lexical": 0.6, "letters": 1.0, "coverage": 0.6, "quality": 0.03}

BELIEVED: Mapping[str, Mapping[str, float]] = {"en": _MEANING}
"""How much each feature counts where an article has one question, by language. The bundled encoder knows English; any
other language leans on words and letters. Measured on public question sets; see the benchmarks."""

TAUGHT: Mapping[str, float] = {
    "question": 0.4,
    "top": 0.4,
    "gist": 0.2,
    "letters": 0.3,
    "coverage": 0.1,
    "belonging": 0.9,
    "quality": 0.03,
}
"""The same where articles have several ways to ask, which say more than any answer."""

PULL = 3.0
"""How strongly the weights are held to what is believed, counted in queries."""


def believed(language: str, *, taught: bool) -> Logistic:
    """Give the weights of a language before its knowledge base has shown any; *taught* by several ways to ask."""
    shares = TAUGHT if taught else BELIEVED.get(language, _WORDS)
    return Logistic(weights=_SCALE * np.array([shares.get(name, 0.0) for name in FEATURES]), offset=-_SCALE * _MIDDLE)


def fit_ranker(features: Sequence[NDArray[np.float64]], right: Sequence[NDArray[np.bool_]], language: str) -> Logistic:
    """Fit the weights to queries, each with the features of its nominees and which of them are right."""
    rows, marks = np.vstack(features), np.concatenate(right)
    before = believed(language, taught=bool(rows[:, FEATURES.index("belonging")].any()))
    if not marks.any():
        return before
    pull = PULL / len(right)
    return fit_logistic(rows, marks, np.ones(len(marks)), before=before, pull=pull, lowest=0.0)
