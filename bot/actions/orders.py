"""What custom actions want done. It travels through Rasa as a custom message, and is done with the reply or not at all.

An action writes nothing itself: Rasa may run it, and then fail before anybody hears of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, ClassVar, TypeAlias

from bot.vocabulary import Consent, Contact, Reason

KEY = "heed"
"""Marks a custom message as an order, and holds its kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An article was said."""

    kind: ClassVar[str] = "answered"
    article_id: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOff:
    """A person must take the conversation."""

    kind: ClassVar[str] = "hand_off"
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalate:
    """The case goes to the offline channel."""

    kind: ClassVar[str] = "escalate"
    reference: str
    contact: Contact
    consent: Consent
    consent_mention_id: int  #: The post with which the customer agreed.


@dataclass(frozen=True, slots=True, kw_only=True)
class OptOut:
    """The customer wants no automated messages."""

    kind: ClassVar[str] = "opt_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """The customer said whether the last answer helped."""

    kind: ClassVar[str] = "feedback"
    helped: bool


Order: TypeAlias = Answered | HandOff | Escalate | OptOut | Feedback


def to_message(order: Order) -> dict[str, Any]:
    """Give an order as the custom message that carries it."""
    values = asdict(order)
    if isinstance(order, Escalate):
        values["consent"]["given_at"] = order.consent.given_at.isoformat()
    return {KEY: order.kind, **values}


def read_order(message: Mapping[str, Any]) -> Order:
    """Read the order that a custom message carries. Raises ValueError for anything else."""
    values = {name: value for name, value in message.items() if name != KEY}
    try:
        match message.get(KEY):
            case Answered.kind:
                return Answered(**values)
            case HandOff.kind:
                return HandOff(reason=Reason(values["reason"]))
            case Escalate.kind:
                consent = values["consent"]
                return Escalate(
                    reference=values["reference"],
                    contact=Contact(**values["contact"]),
                    consent=Consent(**{**consent, "given_at": datetime.fromisoformat(consent["given_at"])}),
                    consent_mention_id=values["consent_mention_id"],
                )
            case OptOut.kind:
                return OptOut()
            case Feedback.kind:
                return Feedback(**values)
    except (KeyError, TypeError) as error:
        raise ValueError(f"an order of ours that cannot be read: {message}") from error
    raise ValueError(f"no order of ours: {message}")
