"""The examples that ship."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pytest
import yaml
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.deciding.priority import PRESSING
from bot.deciding.rules import QUESTIONS
from bot.nlu.cleaning import clean
from bot.nlu.examples import DANGERS, Mood, read_examples
from bot.parsing import LANGUAGE
from bot.settings import ROOT, DataSettings
from bot.vocabulary import Danger
from knowledge.confidence import NOTHING_WANTED

FOLDER = DataSettings().training
EXAMPLES = read_examples(FOLDER)
LANGUAGES = ("en", "es", "de")

CARE = "question complaint praise suggestion purchase_interest outage safety legal press ask_person spam small_talk"
CONTROLS = "greet thank affirm deny stop inform check_case open_case skip change"
INTENTS = (*CARE.split(), *CONTROLS.split())
"""The conversation map of social care, and the controls of a dialogue."""

TOO_NEAR = 0.9
"""Cosine of two texts' n-grams from which one of them teaches nothing that the other does not."""

COMMON = 0.2
"""Share of the texts from which an n-gram says too little of any of them to count."""

SHORT = 3
"""Words below which texts are few, and differ by one: "gracias" and "no gracias"."""


def in_language(language):
    return [example for example in EXAMPLES if example.language == language]


def test_there_are_enough_examples():
    assert len(EXAMPLES) >= 3_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_enough_examples(language):
    assert len(in_language(language)) >= 2_500


def test_no_example_is_in_a_language_that_nobody_reads():
    assert {example.language for example in EXAMPLES} == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_conversation_map_is_shown_in_each_language(language):
    counts = Counter(example.intent for example in in_language(language))

    assert set(counts) == set(INTENTS)
    assert [intent for intent, count in counts.items() if count < 20] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_mood_is_shown_in_each_language(language):
    counts = Counter(example.mood for example in in_language(language))

    assert [mood for mood in Mood if counts[mood] < 150] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_danger_is_shown_in_each_language(language):
    counts = Counter(example.danger for example in in_language(language))

    assert [danger for danger in Danger if counts[danger] < 35] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_entity_is_marked_in_each_language(language):
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    counts = Counter(entity.kind for example in in_language(language) for entity in example.entities)

    assert set(counts) == set(domain["entities"]) - {LANGUAGE}
    assert min(counts.values()) >= 8


def test_every_entity_is_where_it_is_said_to_be():
    assert all(
        example.text[entity.start : entity.end] == entity.text for example in EXAMPLES for entity in example.entities
    )


def test_no_mark_is_left():
    assert [example.text for example in EXAMPLES if re.search(r"\]\(|\]\{", example.text)] == []


def test_every_intent_that_the_code_names_has_examples():
    assert {*NOTHING_WANTED, *QUESTIONS, *PRESSING, *DANGERS, "ask_person", "complaint"} <= set(INTENTS)


def test_a_company_is_told_of_what_it_must_act_on():
    unaddressed = {example.intent for example in EXAMPLES if not example.addressed}

    assert unaddressed & {"ask_person", "inform", "affirm", "deny", "stop"} == set()


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.yml")), ids=lambda file: file.name)
def test_a_plain_reader_of_yaml_finds_the_same_examples_and_no_unknown_metadata(file):
    blocks = yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]
    lines = sum(len([line for line in block["examples"].splitlines() if line.strip()]) for block in blocks)

    assert lines == len([example for example in EXAMPLES if example.file == str(file)])
    assert {key for block in blocks for key in block.get("metadata", {})} <= {"mood", "danger", "addressed"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_example_comes_twice_in_a_language(language):
    bare = Counter(_bare(example.text) for example in in_language(language))
    del bare[""]  # examples of nothing but emoji

    assert [text for text, count in bare.items() if count > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_example_is_almost_another_one(language):
    texts = [text for text in (_bare(example.text) for example in in_language(language)) if len(text.split()) >= SHORT]

    assert near_duplicates(texts) == []


def test_an_almost_equal_text_would_be_found():
    first, again = "dock shows no picture since the last update", "the dock shows no picture since last update"

    assert near_duplicates(["where is my parcel", first, "love the new pen", again], common=1.0) == [(first, again)]


def near_duplicates(texts, common=COMMON):
    """Give the pairs of texts whose n-grams of 3 to 5 letters are nearer than TOO_NEAR."""
    model = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, max_df=common, dtype=np.float32
    ).fit_transform(texts)
    alike = model @ model.T
    alike.data[alike.data <= TOO_NEAR] = 0
    alike.eliminate_zeros()
    return [(texts[one], texts[other]) for one, other in zip(*alike.nonzero(), strict=True) if one < other]


def _bare(text):
    """Give the words alone: case, punctuation, handles and emoji make no new example."""
    return " ".join(re.findall(r"\w+", clean(text).casefold()))
