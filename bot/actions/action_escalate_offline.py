"""Rasa's action that sends a case, with the contact that its customer agreed to, off the network."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from rasa_sdk import Action
from rasa_sdk.events import SlotSet

from bot.actions.contact_form import Field, contact_in
from bot.actions.heard import mention_id_in
from bot.actions.orders import Escalate, to_message
from bot.actions.references import reference_for
from bot.vocabulary import Consent

if TYPE_CHECKING:
    from rasa_sdk import Tracker
    from rasa_sdk.executor import CollectingDispatcher


class ActionEscalateOffline(Action):  # type: ignore[misc] # rasa_sdk's base is untyped
    """Orders what the contact form has collected; without a consent it orders nothing."""

    def name(self) -> str:
        """Give its name in `domain.yml`."""
        return "action_escalate_offline"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Order the case, forget the form, and set `reference` and `escalated`."""
        given = tracker.get_slot(Field.CONSENT)
        if not given:
            return []
        reference = reference_for(mention_id_in(tracker))
        order = Escalate(
            reference=reference,
            contact=contact_in({field: str(tracker.get_slot(field) or "") for field in Field}),
            consent=Consent(
                purpose=given["purpose"],
                keep_days=given["keep_days"],
                given_at=datetime.fromisoformat(given["given_at"]),
            ),
            consent_mention_id=given["mention_id"],
        )
        dispatcher.utter_message(json_message=to_message(order))
        return [
            *(SlotSet(field, None) for field in Field),
            SlotSet("reference", reference),
            SlotSet("escalated", True),
        ]
