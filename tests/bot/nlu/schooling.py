"""A handful of examples and the heads trained on them, for tests that need some heads and not good ones."""

from __future__ import annotations

from functools import lru_cache

from bot.nlu.cleaning import clean
from bot.nlu.examples import Example
from bot.nlu.hashing import HashingEncoder
from bot.nlu.heads import describe, train_heads

LESSONS = {
    ("question", False): (
        "how do I reset my password",
        "where is the driver",
        "how do I pair the pen",
        "which key opens the BIOS",
        "can I charge it with a power bank",
        "how long is the warranty",
    ),
    ("complaint", True): (
        "worst support ever, third time now",
        "this is RIDICULOUS, still no refund!!!",
        "I am sick of this dock",
        "never buying again, useless!!!",
        "broken AGAIN, unacceptable",
        "fed up with your scam",
    ),
    ("praise", False): (
        "love my new laptop, thanks",
        "great support, thank you",
        "awesome tablet, love it",
        "super fast repair, thanks",
        "the keyboard is great",
        "thank you, you are the best",
    ),
}

EXAMPLES = tuple(
    Example(text=text, intent=intent, irate=irate, language="en")
    for (intent, irate), texts in LESSONS.items()
    for text in texts
)


def features(texts, encoder=None):
    plain = [clean(text) for text in texts]
    return describe(texts, plain, (encoder or HashingEncoder()).encode(plain))


@lru_cache(maxsize=1)
def trained():
    return train_heads(EXAMPLES, features([example.text for example in EXAMPLES]))


class CountingEncoder(HashingEncoder):
    """Remembers what it was asked to encode."""

    def __init__(self):
        super().__init__()
        self.passes = []

    def encode(self, texts):
        self.passes.append(list(texts))
        return super().encode(texts)


class AlwaysEnglish:
    def detect(self, plain):
        return "en" if plain else None
