from __future__ import annotations

import pytest

from bot.nlu.examples import Example, read_examples
from bot.nlu.phrases import CONTROLS, MOST_WORDS, NO_PHRASES, Phrases
from bot.settings import DataSettings

PHRASES = Phrases(
    [
        Example(text="guten Abend", intent="greet", language="de"),
        Example(text="Yes, please!", intent="affirm"),
        Example(text="ok", intent="affirm"),
        Example(text="ok", intent="thank"),
        Example(text="skip this one for me now", intent="skip"),
        Example(text="where is it", intent="question"),
        Example(text="überspringen", intent="skip", language="de"),
        Example(text="ja", intent="affirm", language="de"),
        Example(text="no", intent="deny"),
        Example(text="no gracias", intent="deny", language="es"),
    ]
)


@pytest.fixture(scope="module")
def shipped():
    return Phrases(read_examples(DataSettings().training))


@pytest.mark.parametrize("text", ["yes please", "YES PLEASE", "@us yes, please 🙏", " Yes… please?! "])
def test_a_phrase_is_known_whatever_its_case_punctuation_and_emoji(text):
    assert PHRASES.intent_of(text) == "affirm"


def test_a_longer_text_is_no_phrase():
    assert PHRASES.intent_of("yes please do") is None


def test_a_word_of_two_controls_is_left_to_the_head():
    assert PHRASES.intent_of("ok") is None


def test_an_example_that_says_more_than_one_thing_makes_no_phrase():
    assert PHRASES.intent_of("skip this one for me now") is None


def test_an_intent_that_steers_nothing_makes_no_phrase():
    assert PHRASES.intent_of("where is it") is None


@pytest.mark.parametrize("text", ["", "👋", "..."])
def test_what_has_no_words_is_no_phrase(text):
    assert PHRASES.intent_of(text) is None


def test_without_examples_nothing_is_known():
    assert NO_PHRASES.intent_of("yes") is None


def test_a_phrase_tells_its_language():
    assert PHRASES.language_of("Guten Abend!") == "de"


@pytest.mark.parametrize("text", ["ja", "no", "ok", "no gracias", "überspringen", "where is it", "anything else"])
def test_a_word_that_people_say_in_any_language_tells_none(text):
    assert PHRASES.language_of(text) is None


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("yes", "affirm"), ("sí", "affirm"), ("ja", "affirm"),
        ("no", "deny"), ("nein", "deny"), ("No, thanks.", "deny"),
        ("stop", "stop"), ("basta", "stop"), ("stopp", "stop"),
        ("skip", "skip"), ("saltar", "skip"), ("überspringen", "skip"),
        ("change", "change"), ("cambiar el correo", "change"), ("E-Mail ändern", "change"),
        ("person", "ask_person"), ("persona", "ask_person"), ("Mensch", "ask_person"),
        ("open a case", "open_case"), ("abrir un caso", "open_case"), ("Fall anlegen", "open_case"),
        ("where is my case?", "check_case"), ("¿cómo va mi caso?", "check_case"), ("Wo ist mein Fall?", "check_case"),
        ("thanks!", "thank"), ("gracias", "thank"), ("danke", "thank"),
        ("hi", "greet"), ("hola", "greet"), ("Hallo", "greet"),
    ],
)  # fmt: skip
def test_the_words_that_the_bot_asks_for_are_read_for_sure(shipped, text, intent):
    assert shipped.intent_of(text) == intent


def test_every_control_has_phrases_in_each_language(shipped):
    examples = read_examples(DataSettings().training)
    short = {
        (one.intent, one.language)
        for one in examples
        if one.intent in CONTROLS and len(one.text.split()) <= MOST_WORDS and shipped.intent_of(one.text)
    }

    assert short == {(intent, language) for intent in CONTROLS for language in ("en", "es", "de")}
