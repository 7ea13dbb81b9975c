"""Turns a batch of texts into understandings with one pass of the encoder."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from bot.nlu.cleaning import clean
from bot.nlu.heads import Heads, describe
from bot.vocabulary import Ranked, Understanding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.ports import Encoder

DANGEROUS = ("safety", "legal", "press")

_ALARM = re.compile(
    r"\b(smok(?:e|ing)|on fire|burn(?:t|ed|ing)|spark(?:s|ing)|electric shock|swollen|bulging|explod\w+|injur\w+|"
    r"lawyers?|attorney|sue|suing|lawsuit|court|kill myself|suicid\w+|fraud|"
    r"humo|incendi\w+|quemad\w+|chispas|hinchad\w+|explot\w+|abogad\w+|demand(?:a|ar|aré|o)|denunci\w+|suicid\w+|"
    r"rauch\w*|qualm\w*|brennt|verbrannt|funken\w*|aufgebläht|aufgequollen|explodiert|anwalt|anwältin|verklag\w+|gericht)\b",
    re.IGNORECASE,
)
_ALARM_PROBABILITY = 0.5
"""What a word of alarm alone is worth: enough for a person to look, whatever the heads say."""


class Detector(Protocol):
    """Tells a text's language."""

    def detect(self, plain: str) -> str | None:
        """Give an ISO 639-1 code, or None when unsure."""
        ...


class Understander:
    """Reads texts. Blocks its thread: run it off the event loop."""

    def __init__(self, *, encoder: Encoder, heads: Heads, languages: Detector) -> None:
        self.encoder = encoder
        self._heads = heads
        self._languages = languages

    def understand(self, texts: Sequence[str]) -> list[Understanding]:
        """Give one understanding a text, in order, from one pass of the encoder."""
        plain = [clean(text) for text in texts]
        vectors = self.encoder.encode(plain)
        if not texts:
            return []
        features = describe(texts, plain, vectors)
        intents = self._heads.intent.probabilities(features)
        irate = self._heads.mood.probabilities(features)[:, self._heads.mood.labels.index("irate")]
        return [
            Understanding(
                text=said,
                vector=vectors[row],
                intents=(ranked := _ranking(self._heads.intent.labels, intents[row])),
                mood=round(float(irate[row]), 4),
                danger=_danger(said, ranked),
                language=self._languages.detect(said),
            )
            for row, said in enumerate(plain)
        ]


def _ranking(labels: Sequence[str], probabilities: Sequence[float]) -> tuple[Ranked, ...]:
    pairs = sorted(zip(labels, probabilities, strict=True), key=lambda pair: -pair[1])
    return tuple(Ranked(label=label, probability=round(float(probability), 4)) for label, probability in pairs)


def _danger(plain: str, ranked: Sequence[Ranked]) -> float:
    learnt = sum(intent.probability for intent in ranked if intent.label in DANGEROUS)
    return max(learnt, _ALARM_PROBABILITY if _ALARM.search(plain) else 0.0)
