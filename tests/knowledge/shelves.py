"""A small knowledge base in English and German, and the values of it that tests ask for."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import numpy as np

from bot.nlu.hashing import HashingEncoder
from bot.vocabulary import Part
from knowledge.article import Article, Source
from knowledge.fitting import Judged, fit_confidence
from knowledge.passages import split
from knowledge.retriever import HybridRetriever
from knowledge.shelves import Shelves
from tests.bot.values import an_understanding

ENCODER = HashingEncoder()

FAR_AWAY = date(2999, 12, 31)
"""When the invented articles expire, so that no test does."""


def an_article(article_id="reset-password", **values):
    given = {
        "language": "en",
        "topic": "accounts",
        "question": "How do I reset my password?",
        "ask": ("forgot my password", "password reset link expired", "cannot log in to my account"),
        "short_answer": "Choose Forgotten password on the log-in page.",
        "full_answer": "1. Open the page.\n2. Choose **Forgotten password**.",
        "products": ("Book 13",),
        "source": Source.OFFICIAL,
        "author": "Tarnwell Support",
        "votes": 3,
        "reviewed": True,
        "last_verified": date(2026, 8, 1),
        "valid_until": FAR_AWAY,
    }
    return Article(id=article_id, **{**given, **values})


LIBRARY = (
    an_article(),
    an_article(
        "battery-drains",
        topic="battery",
        question="Why does my battery drain fast?",
        ask=("battery empty after two hours", "laptop battery dies quickly", "battery life is bad"),
        short_answer="Lower the brightness and update the BIOS.",
        full_answer="Bright screens empty a battery.",
    ),
    an_article(
        "wifi-drops",
        topic="wifi",
        question="Why does my Wi-Fi drop?",
        ask=("wifi keeps disconnecting", "wireless network drops every hour", "lost wifi after sleep"),
        short_answer="Update the wireless driver in the Hub.",
        full_answer="Old drivers lose the network after sleep.",
    ),
    an_article(
        "dock-no-picture",
        topic="docking",
        question="Why does my dock show no picture?",
        ask=("monitor black on the dock", "dock display not found", "no signal through dock"),
        short_answer="Use the left USB-C port and update the dock.",
        full_answer="Only the left port carries pictures.",
    ),
    an_article(
        language="de",
        question="Wie setze ich mein Passwort zurück?",
        ask=("Passwort vergessen", "Link zum Zurücksetzen abgelaufen", "komme nicht in mein Konto"),
        short_answer="Wählen Sie Passwort vergessen.",
        full_answer="Öffnen Sie die Seite.",
    ),
    an_article(
        "battery-drains",
        language="de",
        question="Warum ist der Akku so schnell leer?",
        ask=("Akku nach zwei Stunden leer", "Laptop hält nicht lange durch", "Akkulaufzeit ist schlecht"),
        short_answer="Helligkeit senken und BIOS aktualisieren.",
        full_answer="Helle Bildschirme leeren den Akku.",
    ),
)


def a_plain_article(article_id, question, answer="", **values):
    """An article that is asked in one way only and, without an *answer*, says nothing else."""
    return an_article(article_id, question=question, ask=(), short_answer="", full_answer=answer, **values)


def vectors_of(articles):
    texts = [passage.text for passage in split(articles)]
    return dict(zip(texts, ENCODER.encode(texts), strict=True))


@lru_cache(maxsize=1)
def shelves():
    return Shelves.of(LIBRARY, vectors_of(LIBRARY))


@lru_cache(maxsize=1)
def asked():
    """The understanding of each way to ask, by language and text."""
    return {
        (language, passage.text): an_understanding(passage.text, language=language)
        for language, shelf in shelves().items()
        for passage in shelf.passages
        if passage.part is Part.ASK
    }


def judged(text, *right, **values):
    """A question that somebody judged, and the ids of the articles that answer it."""
    return Judged(understanding=an_understanding(text, **values), right=frozenset(right))


ANSWERED = {
    "laptop battery dies quickly": "battery-drains",
    "battery life is bad": "battery-drains",
    "wifi keeps disconnecting": "wifi-drops",
    "lost wifi after sleep": "wifi-drops",
    "monitor black on the dock": "dock-no-picture",
    "no signal through dock": "dock-no-picture",
    "forgot my password": "reset-password",
    "cannot log in to my account": "reset-password",
}
UNANSWERED = (
    "battery recall programme refund",
    "dock for the older model price",
    "wifi of the train is slow",
    "password manager you recommend",
    "battery pack on a plane",
    "picture frame of my account",
)


@lru_cache(maxsize=1)
def judged_questions():
    """Questions that come again in nearly the same words, as customers' do: some with an answer and some without."""
    known = [*ANSWERED.items(), *((text, None) for text in UNANSWERED)]
    return tuple(
        judged(said, *([article] if article else []))
        for text, article in known
        for said in (text, f"hello {text}", f"{text} please")
    )


@lru_cache(maxsize=1)
def chatter():
    texts = ("good morning everyone", "what a lovely day", "buy cheap followers now", "ha ha ha", "see you at the game")
    return tuple(an_understanding(text, intents={"small_talk": 0.8, "question": 0.2}) for text in texts)


@lru_cache(maxsize=1)
def fitted():
    return fit_confidence(shelves(), asked(), chatter())


@lru_cache(maxsize=1)
def fitted_to_judged():
    """A confidence that has seen what precedents are worth."""
    return fit_confidence(shelves(), asked(), chatter(), judged_questions())


@lru_cache(maxsize=1)
def retriever():
    return HybridRetriever(shelves(), fitted().confidence)


def nominees(text, language="en"):
    return shelves()[language].nominate(np.stack([ENCODER.encode([text])[0]]), [text])[0]
