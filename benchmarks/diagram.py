"""Draws reliability diagrams: confidence against the share right, a panel a set."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from scipy.stats import beta

from knowledge.calibration import BINS, calibration_error, reliability

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.evaluating.answering import Predicted
    from knowledge.calibration import Bin

SIDE = 200
"""Of a panel's square, in pixels."""

GAP = 56

_STYLE = """
text { font: 11px sans-serif; fill: #444 } .name { font-weight: bold; fill: #111 } .count { font-size: 9px }
.frame { fill: none; stroke: #999 } .ideal { stroke: #999; stroke-dasharray: 4 4 }
.doubt { stroke: #7aa6d6; stroke-width: 2 } .bin { fill: #1f5fa8 }
"""


def reliability_diagram(predicted: Mapping[str, Predicted]) -> str:
    """Give an SVG with one panel a name: bins as points with their 95% interval (Clopper-Pearson) and their count."""
    width, height = GAP + len(predicted) * (SIDE + GAP), SIDE + 2 * GAP
    panels = [_panel(name, one, GAP + number * (SIDE + GAP)) for number, (name, one) in enumerate(predicted.items())]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" role="img">',
            f"<title>Share right by confidence, {BINS} bins</title><style>{_STYLE}</style>",
            f'<rect width="{width}" height="{height}" fill="#fff"/>',
            *panels,
            "</svg>\n",
        ]
    )


def _panel(name: str, predicted: Predicted, left: int) -> str:
    error = calibration_error(predicted.confidence, predicted.right)
    heading = f"calibration error {error:.3f}, {len(predicted.right)} queries"
    return "\n".join(
        [
            f'<g transform="translate({left} {GAP})">',
            f'<text class="name" y="-22">{escape(name)}</text><text y="-8">{heading}</text>',
            f'<rect class="frame" width="{SIDE}" height="{SIDE}"/>',
            f'<line class="ideal" y1="{SIDE}" x2="{SIDE}"/>',
            *_axes(),
            *(_point(found) for found in reliability(predicted.confidence, predicted.right)),
            "</g>",
        ]
    )


def _axes() -> Iterator[str]:
    for value in (0, 0.5, 1):
        yield f'<text x="{value * SIDE:g}" y="{SIDE + 14}" text-anchor="middle">{value:g}</text>'
        yield f'<text x="-6" y="{(1 - value) * SIDE + 4:g}" text-anchor="end">{value:g}</text>'
    yield f'<text x="{SIDE / 2:g}" y="{SIDE + 30}" text-anchor="middle">confidence</text>'
    yield f'<text transform="translate(-30 {SIDE / 2:g}) rotate(-90)" text-anchor="middle">share right</text>'


def _point(found: Bin) -> str:
    across, up = found.said * SIDE, (1 - found.right) * SIDE
    low, high = ((1 - bound) * SIDE for bound in _interval(found))
    return (
        f'<line class="doubt" x1="{across:.1f}" x2="{across:.1f}" y1="{low:.1f}" y2="{high:.1f}"/>'
        f'<circle class="bin" cx="{across:.1f}" cy="{up:.1f}" r="3.5"/>'
        f'<text class="count" x="{across + 5:.1f}" y="{max(up - 4, 10):.1f}">{found.answers}</text>'
    )


def _interval(found: Bin) -> tuple[float, float]:
    right = round(found.right * found.answers)
    wrong = found.answers - right
    low = float(beta.ppf(0.025, right, wrong + 1)) if right else 0.0
    high = float(beta.ppf(0.975, right + 1, wrong)) if wrong else 1.0
    return low, high
