"""The contact form: what one message means for the field that was asked for. Pure; Rasa's side is beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.actions.contacting import as_contact, read_contact, read_name
from bot.nlu.cleaning import clean
from bot.personal import UNSET, Privacy
from bot.vocabulary import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.vocabulary import Contact


class Field(StrEnum):
    """What the form asks for, in this order, by the name of its slot."""

    CONSENT = "case_consent"
    NAME = "case_name"
    CONTACT = "case_contact"
    NUMBER = "case_number"
    CONFIRMED = "case_confirmed"
    CHANGE = "case_change"  #: Which of the others to ask for again; asked where the customer only said "no".


ASKED = (Field.CONSENT, Field.NAME, Field.CONTACT, Field.NUMBER, Field.CONFIRMED)
"""What must be known before a case goes out."""

SKIPPED = "–"
"""Stands for what the customer would not say, as they read it back."""

MOST_MISSES = 2
"""Answers to one field that say nothing; then a person takes over."""

LONGEST_ANSWER = 300
"""Characters; what is longer is a story, and is kept with the conversation as it is."""

SURE = 0.9
"""Probability from which even a word or two is what it seems to be."""

LIKELY = 0.5
"""Probability from which a sentence is."""

AT_ONCE = frozenset({"ask_person", "stop", "safety", "legal", "press"})
"""Intents that end the form, whatever was asked."""

INTERRUPTING = frozenset({"question", "purchase_interest", "check_case"})
"""Intents that are answered before the form goes on."""

_FEW_WORDS = 3
_KEYWORDS: Mapping[Field, re.Pattern[str]] = {
    Field.CONTACT: re.compile(
        r"e-?mail|\bmail|correo|phone|tel[eé]fono|telefon|m[oó]vil|handy|\bcell|contact|kontakt|address|direcci[oó]n"
        r"|adresse",
        re.IGNORECASE,
    ),
    Field.NUMBER: re.compile(
        r"number|order|serial|n[uú]mero|pedido|serie|nummer|bestell|seriennr|auftrag", re.IGNORECASE
    ),
    Field.NAME: re.compile(r"name|nombre|apellido", re.IGNORECASE),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message of a customer, as it was understood."""

    text: str
    intent: str = ""
    probability: float = 0.0  #: Of the intent.
    numbers: tuple[str, ...] = ()  #: Of orders and devices that it names.
    language: str = "en"

    def means(self, *intents: str) -> bool:
        """Say whether it surely means one of *intents*; a word or two can be anything."""
        least = LIKELY if len(clean(self.text).split()) >= _FEW_WORDS else SURE
        return self.intent in intents and self.probability >= least


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a message does to the form."""

    filled: Mapping[Field, str] = field(default_factory=dict)  #: What is known by it.
    ask: Field | None = None  #: What must be asked for again; else the first that is missing.
    says: str = ""  #: The response with which the bot explains itself first.
    missed: bool = False  #: Whether it said nothing of what was asked.
    leaves: Reason | None = None  #: Why the form ends here and a person takes over.


def read_answer(asked: Field, said: Said, known: Mapping[Field, str], privacy: Privacy = UNSET) -> Reading | None:
    """Say what *said* means where the form *asked* for a field; None where it is no answer and rules must take it."""
    if said.means(*AT_ONCE):
        return None
    if not clean(said.text):
        return Reading(says="utter_only_text")
    if len(said.text) > LONGEST_ANSWER:
        return Reading(says="utter_too_long", missed=True)
    if said.means("change") and asked is not Field.CHANGE:
        return _change(asked, said, known)
    if said.means("skip"):
        return _skip(asked)
    return _READERS[asked](said, privacy)


def contact_in(known: Mapping[Field, str]) -> Contact:
    """Give the contact that the form has collected."""
    name, reached_by, number = (known.get(one, "") for one in (Field.NAME, Field.CONTACT, Field.NUMBER))
    return as_contact(
        name="" if name == SKIPPED else name, reached_by=reached_by, number="" if number == SKIPPED else number
    )


def named_field(text: str) -> Field | None:
    """Give the field that *text* speaks of."""
    return next((one for one, words in _KEYWORDS.items() if words.search(text)), None)


def _consent(said: Said, _: Privacy) -> Reading | None:
    if said.means("affirm"):
        return Reading(filled={Field.CONSENT: said.text})
    if said.means("deny"):
        return Reading(leaves=Reason.ASKED_FOR_PERSON)
    return _unless_interrupting(said, "utter_yes_or_no")


def _name(said: Said, privacy: Privacy) -> Reading | None:
    if said.means("deny"):
        return _skip(Field.NAME)
    if "?" in said.text and said.intent in INTERRUPTING:
        return None
    if said.means("affirm", "greet", "thank") or read_contact(said.text, said.language, privacy):
        return Reading(says="utter_wrong_name", missed=True)
    if name := read_name(said.text):
        return Reading(filled={Field.NAME: name}) if len(name.split()) <= _FEW_WORDS else _long_name(said, name)
    return _unless_interrupting(said, "utter_wrong_name")


def _long_name(said: Said, name: str) -> Reading | None:
    """Take a name of many words, unless it is a question without its mark."""
    return None if said.means(*INTERRUPTING) else Reading(filled={Field.NAME: name})


def _contact(said: Said, privacy: Privacy) -> Reading | None:
    if contact := read_contact(said.text, said.language, privacy):
        return Reading(filled={Field.CONTACT: contact})
    if said.means("deny"):
        return _skip(Field.CONTACT)
    if said.means(*INTERRUPTING):
        return None
    if "@" in said.text:
        return Reading(says="utter_wrong_email", missed=True)
    if any(map(str.isdigit, said.text)):
        return Reading(says="utter_wrong_phone", missed=True)
    return Reading(says="utter_wrong_contact", missed=True)


def _number(said: Said, _: Privacy) -> Reading | None:
    if said.numbers:
        return Reading(filled={Field.NUMBER: said.numbers[0]})
    if said.means("deny"):
        return _skip(Field.NUMBER)
    return _unless_interrupting(said, "utter_wrong_number")


def _confirmed(said: Said, privacy: Privacy) -> Reading | None:
    if corrected := _corrected(said, privacy):
        return corrected
    if said.means("affirm"):
        return Reading(filled={Field.CONFIRMED: said.text})
    if wanted := named_field(said.text):
        return Reading(ask=wanted)
    if said.means("deny"):
        return Reading(ask=Field.CHANGE)
    return _unless_interrupting(said, "utter_yes_or_no")


def _which(said: Said, privacy: Privacy) -> Reading | None:
    if said.means("affirm", "deny"):
        return Reading(ask=Field.CONFIRMED)
    if corrected := _corrected(said, privacy):
        return corrected
    if wanted := named_field(said.text):
        return Reading(ask=wanted)
    return _unless_interrupting(said, "")


def _corrected(said: Said, privacy: Privacy) -> Reading | None:
    """Take what is said anew, and have everything read back again."""
    contact = read_contact(said.text, said.language, privacy)
    found = {Field.CONTACT: contact} if contact else {}
    if said.numbers:
        found[Field.NUMBER] = said.numbers[0]
    return Reading(filled=found, ask=Field.CONFIRMED) if found else None


def _change(asked: Field, said: Said, known: Mapping[Field, str]) -> Reading:
    """Go back to the field that is named; to the last one that was answered where none is."""
    wanted = named_field(said.text)
    if asked is Field.CONFIRMED:
        return Reading(ask=wanted or Field.CHANGE)
    answered = [one for one in (Field.NAME, Field.CONTACT, Field.NUMBER) if one in known and one is not asked]
    if wanted in answered:
        return Reading(ask=wanted)
    return Reading(ask=answered[-1] if answered and wanted is None else asked)


def _skip(asked: Field) -> Reading:
    match asked:
        case Field.NAME | Field.NUMBER:
            return Reading(filled={asked: SKIPPED})
        case Field.CONSENT | Field.CONTACT:
            return Reading(leaves=Reason.ASKED_FOR_PERSON)
        case Field.CHANGE:
            return Reading(ask=Field.CONFIRMED)
    return Reading(says="utter_yes_or_no", missed=True)


def _unless_interrupting(said: Said, says: str) -> Reading | None:
    return None if said.means(*INTERRUPTING) else Reading(says=says, missed=True)


_READERS: Mapping[Field, Callable[[Said, Privacy], Reading | None]] = {
    Field.CONSENT: _consent,
    Field.NAME: _name,
    Field.CONTACT: _contact,
    Field.NUMBER: _number,
    Field.CONFIRMED: _confirmed,
    Field.CHANGE: _which,
}
