"""The danger head: fire, injury, fraud, law, press and the like, which no automatic text may answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.nlu.alarms import NAMES
from bot.nlu.scale import Scale
from bot.nlu.traits import SIGNS
from bot.vocabulary import Danger

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from bot.nlu.traits import Traits

RIDGE = 1.0
"""How little a single example is believed."""

ALARMED = 0.5
"""What a word of alarm alone is worth: enough for a person to look, whatever the head has learnt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DangerHead:
    """Reads the scores of dangers, a column each in the order of `Danger`."""

    any: Scale
    each: Scale

    def read(self, scores: NDArray[np.float32], traits: Traits) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give the probability of each danger, and of any: shapes (texts, dangers) and (texts,)."""
        alarmed = ALARMED * traits.signs[:, [SIGNS.index(name) for name in NAMES]].max(axis=1)
        return self.each.probability(scores), np.maximum(self.any.probability(_evidence(scores)), alarmed)


def danger_targets(dangers: Sequence[Danger | None]) -> NDArray[np.float32]:
    """Give the targets of examples: shape (examples, dangers), 1 for the danger that there is, else 0."""
    order = list(Danger)
    targets = np.zeros((len(dangers), len(order)), dtype=np.float32)
    for row, danger in enumerate(dangers):
        if danger is not None:
            targets[row, order.index(danger)] = 1
    return targets


def is_dangerous(targets: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Say of each row of targets whether there is any danger: shape (examples,)."""
    return np.asarray((targets > 0).any(axis=1))


def fit_dangers(held_out: NDArray[np.float32], targets: NDArray[np.float32]) -> DangerHead:
    """Fit the head on scores of examples held out."""
    return DangerHead(
        any=Scale.fit(_evidence(held_out), is_dangerous(targets)),
        each=Scale.fit(held_out.ravel(), np.asarray(targets.ravel() > 0)),
    )


def _evidence(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give how much speaks for any danger: one that stands out counts twice."""
    return np.asarray(scores.max(axis=1) + scores.sum(axis=1))
