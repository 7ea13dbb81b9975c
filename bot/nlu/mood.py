"""The mood head: how likely a person must take a text because of its tone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit, logit, softmax

from bot.nlu.examples import Mood
from bot.nlu.scale import Scale, best_sharpness
from bot.nlu.traits import SIGNS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from bot.nlu.traits import Traits

LEVELS: Mapping[Mood, float] = {
    Mood.GLAD: -0.05,
    Mood.CALM: 0.0,
    Mood.SAD: 0.0,
    Mood.TROUBLED: 0.07,
    Mood.DISPLEASED: 0.3,
    Mood.IRATE: 1.0,
}
"""How much each mood needs a person. Small differences rank what nobody would call irate, without crossing the border.
"""

RIDGE = 4.0
"""How little a single example is believed: tone is spread over many."""

INSISTING, MOST_TIMES = 0.5, 3
"""How much each time that an author has come back adds to the log odds, and how many times count."""

CERTAIN = 1 - 1e-6

DARK = ("bad_share", "worst")
DARKNESS, DARKNESS_ABROAD = 0.1, 0.2
"""How much dark words count by themselves, in English and in other languages: there the encoder understands less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoodHead:
    """Reads the scores of moods, a column each in the order of `Mood`."""

    sharpness: float  #: What scores are multiplied with before their softmax.
    irate: Scale

    def read(self, scores: NDArray[np.float32], traits: Traits) -> NDArray[np.float64]:
        """Give the probability that a person must take each text: shape (texts,)."""
        return self.irate.probability(_weighed(scores, self.sharpness, traits))


def insisted(mood: float, times: int) -> float:
    """Raise a *mood* because its author has come back to what nobody has answered that many *times*.

    The step is a choice and not measured: no public data tells how angry a post's author is and how often they tried.
    """
    return float(expit(logit(min(mood, CERTAIN)) + INSISTING * min(times, MOST_TIMES)))


def mood_targets(moods: Sequence[Mood]) -> NDArray[np.float32]:
    """Give the targets of examples: shape (examples, moods); a row adds up to 0."""
    order = list(Mood)
    targets = np.full((len(moods), len(order)), -1 / (len(order) - 1), dtype=np.float32)
    targets[np.arange(len(moods)), [order.index(mood) for mood in moods]] = 1
    return targets


def is_irate(targets: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Say of each row of targets whether it is an irate one's: shape (examples,)."""
    return np.asarray(np.equal(targets.argmax(axis=1), list(Mood).index(Mood.IRATE)))


def fit_mood(held_out: NDArray[np.float32], targets: NDArray[np.float32], traits: Traits) -> MoodHead:
    """Fit the head on scores of examples held out."""
    right = targets.argmax(axis=1)
    sharpness = best_sharpness(held_out, right)
    weighed = _weighed(held_out, sharpness, traits)
    return MoodHead(sharpness=sharpness, irate=Scale.fit(weighed, is_irate(targets)))


def _weighed(scores: NDArray[np.float32], sharpness: float, traits: Traits) -> NDArray[np.float32]:
    levels = np.array([LEVELS[mood] for mood in Mood])
    dark = traits.signs[:, [SIGNS.index(name) for name in DARK]].sum(axis=1)
    abroad = np.array([language not in {None, "en"} for language in traits.languages])
    darkness = np.where(abroad, DARKNESS_ABROAD, DARKNESS) * dark
    return np.asarray(softmax(sharpness * scores, axis=1) @ levels + darkness, dtype=np.float32)
