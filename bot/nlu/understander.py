"""Turns a batch of texts into understandings with one pass of the encoder."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Protocol

from bot.nlu.cleaning import LONGEST, clean
from bot.nlu.entities import NO_FORMS, find_entities
from bot.nlu.mood import insisted
from bot.nlu.traits import Said, read_traits
from bot.vocabulary import Danger, Ranked, Understanding

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from bot.nlu.entities import Forms
    from bot.nlu.heads import Heads
    from bot.nlu.lexicon import Lexicons
    from bot.ports import Encoder


class Detector(Protocol):
    """Tells a text's language."""

    def detect(self, plain: str) -> str | None:
        """Give an ISO 639-1 code, or None when unsure."""
        ...


REMEMBERED = 64
"""Single texts of which the understanding is kept: in one turn of a private conversation the same is asked thrice."""


class Understander:
    """Reads texts. Blocks its thread: run it off the event loop, and in one thread at a time."""

    def __init__(
        self, *, encoder: Encoder, heads: Heads, languages: Detector, lexicons: Lexicons, forms: Forms = NO_FORMS
    ) -> None:
        self.encoder = encoder
        self.heads = heads
        self.languages = languages
        self.lexicons = lexicons
        self._forms = forms
        self._latest: OrderedDict[tuple[str, int, str | None], Understanding] = OrderedDict()

    def understand(
        self,
        texts: Sequence[str],
        insistence: Sequence[int] | None = None,
        *,
        languages: Sequence[str | None] | None = None,
    ) -> list[Understanding]:
        """Give one understanding a text, in order, from one pass of the encoder.

        *insistence* says for each text how often its author has come back to what nobody has answered.
        *languages* says what each is written in, where that is known; else it is detected.
        """
        if len(texts) != 1:
            return self._read(texts, insistence, languages)
        asked = (texts[0], insistence[0] if insistence else 0, languages[0] if languages else None)
        if asked not in self._latest:
            self._latest[asked] = self._read(texts, insistence, languages)[0]
            while len(self._latest) > REMEMBERED:
                self._latest.popitem(last=False)
        return [self._latest[asked]]

    def _read(
        self, texts: Sequence[str], insistence: Sequence[int] | None, languages: Sequence[str | None] | None
    ) -> list[Understanding]:
        plain = [clean(text) for text in texts]
        vectors = self.encoder.encode(plain)
        if not texts:
            return []
        said = [
            Said(text=text, plain=words, language=known or self.languages.detect(words))
            for text, words, known in zip(texts, plain, languages or [None] * len(texts), strict=True)
        ]
        read = self.heads.read(read_traits(said, vectors, self.lexicons), plain)
        return [
            Understanding(
                text=one.plain,
                vector=vectors[row],
                intents=_ranking(self.heads.intent.labels, read.intents[row]),
                strange=round(float(read.strange[row]), 4),
                mood=round(insisted(float(read.mood[row]), insistence[row] if insistence else 0), 4),
                danger=round(float(read.danger[row]), 4),
                dangers=_ranking(tuple(Danger), read.dangers[row]),
                language=one.language,
                entities=find_entities(one.text[:LONGEST], self._forms),
            )
            for row, one in enumerate(said)
        ]


def _ranking(labels: Sequence[str], probabilities: NDArray[np.float64]) -> tuple[Ranked, ...]:
    order = (-probabilities).argsort(kind="stable")
    return tuple(Ranked(label=str(labels[place]), probability=round(float(probabilities[place]), 4)) for place in order)
