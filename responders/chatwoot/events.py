"""What Chatwoot's webhooks tell of a case. Pure.

https://www.chatwoot.com/docs/product/others/webhook-events
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bot.vocabulary import DeskEvent, DeskEventKind
from responders.cases import LONGEST_AUTHOR, LONGEST_ID, MalformedEvent
from responders.chatwoot.desk import REFERENCE

WRITTEN = "message_created"
MOVED = frozenset({"conversation_status_changed", "conversation_resolved"})
"""Events that tell of a conversation's state; older releases have one of its own for the end."""


def read_event(body: bytes) -> DeskEvent | None:
    """Read an event; None for what is of no case, and for what the customer is not to be told.

    Told are messages that people send to the customer, and that the conversation is resolved; never private notes.
    Raises MalformedEvent for what is none of Chatwoot's.
    """
    given = _object(body)
    kind = given.get("event")
    if kind == WRITTEN:
        return _written(given)
    return _resolved(given) if kind in MOVED and given.get("status") == "resolved" else None


def _written(given: Mapping[str, Any]) -> DeskEvent | None:
    reference = _reference(_part(given, "conversation"))
    text = given.get("content")
    is_for_customer = given.get("message_type") == "outgoing" and given.get("private") is False
    if not reference or not is_for_customer or not isinstance(text, str) or not text.strip():
        return None
    return DeskEvent(
        id=f"message {_id(given)}",
        reference=reference,
        kind=DeskEventKind.REPLY,
        text=text.strip(),
        author=_name(_part(given, "sender")),
    )


def _resolved(given: Mapping[str, Any]) -> DeskEvent | None:
    """Tell of an end. A conversation can be resolved again after it was reopened, which is another event."""
    reference = _reference(given)
    if not reference:
        return None
    moment = given.get("updated_at") or given.get("timestamp") or ""
    return DeskEvent(
        id=f"resolved {_id(given)} {moment}"[:LONGEST_ID], reference=reference, kind=DeskEventKind.RESOLVED
    )


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        given = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise MalformedEvent("the body: not JSON.") from error
    if not isinstance(given, Mapping):
        raise MalformedEvent("the body: not an object.")
    return given


def _part(given: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = given.get(name)
    return part if isinstance(part, Mapping) else {}


def _reference(conversation: Mapping[str, Any]) -> str:
    reference = _part(conversation, "custom_attributes").get(REFERENCE)
    return reference.strip().upper() if isinstance(reference, str) else ""


def _id(given: Mapping[str, Any]) -> int:
    number = given.get("id")
    if not isinstance(number, int) or isinstance(number, bool):
        raise MalformedEvent("id: not a number.")
    return number


def _name(sender: Mapping[str, Any]) -> str:
    name = sender.get("name")
    return name.strip()[:LONGEST_AUTHOR] if isinstance(name, str) else ""
