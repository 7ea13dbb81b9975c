"""Draws how far confidence can be believed: what the bot said against what came true, as numbers for an SVG."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

from bot.deciding.certificate import lower_bound, upper_bound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.deciding.certification import Bin

SIDE = 240  #: Width and height of the plot, without its labels.
SMALLEST, LARGEST = 2.5, 9.0  #: Radius of a point with hardly any answers, and of the one with most.


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One tenth of the scale, in the plot's coordinates: y grows downwards."""

    x: float
    y: float
    top: float  #: Of the interval in which the true share of right answers lies.
    bottom: float
    radius: float
    told: str  #: What the point says, in words.


def draw_reliability(tenths: Sequence[Bin], certainty: float) -> tuple[Point, ...]:
    """Place each tenth by its mean confidence and its share of right answers, each end of its interval that certain."""
    most = max((tenth.answers for tenth in tenths), default=1)
    return tuple(_point(tenth, certainty, most) for tenth in tenths)


def _point(tenth: Bin, certainty: float, most: int) -> Point:
    wrong, share = tenth.answers - tenth.right, tenth.right / tenth.answers
    return Point(
        x=_place(tenth.confidence),
        y=_place(1 - share),
        top=_place(lower_bound(tenth.answers, wrong, certainty)),
        bottom=_place(upper_bound(tenth.answers, wrong, certainty)),
        radius=round(SMALLEST + (LARGEST - SMALLEST) * sqrt(tenth.answers / most), 1),
        told=f"said {tenth.confidence:.0%}, right {share:.0%}: {tenth.right} of {tenth.answers}",
    )


def _place(share: float) -> float:
    return round(SIDE * share, 1)
