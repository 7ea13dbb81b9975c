from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.actions.contact_form import (
    ASKED,
    AT_ONCE,
    INTERRUPTING,
    LONGEST_ANSWER,
    SKIPPED,
    Field,
    Reading,
    Said,
    contact_in,
    named_field,
    read_answer,
)
from bot.vocabulary import Contact, Reason

KNOWN = {Field.CONSENT: "yes", Field.NAME: "Petra", Field.CONTACT: "petra@example.org", Field.NUMBER: "TN-482913"}


def said(text, intent="", probability=0.99, **more):
    return Said(text=text, intent=intent, probability=probability, **more)


def read(asked, text, intent="", probability=0.99, **more):
    before = ASKED[: ASKED.index(asked)] if asked in ASKED else tuple(KNOWN)
    return read_answer(asked, said(text, intent, probability, **more), {one: KNOWN[one] for one in before})


def missed(says):
    return Reading(says=says, missed=True)


@pytest.mark.parametrize("asked", list(Field))
@pytest.mark.parametrize("intent", sorted(AT_ONCE))
def test_who_wants_a_person_or_speaks_of_danger_is_not_asked_on(asked, intent):
    assert read(asked, "get me somebody now please", intent) is None


@pytest.mark.parametrize("asked", list(Field))
@pytest.mark.parametrize("intent", sorted(INTERRUPTING))
def test_a_question_is_no_answer(asked, intent):
    assert read(asked, "what do you need that for?", intent) is None


@pytest.mark.parametrize("asked", list(Field))
@pytest.mark.parametrize("text", ["", "  ", "🙂", "https://t.co/abcdef"])
def test_an_attachment_or_nothing_is_asked_again_and_not_held_against_anybody(asked, text):
    assert read(asked, text) == Reading(says="utter_only_text")


@pytest.mark.parametrize("asked", list(Field))
def test_a_novel_is_refused_by_name(asked):
    assert read(asked, "it was a dark night " * 30) == missed("utter_too_long")


def test_a_name_as_long_as_an_answer_may_be_is_still_too_long_for_a_name():
    assert read(Field.NAME, "a" * LONGEST_ANSWER) == missed("utter_wrong_name")


def test_consent_is_given_by_yes_alone():
    assert read(Field.CONSENT, "yes", "affirm").filled == {Field.CONSENT: "yes"}
    assert read(Field.CONSENT, "maybe", "affirm", 0.6) == missed("utter_yes_or_no")
    assert read(Field.CONSENT, "thanks", "thank") == missed("utter_yes_or_no")


@pytest.mark.parametrize("intent", ["deny", "skip"])
def test_without_consent_a_person_answers_here(intent):
    assert read(Field.CONSENT, "no", intent) == Reading(leaves=Reason.ASKED_FOR_PERSON)


def test_a_name_is_taken_whatever_the_head_makes_of_it():
    assert read(Field.NAME, "Petra Klein", "ask_person", 0.7).filled == {Field.NAME: "Petra Klein"}
    assert read(Field.NAME, "Ana María del Carmen Ruiz", "small_talk", 0.9).filled == {
        Field.NAME: "Ana María del Carmen Ruiz"
    }


@pytest.mark.parametrize(("text", "intent"), [("hello", "greet"), ("ok", "affirm"), ("ana@example.org", "inform")])
def test_what_is_no_name_is_asked_again(text, intent):
    assert read(Field.NAME, text, intent) == missed("utter_wrong_name")


@pytest.mark.parametrize("field", [Field.NAME, Field.NUMBER])
@pytest.mark.parametrize(("text", "intent"), [("skip", "skip"), ("no", "deny")])
def test_name_and_number_may_be_left_out(field, text, intent):
    assert read(field, text, intent).filled == {field: SKIPPED}


def test_without_a_contact_a_person_answers_here():
    assert read(Field.CONTACT, "skip", "skip") == Reading(leaves=Reason.ASKED_FOR_PERSON)


@pytest.mark.parametrize(
    ("text", "says"),
    [("ana@example", "utter_wrong_email"), ("12345", "utter_wrong_phone"), ("by pigeon", "utter_wrong_contact")],
)
def test_a_contact_that_is_none_is_explained(text, says):
    assert read(Field.CONTACT, text, "inform", 0.8) == missed(says)


def test_a_contact_is_kept_in_one_form():
    assert read(Field.CONTACT, "call 030 901820", "inform", language="de").filled == {Field.CONTACT: "+4930901820"}


def test_a_number_is_what_the_understanding_found():
    assert read(Field.NUMBER, "it is TN-482913", "inform", numbers=("TN-482913",)).filled == {Field.NUMBER: "TN-482913"}
    assert read(Field.NUMBER, "it is blue", "inform") == missed("utter_wrong_number")


def test_a_yes_completes_the_form():
    assert read(Field.CONFIRMED, "yes", "affirm").filled == {Field.CONFIRMED: "yes"}


def test_a_bare_no_asks_what_to_change():
    assert read(Field.CONFIRMED, "no", "deny") == Reading(ask=Field.CHANGE)
    assert read(Field.CONFIRMED, "change", "change") == Reading(ask=Field.CHANGE)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("change the e-mail", Field.CONTACT),
        ("the phone number is wrong", Field.CONTACT),
        ("cambiar el correo", Field.CONTACT),
        ("Telefonnummer ändern", Field.CONTACT),
        ("change my name", Field.NAME),
        ("el nombre", Field.NAME),
        ("the order number", Field.NUMBER),
        ("número de pedido", Field.NUMBER),
        ("die Seriennummer", Field.NUMBER),
    ],
)
def test_a_field_is_named_in_the_customers_words(text, field):
    assert named_field(text) == field
    assert read(Field.CONFIRMED, text, "change") == Reading(ask=field)
    assert read(Field.CHANGE, text, "inform", 0.4) == Reading(ask=field)


def test_what_is_said_anew_is_taken_and_read_back():
    reading = read(Field.CONFIRMED, "no, it's ana@example.org", "deny")

    assert (reading.filled, reading.ask) == ({Field.CONTACT: "ana@example.org"}, Field.CONFIRMED)


def test_nothing_to_change_after_all_goes_back_to_what_is_read_back():
    assert read(Field.CHANGE, "nothing", "deny") == Reading(ask=Field.CONFIRMED)
    assert read(Field.CHANGE, "skip", "skip") == Reading(ask=Field.CONFIRMED)


def test_to_skip_what_is_read_back_says_nothing():
    assert read(Field.CONFIRMED, "skip", "skip") == missed("utter_yes_or_no")


def test_change_in_the_middle_goes_back_to_the_field_that_is_named():
    assert read(Field.NUMBER, "change my name", "change") == Reading(ask=Field.NAME)


def test_change_without_a_name_goes_back_one_answer():
    assert read(Field.NUMBER, "change", "change") == Reading(ask=Field.CONTACT)
    assert read(Field.CONTACT, "back", "change") == Reading(ask=Field.NAME)


def test_change_before_anything_was_answered_asks_again():
    assert read(Field.NAME, "change", "change") == Reading(ask=Field.NAME)


def test_change_of_what_comes_later_asks_on():
    assert read(Field.NAME, "change the e-mail", "change") == Reading(ask=Field.NAME)


def test_what_was_left_out_is_empty_in_the_contact():
    assert contact_in({**KNOWN, Field.NAME: SKIPPED, Field.NUMBER: SKIPPED}) == Contact(email="petra@example.org")


def test_a_word_or_two_mean_something_only_where_that_is_sure():
    assert said("no way", "deny", 0.6).means("deny") is False
    assert said("no way, never again", "deny", 0.6).means("deny") is True


@given(
    st.sampled_from(list(Field)),
    st.text(max_size=400),
    st.sampled_from(["", "affirm", "deny", "skip", "change", "question", "complaint", "nlu_fallback"]),
    st.floats(0, 1),
)
def test_every_answer_fills_asks_leaves_or_is_no_answer(asked, text, intent, probability):
    reading = read_answer(asked, said(text, intent, probability), KNOWN)

    assert reading is None or reading.filled or reading.ask or reading.says or reading.missed or reading.leaves
