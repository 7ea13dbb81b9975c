"""What our actions read from Rasa's tracker: the message at hand, and what was said before it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot.actions.contact_form import Said
from bot.vocabulary import EntityKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rasa_sdk import Tracker

NUMBERS = (EntityKind.ORDER_NUMBER, EntityKind.SERIAL_NUMBER)
"""Entities that somebody has to look up."""

LANGUAGE = "language"
"""The slot, and the entity that fills it."""


def said_in(tracker: Tracker) -> Said:
    """Give the customer's latest message."""
    message: Mapping[str, Any] = tracker.latest_message
    intent: Mapping[str, Any] = message.get("intent") or {}
    return Said(
        text=str(message.get("text") or ""),
        intent=str(intent.get("name") or ""),
        probability=float(intent.get("confidence") or 0.0),
        numbers=tuple(str(value) for kind in NUMBERS for value in tracker.get_latest_entity_values(kind)),
        language=str(tracker.get_slot(LANGUAGE) or "en"),
    )


def mention_id_in(tracker: Tracker) -> int:
    """Give our own id of the latest message; 0 where it did not come from the service, as in `rasa shell`."""
    return int((tracker.latest_message.get("metadata") or {}).get("mention_id") or 0)


def said_at(tracker: Tracker) -> datetime:
    """Give when the latest message was written, as far as the service told; else when Rasa had it."""
    told = (tracker.latest_message.get("metadata") or {}).get("said_at")
    if told:
        return datetime.fromisoformat(str(told))
    heard: Mapping[str, Any] = next((event for event in reversed(tracker.events) if event.get("event") == "user"), {})
    return datetime.fromtimestamp(float(heard.get("timestamp") or 0.0), UTC)


def last_said(tracker: Tracker, response: str) -> str:
    """Give what *response* last said to the customer, word for word; empty where it never did."""
    bot = (event for event in reversed(tracker.events) if event.get("event") == "bot")
    words = (event.get("text") for event in bot if (event.get("metadata") or {}).get("utter_action") == response)
    return next((str(text) for text in words if text), "")


def is_answered(tracker: Tracker) -> bool:
    """Say whether something was done since the latest message, besides the form that Rasa is just running."""
    done = [event for event in _since_latest(tracker) if event.get("event") == "action"]
    return len(done) > 1


def language_before(tracker: Tracker) -> str:
    """Give the language that the customer had spoken until the latest message."""
    earlier = iter(reversed(tracker.events))
    next((event for event in earlier if event.get("event") == "user"), None)
    filled = (event for event in earlier if event.get("event") == "slot" and event.get("name") == LANGUAGE)
    return str(next((event.get("value") for event in filled), None) or "en")


def _since_latest(tracker: Tracker) -> Iterator[Mapping[str, Any]]:
    """Give what happened since the latest message, the newest first."""
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return
        yield event
