"""All heads on one machine: intent, mood and danger are read from the same likeness to the same examples."""

from __future__ import annotations

import io
import json
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np
from sklearn.metrics import roc_auc_score

from bot.errors import DataError, NotTrained
from bot.nlu.cleaning import clean
from bot.nlu.dangers import RIDGE as DANGER_RIDGE
from bot.nlu.dangers import DangerHead, danger_targets, fit_dangers, is_dangerous
from bot.nlu.examples import FEWEST, Mood
from bot.nlu.intents import IntentHead, teach_intents
from bot.nlu.machine import Machine, School
from bot.nlu.mood import RIDGE as MOOD_RIDGE
from bot.nlu.mood import MoodHead, fit_mood, is_irate, mood_targets
from bot.nlu.scale import Scale
from bot.nlu.traits import Said, read_traits
from bot.vocabulary import Danger

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from bot.nlu.examples import Example
    from bot.nlu.lexicon import Lexicons
    from bot.nlu.machine import Lesson
    from bot.nlu.traits import Traits
    from bot.ports import Encoder

FORMAT = 2
"""Changes whenever trained heads of before cannot be read any more."""

THRESHOLDS = (0.05, 0.08, 0.1, 0.12, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7)
"""For which a model card says what they would reach."""

MOST = 16_500
"""Examples that heads are trained on at most: memory grows with the square of their number, and time with the cube."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """What the heads read of some texts, a row each; probabilities, 0 to 1."""

    intents: NDArray[np.float64]  #: Shape (texts, intents).
    strange: NDArray[np.float64]  #: Of none of the intents: shape (texts,).
    mood: NDArray[np.float64]  #: Shape (texts,).
    dangers: NDArray[np.float64]  #: Shape (texts, dangers), in the order of `Danger`.
    danger: NDArray[np.float64]  #: Of any danger: shape (texts,).


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """All heads, trained together."""

    machine: Machine
    intent: IntentHead
    mood: MoodHead
    danger: DangerHead

    def read(self, traits: Traits, plain: Sequence[str]) -> Readings:
        """Read texts by their traits and their plain forms."""
        scores = self.machine.scores(traits)
        intents, moods, dangers = _columns(len(self.intent.labels))
        probable, strange = self.intent.read(scores[:, intents])
        wordless = np.array([not text for text in plain])
        strange, probable = np.where(wordless, 1.0, strange), np.where(wordless[:, np.newaxis], 0.0, probable)
        each, anyone = self.danger.read(scores[:, dangers], traits)
        return Readings(
            intents=probable,
            strange=strange,
            mood=self.mood.read(scores[:, moods], traits),
            dangers=each,
            danger=anyone,
        )

    def to_bytes(self) -> bytes:
        """Give all heads as one archive of arrays; reading it runs no code."""
        buffer = io.BytesIO()
        scales = {"strange": self.intent.strange, "irate": self.mood.irate} | {
            "any_danger": self.danger.any,
            "each_danger": self.danger.each,
        }
        about = {
            "format": FORMAT,
            "intents": self.intent.labels,
            "sharpness": [self.intent.sharpness, self.mood.sharpness],
            "scales": {name: asdict(scale) for name, scale in scales.items()},
        }
        np.savez(buffer, allow_pickle=False, about=np.array(json.dumps(about)), **self.machine.arrays())
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, payload: bytes) -> Heads:
        """Read what `to_bytes` wrote. Raises NotTrained for what another version wrote, or nobody."""
        try:
            with np.load(io.BytesIO(payload), allow_pickle=False) as arrays:
                about = json.loads(str(arrays["about"]))
                if about["format"] != FORMAT:
                    raise NotTrained("The heads were trained by another version of Heed; run `heed train`.")
                scales = {name: Scale(**scale) for name, scale in about["scales"].items()}
                return cls(
                    machine=Machine.from_arrays(arrays),
                    intent=IntentHead(
                        labels=tuple(about["intents"]), sharpness=about["sharpness"][0], strange=scales["strange"]
                    ),
                    mood=MoodHead(sharpness=about["sharpness"][1], irate=scales["irate"]),
                    danger=DangerHead(any=scales["any_danger"], each=scales["each_danger"]),
                )
        except (BadZipFile, EOFError, LookupError, OSError, TypeError, ValueError) as error:
            raise NotTrained("The stored heads cannot be read; run `heed train --force`.") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """Fresh heads and their model card."""

    heads: Heads
    card: dict[str, Any]


def thinned(examples: Sequence[Example], most: int = MOST) -> list[Example]:
    """Give at most about *most* of the examples, an even share of each intent but never less than FEWEST of it."""
    if len(examples) <= most:
        return list(examples)
    counts, seen = Counter(example.intent for example in examples), Counter[str]()
    urgency = []
    for place, example in enumerate(examples):
        own = seen[example.intent]
        urgency.append((own >= FEWEST, (own + 0.5) / counts[example.intent], place))
        seen[example.intent] += 1
    kept = max(most, sum(not dispensable for dispensable, _, _ in urgency))
    return [examples[place] for place in sorted(place for _, _, place in sorted(urgency)[:kept])]


def traits_of(examples: Sequence[Example], encoder: Encoder, lexicons: Lexicons) -> Traits:
    """Read the traits of examples. Blocks its thread for one pass of the encoder."""
    said = [Said(text=example.text, plain=clean(example.text), language=example.language) for example in examples]
    return read_traits(said, encoder.encode([one.plain for one in said]), lexicons)


def train_heads(examples: Sequence[Example], traits: Traits) -> Trained:
    """Fit all heads on *examples* with their *traits*, and measure them on what each was held out of.

    Raises DataError where there is nothing to tell apart.
    """
    moods = mood_targets([example.mood for example in examples])
    dangers = danger_targets([example.danger for example in examples])
    _check(examples, moods, dangers)
    school = School(traits)
    intent, intent_head = teach_intents(school, examples)
    danger, mood = school.teach(dangers, DANGER_RIDGE).closed(), school.teach(moods, MOOD_RIDGE)
    # A file is a theme by one hand: what a tone sounds like elsewhere is seen by leaving out all of it.
    themes = [example.file for example in examples]
    mood_unseen = mood.held_out_by(themes)
    heads = Heads(
        machine=school.graduate(intent, mood, danger),
        intent=intent_head,
        mood=fit_mood(mood_unseen, moods, traits),
        danger=fit_dangers(danger.held_out, dangers),
    )
    card = {
        "examples": len(examples),
        "languages": _counted([example.language for example in examples]),
        "intents": _counted([example.intent for example in examples]),
        "moods": _counted([example.mood.value for example in examples]),
        "dangers": _counted([example.danger.value for example in examples if example.danger]),
        "held_out_intent_accuracy": _accuracy(intent, examples),
        "held_out_mood": _trade(heads.mood.read(mood_unseen, traits), is_irate(moods)),
        "held_out_danger": _trade(heads.danger.read(danger.held_out, traits)[1], is_dangerous(dangers)),
    }
    return Trained(heads=heads, card=card)


def train_intents(examples: Sequence[Example], traits: Traits, landmarks: int) -> tuple[Machine, IntentHead]:
    """Fit a machine of intents alone, likening to *landmarks* examples at most, and the head that reads it."""
    school = School(traits, landmarks)
    lesson, head = teach_intents(school, examples)
    return school.graduate(lesson), head


def _columns(intents: int) -> tuple[slice, slice, slice]:
    moods = intents + len(Mood)
    return slice(0, intents), slice(intents, moods), slice(moods, moods + len(Danger))


def _check(examples: Sequence[Example], moods: NDArray[np.float32], dangers: NDArray[np.float32]) -> None:
    irate, dangerous = is_irate(moods), is_dangerous(dangers)
    lacking = [
        name
        for name, there in (
            ("a second intent", len({example.intent for example in examples}) > 1),
            ("an irate one", irate.any()),
            ("one that is not irate", not irate.all()),
            ("one of a danger", dangerous.any()),
            ("one of no danger", not dangerous.all()),
        )
        if not there
    ]
    if lacking:
        raise DataError(
            f"the training examples lack {', '.join(lacking)}.",
            file="training examples",
            remedy="Learn yours beside the ones that ship: leave data.training and set data.own_training.",
        )


def _accuracy(intent: Lesson, examples: Sequence[Example]) -> float:
    """Give the share of examples said to a company whose intent is found when they are held out."""
    addressed = np.array([example.addressed for example in examples])
    right = intent.held_out.argmax(axis=1) == intent.targets.argmax(axis=1)
    return round(float(right[addressed].mean()), 4)


def _trade(probability: NDArray[np.float64], true: NDArray[np.bool_]) -> dict[str, Any]:
    """Say how well a probability tells the true ones apart, and which shares of both kinds each threshold reaches."""
    reached = {
        f"{threshold:.2f}": [round(float((probability[kind] >= threshold).mean()), 4) for kind in (true, ~true)]
        for threshold in THRESHOLDS
    }
    return {"auroc": round(float(roc_auc_score(true, probability)), 4), "reached": reached}


def _counted(labels: Sequence[str]) -> dict[str, int]:
    return dict(sorted(Counter(labels).items()))
