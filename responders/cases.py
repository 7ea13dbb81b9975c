"""What all help desks share: a case as a text that people read, and the limits of what comes back."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from bot.errors import HeedError

if TYPE_CHECKING:
    from bot.vocabulary import Escalation

LONGEST_ID = 500
"""Characters of a help desk's own id of an event."""

LONGEST_AUTHOR = 200
"""Characters of the name of who wrote an event."""


class MalformedEvent(HeedError):
    """What a help desk told cannot be understood; the message says what is wrong with it."""


def as_text(escalation: Escalation, hint: str) -> str:
    """Give a case as plain text in English; *hint* tells whoever reads it how to answer."""
    contact, consent = escalation.contact, escalation.consent
    reach = {"Name": contact.name, "E-mail": contact.email, "Phone": contact.phone, "Number": contact.number}
    about = {
        "Reference": escalation.reference,
        "From": f"@{escalation.handle} on {escalation.channel}, in language {escalation.language!r}",
        "Opened": f"{escalation.opened_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
    }
    agreed = (
        f'{consent.given_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC, asked "{consent.purpose}" '
        f"To be kept for {consent.keep_days} days."
    )
    parts = {
        "": hint,
        "What the customer wants": escalation.goal,
        "What the customer wrote": escalation.words,
        "How to reach them": _lines(reach),
        "Their consent": agreed,
        "The case": _lines(about),
    }
    return "\n\n".join(f"{heading}\n{text}".strip() for heading, text in parts.items() if text) + "\n"


def _lines(values: dict[str, str]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in values.items() if value)
