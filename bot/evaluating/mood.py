"""Measures how well the mood tells whom a person must take from all others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sklearn.metrics import average_precision_score

from bot.evaluating import metrics
from bot.evaluating.shelving import CHUNK

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from bot.nlu.understander import Understander

    Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Separated:
    """How well the mood separates those who need a person, 0 to 1; None where there are none to tell it by."""

    n: int
    auroc: float | None  #: Probability that one who needs a person has a higher mood than one who does not.
    average_precision: float | None
    recall: float | None  #: Share of those who need a person whose mood reaches the threshold.
    false_alarm_rate: float | None  #: Share of the others whose mood reaches it too.


def read_moods(
    texts: Sequence[str], understander: Understander, language: str | None, progress: Progress
) -> NDArray[np.float64]:
    """Read the mood of each text and tell the progress: shape (texts,). Where *language* is None, each is detected."""
    moods: list[float] = []
    for start in range(0, len(texts), CHUNK):
        chunk = texts[start : start + CHUNK]
        understood = understander.understand(chunk, languages=[language] * len(chunk))
        moods += (one.mood for one in understood)
        progress("Reading moods", len(moods), len(texts))
    return np.array(moods, dtype=np.float64)


def evaluate_mood(moods: NDArray[np.float64], needing: NDArray[np.bool_], threshold: float) -> Separated:
    """Measure the *moods* of texts, of which some are *needing* a person; a person takes those from *threshold* on."""
    reached = moods >= threshold
    some = bool(needing.any())
    return Separated(
        n=len(moods),
        auroc=_rounded(metrics.separation(moods, needing)),
        average_precision=_rounded(float(average_precision_score(needing, moods)) if some else None),
        recall=_rounded(float(reached[needing].mean()) if some else None),
        false_alarm_rate=_rounded(None if needing.all() else float(reached[~needing].mean())),
    )


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 4)
