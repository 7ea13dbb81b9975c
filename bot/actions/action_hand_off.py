"""Rasa's action that gives the conversation to a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rasa_sdk import Action
from rasa_sdk.events import ActiveLoop, SlotSet

from bot.actions.contact_form import Field
from bot.actions.heard import said_in
from bot.actions.orders import HandOff, to_message
from bot.vocabulary import Reason

if TYPE_CHECKING:
    from rasa_sdk import Tracker
    from rasa_sdk.executor import CollectingDispatcher

DANGERS = ("safety", "legal", "press")
"""Intents that are a reason of themselves."""


class ActionHandOff(Action):  # type: ignore[misc] # rasa_sdk's base is untyped
    """Leaves whatever was begun, and orders a person."""

    def name(self) -> str:
        """Give its name in `domain.yml`."""
        return "action_hand_off"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Order a person for the reason that the slot `because` holds, and set `handed_off`."""
        dispatcher.utter_message(json_message=to_message(HandOff(reason=_reason(tracker))))
        return [
            ActiveLoop(None),
            SlotSet("requested_slot", None),
            *(SlotSet(field, None) for field in Field),
            SlotSet("because", None),
            SlotSet("handed_off", True),
        ]


def _reason(tracker: Tracker) -> Reason:
    if said_in(tracker).means(*DANGERS):
        return Reason.SAFETY
    return Reason(tracker.get_slot("because") or Reason.ASKED_FOR_PERSON)
