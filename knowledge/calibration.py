"""How well what was said of answers fits what came true."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

BINS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """The answers whose confidence lies in one part of the scale."""

    low: float
    high: float
    answers: int
    said: float  #: Their mean confidence.
    right: float  #: Share of them that was right.


def reliability(said: NDArray[np.float64], right: NDArray[np.bool_]) -> tuple[Bin, ...]:
    """Give what a reliability diagram shows: the answers in parts of equal width, those without any left out."""
    which = np.minimum((said * BINS).astype(int), BINS - 1)
    return tuple(
        Bin(
            low=number / BINS,
            high=(number + 1) / BINS,
            answers=int(own.sum()),
            said=float(said[own].mean()),
            right=float(right[own].mean()),
        )
        for number in range(BINS)
        if (own := which == number).any()
    )


def calibration_error(said: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Give the expected calibration error: the mean gap between what was said and what came true, over the bins."""
    return sum(abs(bin_.said - bin_.right) * bin_.answers for bin_ in reliability(said, right)) / max(len(said), 1)
