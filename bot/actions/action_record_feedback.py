"""Rasa's action that notes whether an answer helped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rasa_sdk import Action
from rasa_sdk.events import SlotSet

from bot.actions.heard import said_in
from bot.actions.orders import Feedback, to_message

if TYPE_CHECKING:
    from rasa_sdk import Tracker
    from rasa_sdk.executor import CollectingDispatcher


class ActionRecordFeedback(Action):  # type: ignore[misc] # rasa_sdk's base is untyped
    """Takes the customer's word on the last answer."""

    def name(self) -> str:
        """Give its name in `domain.yml`."""
        return "action_record_feedback"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Order the note; what helped may be said again when it is asked for again."""
        helped = said_in(tracker).intent != "deny"
        dispatcher.utter_message(json_message=to_message(Feedback(helped=helped)))
        return [SlotSet("tried", []), SlotSet("question", None)] if helped else []
