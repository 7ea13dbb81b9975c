"""Hand off: give a mention to a person together with what that person needs to go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.vocabulary import Handoff, Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.vocabulary import Admitted, Decision

INVITATIONS: Mapping[str, str] = {
    "en": "I'm sorry about this. A colleague will look after it personally; a private message with your order or serial "
    "number helps us to start at once.",
    "es": "Lamentamos lo ocurrido. Una persona del equipo lo atenderá; un mensaje privado con tu número de pedido o de "
    "serie nos ayuda a empezar ya.",
    "de": "Das tut uns leid. Eine Kollegin oder ein Kollege kümmert sich persönlich darum; eine private Nachricht mit "
    "Bestell- oder Seriennummer hilft uns, sofort anzufangen.",
}
"""Offers a way off the public channel, for the agent to send; by language, with English for the others."""

GOALS: Mapping[str, str] = {
    "complaint": "Is not satisfied and wants it put right",
    "praise": "Praises us; thanks are welcome, nothing is needed",
    "suggestion": "Suggests an improvement",
    "purchase_interest": "Thinks of buying",
    "outage": "Reports that something is down",
    "safety": "Reports a danger to people or data",
    "legal": "Speaks of legal steps",
    "press": "Asks for the press or for a publication",
    "ask_person": "Wants to talk to a person",
    "inform": "Gives details that we or somebody asked for",
}

_LEAST_SURE = 0.3


def hand_off(admitted: Admitted, decision: Decision) -> Handoff:
    """Make the handoff of a decision whose route is `handoff`."""
    understanding = decision.understanding
    return Handoff(
        goal=_goal(decision),
        mood=understanding.mood if understanding else 0.0,
        reasons=decision.reasons,
        suggestion=_suggestion(decision),
        priority=decision.priority,
        mention_id=admitted.mention.id,
    )


def _goal(decision: Decision) -> str:
    understanding = decision.understanding
    if understanding is None:
        return "Not read"
    goal = GOALS.get(understanding.intent)
    if goal and understanding.intents[0].probability >= _LEAST_SURE:
        return f"{goal}."
    if decision.candidates:
        return f"Has a question, perhaps: {decision.candidates[0].question}"
    return "Wants something that we could not make out."


def _suggestion(decision: Decision) -> str:
    if decision.understanding is None or not {Reason.IRATE, Reason.SAFETY, Reason.ASKED_FOR_PERSON} & set(
        decision.reasons
    ):
        return ""
    return INVITATIONS.get(decision.understanding.language or "en", INVITATIONS["en"])
