from __future__ import annotations

import numpy as np
import pytest

from knowledge.lexical import LexicalIndex, words

TEXTS = ("reset the password", "charge the battery of the dock", "the dock shows no picture")


@pytest.fixture
def index():
    return LexicalIndex(TEXTS, "en")


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "charging batteries", "charge battery"),
        ("es", "pantallas rotas", "pantalla rota"),
        ("de", "neue Bildschirme", "neuer Bildschirm"),
    ],
)
def test_inflected_words_have_one_stem(language, one, other):
    assert words(one, language) == words(other, language)


def test_each_language_has_its_own_stems():
    assert words("charging", "en") != words("charging", "de")


def test_a_language_without_a_stemmer_keeps_its_words():
    assert words("Les écrans cassés", "fr") == ["les", "écrans", "cassés"]


@pytest.mark.parametrize(
    ("text", "language"), [("How do I do this", "en"), ("¿Cómo puedo?", "es"), ("wie kann ich", "de")]
)
def test_words_too_common_to_tell_anything_are_left_out(text, language):
    assert words(text, language) == []


def test_a_hyphenated_word_counts_as_its_parts_too():
    assert words("USB-C e-mail", "en") == ["usb-c", "e-mail", "usb", "mail"]


@pytest.mark.parametrize("text", ["", "   ", "?!", "a"])
def test_a_text_without_words_has_none(text):
    assert words(text, "en") == []


def test_the_passage_with_the_words_scores_highest(index):
    assert int(np.argmax(index.scores(words("dock picture", "en")))) == 2


def test_passages_without_the_words_score_nothing(index):
    scores = index.scores(words("password", "en"))

    assert scores[0] > 0
    assert scores[1:].tolist() == [0, 0]


@pytest.mark.parametrize("query", [[], ["unheard", "of"]])
def test_a_query_of_unknown_words_scores_nothing(index, query):
    assert index.scores(query).tolist() == [0, 0, 0]


def test_a_word_said_twice_counts_once(index):
    assert index.scores(["dock", "dock"]).tolist() == index.scores(["dock"]).tolist()


def test_a_rare_word_tells_more_than_a_common_one(index):
    assert index.rarity("unheard") >= index.rarity("password") > index.rarity("dock") > 0


def test_known_words_are_known(index):
    assert index.knows("dock")
    assert not index.knows("unheard")
