"""Rasa's action that says what the knowledge base answers, where the rules let the bot say it alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rasa_sdk import Action
from rasa_sdk.events import SlotSet

from bot.actions.heard import said_in
from bot.actions.orders import Answered, to_message
from bot.vocabulary import Reason

if TYPE_CHECKING:
    from collections.abc import Collection

    from rasa_sdk import Tracker
    from rasa_sdk.executor import CollectingDispatcher

    from bot.ports import Advice, Adviser


class ActionAnswer(Action):  # type: ignore[misc] # rasa_sdk's base is untyped
    """Answers the customer's question; where the last answer did not help, the same question once more."""

    def __init__(self, adviser: Adviser) -> None:
        self._adviser = adviser

    def name(self) -> str:
        """Give its name in `domain.yml`."""
        return "action_answer"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Say an answer and set `answered`, or say nothing and note why a person is needed."""
        said, tried = said_in(tracker), list(tracker.get_slot("tried") or ())
        again = said.means("deny")
        question = str(tracker.get_slot("question") or "") if again else said.text
        advice = await self._advice(question, tried)
        if advice is None:
            because = Reason.NOT_HELPED if again else Reason.UNCERTAIN
            numbered = bool(said.numbers) and not again
            return [SlotSet("because", str(because)), SlotSet("numbered", numbered), SlotSet("answered", False)]
        dispatcher.utter_message(text=advice.text)
        order = Answered(article_id=advice.article_id, confidence=advice.confidence)
        dispatcher.utter_message(json_message=to_message(order))
        return [
            SlotSet("tried", [*tried, advice.article_id]),
            SlotSet("question", None if again else question),  # a second answer is the last
            SlotSet("answered", True),
        ]

    async def _advice(self, question: str, tried: Collection[str]) -> Advice | None:
        return await self._adviser.answer(question, besides=tried) if question else None
