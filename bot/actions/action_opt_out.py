"""Rasa's action that ends automated messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rasa_sdk import Action
from rasa_sdk.events import ActiveLoop, SlotSet

from bot.actions.contact_form import Field
from bot.actions.orders import OptOut, to_message

if TYPE_CHECKING:
    from rasa_sdk import Tracker
    from rasa_sdk.executor import CollectingDispatcher


class ActionOptOut(Action):  # type: ignore[misc] # rasa_sdk's base is untyped
    """Does as the customer says, in the middle of a form too."""

    def name(self) -> str:
        """Give its name in `domain.yml`."""
        return "action_opt_out"

    async def run(
        self, dispatcher: CollectingDispatcher, _tracker: Tracker, _domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Order the opt-out, and leave the form with nothing kept of it. Not a word is said."""
        dispatcher.utter_message(json_message=to_message(OptOut()))
        return [
            ActiveLoop(None),
            SlotSet("requested_slot", None),
            *(SlotSet(field, None) for field in Field),
        ]
