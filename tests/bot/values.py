"""Invented values of the vocabulary, plain unless a test says otherwise."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

from bot.deciding.rules import Autonomy, Case, Limits, Names, Patterns
from bot.deciding.teams import Teams
from bot.intake.guards import Watch
from bot.nlu.hashing import HashingEncoder
from bot.vocabulary import (
    Admitted,
    Candidate,
    Circumstances,
    Conversation,
    ConversationState,
    Decision,
    Mention,
    Ranked,
    Reason,
    Route,
    Understanding,
)

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ENCODER = HashingEncoder()

numbers = count(1000)


def a_mention(text="How do I reset my password?", **values):
    number = str(next(numbers))
    given = {
        "channel": "x",
        "post_id": number,
        "chain_id": values.get("post_id", number),
        "author_id": "7",
        "author_handle": "ana",
        "posted_at": NOW,
        "root_id": values.get("post_id", number),
    }
    return Mention(text=text, **{**given, **values})


def admitted(text="How do I reset my password?", *, conversation_id=0, circumstances=None, **values):
    return Admitted(
        mention=a_mention(text, **values),
        circumstances=circumstances or Circumstances(),
        conversation_id=conversation_id,
    )


def a_conversation():
    return Conversation(
        id=1, channel="x", author_id="7", author_handle="ana", root_id="1", state=ConversationState.PENDING
    )


def an_understanding(text="how do I reset my password", **values):
    """An ordinary question; *intents* may be given as a mapping of label to probability."""
    intents = values.pop("intents", {"question": 0.9, "complaint": 0.1})
    given = {
        "vector": ENCODER.encode([text])[0] if "vector" not in values else None,
        "mood": 0.1,
        "danger": 0.0,
        "language": "en",
    }
    ranked = tuple(Ranked(label=label, probability=probability) for label, probability in intents.items())
    return Understanding(text=text, intents=ranked, **{**given, **values})


def a_candidate(article_id="reset-password", **values):
    given = {
        "language": "en",
        "topic": "accounts",
        "question": "How do I reset my password?",
        "short_answer": "Choose Forgotten password on the log-in page.",
        "reviewed": True,
        "passage": "forgot my password",
        "score": 0.9,
        "parts": {"dense": 0.9},
        "confidence": 0.9,
    }
    return Candidate(article_id=article_id, **{**given, **values})


def the_limits(**values):
    given = {
        "answer": 0.8,
        "certified": True,
        "alone": True,
        "draft": 0.3,
        "ambiguity": 0.02,
        "irate": 0.5,
        "question": 0.5,
        "danger": 0.35,
        "person": 0.5,
        "nothing_asked": 0.8,
        "languages": frozenset({"en", "es", "de"}),
        "own_products": Names(["tarnwell", "book 13"]),
        "other_brands": Names(["iphone", "t-mobile"]),
        "case_numbers": Patterns([r"TN-\d{6}"]),
        "teams": Teams(default="customer service", answer_within=timedelta(hours=1)),
    }
    return Limits(**{**given, **values})


def an_autonomy(**values):
    return Autonomy(**{"answer": 0.8, "certified": True, "alone": True, **values})


def a_case(**values):
    """A case in which everything speaks for an answer; *values* change what a test is about."""
    given = {
        "mention": a_mention(),
        "limits": the_limits(),
        "understanding": an_understanding(),
        "candidates": (a_candidate(), a_candidate("change-email", score=0.4, confidence=0.2)),
    }
    return Case(**{**given, **values})


def a_watch(**values):
    given = {"now": NOW, "max_age": timedelta(hours=24), "stop_words": frozenset({"stop", "opt out", "basta"})}
    return Watch(**{**given, **values})


def a_decision(route=Route.ANSWER, *reasons, **values):
    given = {"rules": (), "candidates": (a_candidate(),), "understanding": an_understanding(), "confidence": 0.9}
    return Decision(route=route, reasons=reasons or (Reason.CONFIDENT,), **{**given, **values})
