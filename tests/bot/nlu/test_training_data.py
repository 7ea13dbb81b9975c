"""The examples that ship."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

import pytest

from bot.nlu.cleaning import clean
from bot.nlu.examples import read_examples
from bot.nlu.heads import FEWEST
from bot.nlu.understander import DANGEROUS
from bot.settings import DataSettings
from knowledge.confidence import NOTHING_WANTED

EXAMPLES = read_examples(DataSettings().training)


def test_there_are_enough_examples():
    assert len(EXAMPLES) >= 3_000


@pytest.mark.parametrize("language", ["en", "es", "de"])
def test_no_example_comes_twice_in_a_language(language):
    bare = Counter(_bare(example.text) for example in EXAMPLES if example.language == language)
    del bare[""]  # examples of nothing but emoji

    assert [text for text, count in bare.items() if count > 1] == []


def test_every_intent_is_known_in_two_languages_at_least():
    languages = defaultdict(set)
    for example in EXAMPLES:
        languages[example.intent].add(example.language)

    assert [intent for intent, known in languages.items() if len(known) < 2] == []


def test_every_intent_has_enough_examples_to_train_on():
    counts = Counter(example.intent for example in EXAMPLES)

    assert min(counts.values()) >= FEWEST


@pytest.mark.parametrize("language", ["en", "es", "de"])
def test_both_moods_are_shown_in_every_language(language):
    moods = Counter(example.irate for example in EXAMPLES if example.language == language)

    assert min(moods[True], moods[False]) >= 50


def test_every_intent_that_the_code_names_has_examples():
    named = {*DANGEROUS, *NOTHING_WANTED, "question", "complaint", "ask_person", "praise", "spam", "small_talk"}

    assert named <= {example.intent for example in EXAMPLES}


def test_no_entity_mark_is_left():
    assert [example.text for example in EXAMPLES if re.search(r"\]\(|\]\{", example.text)] == []


def _bare(text):
    """Give the words alone: near duplicates differ only in case, punctuation, handles and emoji."""
    return " ".join(re.findall(r"\w+", clean(text).casefold()))
