"""Rasa's side of the contact form: fills its slots by what `bot.actions.contact_form` reads in a message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rasa_sdk import FormValidationAction
from rasa_sdk.events import SlotSet

from bot.actions.contact_form import ASKED, MOST_MISSES, Field, Reading, read_answer
from bot.actions.contacting import is_bare_name
from bot.actions.heard import (
    LANGUAGE,
    NUMBERS,
    is_answered,
    language_before,
    last_said,
    mention_id_in,
    said_at,
    said_in,
)
from bot.vocabulary import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rasa_sdk import Tracker
    from rasa_sdk.executor import CollectingDispatcher

    from bot.actions.contact_form import Said
    from bot.personal import Privacy

REQUESTED = "requested_slot"
"""Where Rasa keeps what it asked for last; a form ends where that is None."""


class ValidateContactForm(FormValidationAction):  # type: ignore[misc] # rasa_sdk's base is untyped
    """Says which field is asked for next, and what is known by then; Rasa asks."""

    def __init__(self, keep_days: int, privacy: Privacy) -> None:
        self._keep_days = keep_days
        self._privacy = privacy

    def name(self) -> str:
        """Give its name in `domain.yml`."""
        return "validate_contact_form"

    async def get_validation_events(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Begin the form, take an answer, or give the form back as it is: then rules take the message."""
        asked = tracker.get_slot(REQUESTED)
        if asked is None:
            return self._beginning(tracker)
        asked, known, said = Field(asked), _known(tracker), said_in(tracker)
        reading = None if is_answered(tracker) else read_answer(asked, said, known, self._privacy)
        if reading is None:
            return [SlotSet(REQUESTED, asked)]
        misses = int(tracker.get_slot("case_misses") or 0) + 1 if reading.missed else 0
        leaves = Reason.NOT_UNDERSTOOD if misses >= MOST_MISSES else reading.leaves
        if leaves:
            return [SlotSet("because", str(leaves)), SlotSet("case_ready", False), SlotSet(REQUESTED, None)]
        if reading.says:
            dispatcher.utter_message(response=reading.says)
        taken = self._taken(asked, reading, known, tracker)
        return [*taken, SlotSet("case_misses", misses), *_same_language(asked, said, reading, tracker)]

    async def next_requested_slot(
        self, _dispatcher: CollectingDispatcher, _tracker: Tracker, _domain: dict[str, Any]
    ) -> None:
        """Say nothing: the events above say what is asked next."""

    def _beginning(self, tracker: Tracker) -> list[dict[str, Any]]:
        """Begin with what the customer has said of an order or a device before."""
        number = next((value for kind in NUMBERS if (value := tracker.get_slot(kind))), None)
        fresh = {**dict.fromkeys(Field, None), Field.NUMBER: number}
        return [
            *(SlotSet(field, value) for field, value in fresh.items()),
            SlotSet("case_misses", 0),
            SlotSet("case_ready", False),
            SlotSet("keep_days", self._keep_days),
            SlotSet(REQUESTED, Field.CONSENT),
        ]

    def _taken(
        self, asked: Field, reading: Reading, known: Mapping[Field, Any], tracker: Tracker
    ) -> list[dict[str, Any]]:
        filled: dict[Field, Any] = dict(reading.filled)
        if Field.CONSENT in filled:
            filled[Field.CONSENT] = self._consent(tracker)
        if reading.ask:
            filled[reading.ask] = None
        following = asked if reading.missed or reading.says else _following(reading, {**known, **filled})
        return [
            *(SlotSet(field, value) for field, value in filled.items()),
            SlotSet("case_ready", following is None),
            SlotSet(REQUESTED, following),
        ]

    def _consent(self, tracker: Tracker) -> dict[str, Any]:
        """Note what the customer has agreed to, in the words in which they were asked."""
        return {
            "purpose": last_said(tracker, f"utter_ask_{Field.CONSENT}"),
            "keep_days": self._keep_days,
            "given_at": said_at(tracker).isoformat(),
            "mention_id": mention_id_in(tracker),
        }


def _known(tracker: Tracker) -> Mapping[Field, Any]:
    return {field: value for field in Field if (value := tracker.get_slot(field)) is not None}


def _following(reading: Reading, known: Mapping[Field, Any]) -> Field | None:
    """Give what is asked next; None where the form is complete."""
    return reading.ask or next((field for field in ASKED if known.get(field) is None), None)


def _same_language(asked: Field, said: Said, reading: Reading, tracker: Tracker) -> list[dict[str, Any]]:
    """Keep the language where the message is but a name: "María José Pérez" may speak any."""
    if asked is Field.NAME and Field.NAME in reading.filled and is_bare_name(said.text):
        return [SlotSet(LANGUAGE, language_before(tracker))]
    return []
