"""A case as it leaves, invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from bot.vocabulary import Consent, Contact, Escalation

DELIVERY = "5e0f6a52-9d4b-4c0e-8f57-2b1d1c1f7a11"

ESCALATION = Escalation(
    reference="H7K-2QF-9",
    conversation_id=3,
    mention_id=7,
    channel="x",
    handle="mara_k",
    language="de",
    goal="Wants the dock replaced",
    words="Mein Dock lädt nicht mehr, schon das dritte Mal – bitte tauschen.",
    contact=Contact(name="Mara König", email="mara@example.org", phone="+4930901820", number="TN-204511"),
    consent=Consent(
        purpose="Dürfen wir Ihren Kontakt für diesen Fall speichern?",
        keep_days=90,
        given_at=datetime(2026, 11, 20, 11, 58, tzinfo=UTC),
    ),
    opened_at=datetime(2026, 11, 20, 12, 0, tzinfo=UTC),
)

PERSONAL = ("mara@example.org", "+4930901820", "4930901820", "König", "TN-204511")
"""What no log may hold."""


def an_escalation(**changes):
    return replace(ESCALATION, **changes)
