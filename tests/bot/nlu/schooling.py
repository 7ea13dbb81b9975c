"""A handful of examples and the heads trained on them, for tests that need some heads and not good ones."""

from __future__ import annotations

from functools import lru_cache

from bot.nlu.cleaning import clean
from bot.nlu.examples import DANGERS, Example, Mood
from bot.nlu.hashing import HashingEncoder
from bot.nlu.heads import train_heads, traits_of
from bot.nlu.lexicon import load_lexicons
from bot.nlu.traits import Said, read_traits
from bot.nlu.understander import Understander

LESSONS = {
    ("question", Mood.CALM): (
        "how do I reset my password",
        "where is the driver",
        "how do I pair the pen",
        "which key opens the BIOS",
        "can I charge it with a power bank",
        "how long is the warranty",
    ),
    ("complaint", Mood.IRATE): (
        "worst support ever, third time now",
        "this is RIDICULOUS, still no refund!!!",
        "I am sick of this dock",
        "never buying again, useless!!!",
        "broken AGAIN, unacceptable",
        "fed up with your scam",
    ),
    ("praise", Mood.GLAD): (
        "love my new laptop, thanks",
        "great support, thank you",
        "awesome tablet, love it",
        "super fast repair, thanks",
        "the keyboard is great",
        "thank you, you are the best",
    ),
    ("legal", Mood.DISPLEASED): (
        "my lawyer will write to you",
        "you will hear from my lawyer",
        "see you in court, says my lawyer",
        "I will see you in court",
        "my lawyer will take you to court",
        "my lawyer and I will go to court",
    ),
}

EXAMPLES = tuple(
    Example(text=text, intent=intent, mood=mood, danger=DANGERS.get(intent))
    for (intent, mood), texts in LESSONS.items()
    for text in texts
)


def traits(texts, encoder=None, language="en"):
    """Read the traits of texts in one language."""
    said = [Said(text=text, plain=clean(text), language=language) for text in texts]
    return read_traits(said, (encoder or HashingEncoder()).encode([one.plain for one in said]), load_lexicons())


def taught(examples, encoder=None):
    """Train heads on *examples*."""
    return train_heads(examples, traits_of(examples, encoder or HashingEncoder(), load_lexicons()))


@lru_cache(maxsize=1)
def trained():
    return taught(EXAMPLES)


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


def an_understander(encoder=None, *, heads=None, languages=None):
    """Give an understander of the few lessons."""
    return Understander(
        encoder=encoder or CountingEncoder(),
        heads=heads or trained().heads,
        languages=languages or AlwaysEnglish(),
        lexicons=load_lexicons(),
    )
