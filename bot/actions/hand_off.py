"""Hand off: give a mention to a person together with what that person needs to go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.vocabulary import Danger, Handoff, Reason
from knowledge.composing import propose

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.vocabulary import Admitted, Candidate, Decision, Understanding
    from knowledge.composing import Form

INVITATIONS: Mapping[str, str] = {
    "en": "I'm sorry about this. A colleague will look after it personally; a private message with your order or "
    "serial number helps us to start at once.",
    "es": "Lamentamos lo ocurrido. Una persona del equipo lo atenderá; un mensaje privado con tu número de pedido o "
    "de serie nos ayuda a empezar ya.",
    "de": "Das tut uns leid. Eine Kollegin oder ein Kollege kümmert sich persönlich darum; eine private Nachricht mit "
    "Bestell- oder Seriennummer hilft uns, sofort anzufangen.",
}
"""Offers a way off the public channel, for the agent to send; by language, with English for the others."""

PROMISES: Mapping[str, str] = {
    "en": "One of our team takes over and will answer you here.",
    "es": "Una persona del equipo se hace cargo y le responderá aquí.",
    "de": "Jemand aus unserem Team übernimmt und antwortet Ihnen hier.",
}
"""Tells a customer in private that a person takes over; by language, with English for the others."""

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
    "check_case": "Asks how far their case is",
    "open_case": "Wants a case opened",
    "change": "Wants something changed that was said before",
    "skip": "Would rather not say what was asked",
    "affirm": "Says yes to something said before",
    "deny": "Says no to something said before",
    "thank": "Thanks, or closes the thread",
    "greet": "Greets and has not said more yet",
    "spam": "Looks like spam, though not surely",
    "small_talk": "Makes small talk, though not surely",
    "stop": "Wants no more replies, as it seems",
}

LANGUAGES: Mapping[str, str] = {"en": "English", "es": "Spanish", "de": "German"}
"""What agents call a language; others go by their code."""

AMENDED = "Edited a post that is answered already; see whether the answer still fits."

ALARMS: Mapping[str, str] = {
    Danger.FIRE: "May report fire, smoke or something that got dangerously hot",
    Danger.BATTERY: "May report a swollen or leaking battery",
    Danger.INJURY: "May report that somebody was hurt",
    Danger.DATA_LOSS: "May report data lost, or in wrong hands",
    Danger.FRAUD: "May report fraud or a stolen account",
    Danger.SELF_HARM: "May be thinking of suicide",
    Danger.LEGAL: "May speak of legal steps",
    Danger.PRESS: "May write for the press or for many readers",
}
"""What each danger means to the agent who takes the handoff."""

_LEAST_SURE = 0.5
_WORTH_NAMING = 0.15


def hand_off(admitted: Admitted, decision: Decision, form: Form) -> Handoff:
    """Make the handoff of a decision whose route is `handoff`."""
    understanding = decision.understanding
    return Handoff(
        goal=_goal(decision),
        mood=understanding.mood if understanding else 0.0,
        reasons=decision.reasons,
        suggestion=_suggestion(decision, form),
        priority=decision.priority.total,
        mention_id=admitted.mention.id,
    )


def _goal(decision: Decision) -> str:
    understanding = decision.understanding
    if understanding is None:
        return AMENDED if Reason.DUPLICATE in decision.reasons else "Not read."
    if Reason.SAFETY in decision.reasons:
        return _alarm(understanding)
    likely = understanding.intents[0].probability >= _LEAST_SURE
    about = _named(decision.candidates[0], understanding) if decision.confidence >= _WORTH_NAMING else ""
    if likely and understanding.intent in GOALS:
        return f"{GOALS[understanding.intent]}." + (f" Perhaps about: {about}" if about else "")
    return f"Perhaps asks: {about}" if about else "Wants something that no article covers, as far as we can tell."


def _alarm(understanding: Understanding) -> str:
    first = understanding.dangers[0] if understanding.dangers else None
    if first is None or first.probability < _WORTH_NAMING:
        return "May report a danger to people or data, or speak of the law or the press."
    return f"{ALARMS[first.label]}."


def _named(best: Candidate, understanding: Understanding) -> str:
    """Name an article; where the customer speaks another language than it, say so to whoever takes its text."""
    if understanding.language in {None, best.language}:
        return best.question
    return f"{best.question} (in {LANGUAGES.get(best.language, best.language)}: translate before you send)"


def _suggestion(decision: Decision, form: Form) -> str:
    understanding = decision.understanding
    if understanding is None:
        return ""
    if {Reason.IRATE, Reason.SAFETY, Reason.ASKED_FOR_PERSON} & set(decision.reasons):
        return INVITATIONS.get(understanding.language or "en", INVITATIONS["en"])
    if Reason.LANGUAGE in decision.reasons and decision.confidence >= _WORTH_NAMING:
        return propose(decision.candidates[0], understanding.text, form)
    return ""
