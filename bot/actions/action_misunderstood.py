"""Rasa's action for what is none of the intents: asks for other words, until that has gone on for too long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rasa_sdk import Action
from rasa_sdk.events import SlotSet

from bot.vocabulary import Reason

if TYPE_CHECKING:
    from rasa_sdk import Tracker
    from rasa_sdk.executor import CollectingDispatcher

MOST = 3
"""Messages in a row that nobody could make out; with the last of them a person takes over."""


class ActionMisunderstood(Action):  # type: ignore[misc] # rasa_sdk's base is untyped
    """Counts what was not understood; the domain counts from 0 again with each message that was."""

    def name(self) -> str:
        """Give its name in `domain.yml`."""
        return "action_misunderstood"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Ask for other words, or set `at_a_loss`."""
        count = int(tracker.get_slot("misunderstood") or 0) + 1
        if count >= MOST:
            return [
                SlotSet("misunderstood", 0),
                SlotSet("because", str(Reason.NOT_UNDERSTOOD)),
                SlotSet("at_a_loss", True),
            ]
        dispatcher.utter_message(response="utter_rephrase")
        return [SlotSet("misunderstood", count)]
