"""Rasa's action that says how far the customer's cases are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rasa_sdk import Action

from bot.actions.heard import said_in
from bot.actions.references import find_references
from bot.vocabulary import EscalationState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rasa_sdk import Tracker
    from rasa_sdk.executor import CollectingDispatcher

    from bot.ports import Adviser, KnownCase

RESPONSES: Mapping[EscalationState, str] = {
    EscalationState.QUEUED: "utter_case_queued",
    EscalationState.OPEN: "utter_case_open",
    EscalationState.RESOLVED: "utter_case_resolved",
    EscalationState.DEAD: "utter_case_queued",
}
"""What is said of a case; that one waits for people to pass it on by hand is no concern of the customer's."""

MOST_CASES = 3
"""Cases that are told of at once, the newest first."""


class ActionCheckCase(Action):  # type: ignore[misc] # rasa_sdk's base is untyped
    """Tells of the cases that the customer of this conversation has, and of nobody else's."""

    def __init__(self, adviser: Adviser) -> None:
        self._adviser = adviser

    def name(self) -> str:
        """Give its name in `domain.yml`."""
        return "action_check_case"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Say the state of each case, or that there is none."""
        cases = _asked_for(said_in(tracker).text, await self._adviser.cases(conversation_id_of(tracker.sender_id)))
        for case in cases[:MOST_CASES]:
            dispatcher.utter_message(response=RESPONSES[case.state], case_reference=case.reference)
        if not cases:
            dispatcher.utter_message(response="utter_no_case")
        return []


def conversation_id_of(sender: str) -> int:
    """Give our id of the conversation that Rasa knows as *sender*, such as "heed-7"; 0 for one that is not ours."""
    number = sender.rpartition("-")[2]
    return int(number) if number.isdecimal() else 0


def _asked_for(text: str, cases: Sequence[KnownCase]) -> Sequence[KnownCase]:
    """Give the cases that *text* names; all where it names none of them."""
    named = find_references(text)
    return [case for case in cases if case.reference in named] or cases
