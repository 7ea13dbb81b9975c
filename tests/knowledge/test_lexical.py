from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.lexical import SATURATION, SHORTNESS, LexicalIndex, Rarity, words

TEXTS = ("reset the password", "charge the battery of the dock", "the dock shows no picture")
ROWS = [words(text, "en") for text in TEXTS]
RARITY = Rarity.of(ROWS)
INDEX = LexicalIndex(ROWS)

VOCABULARY = st.sampled_from([*sorted({word for row in ROWS for word in row}), "unheard", "of"])


def scores(query):
    return INDEX.scores({word: RARITY[word] for word in query})


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


@pytest.mark.parametrize("text", ["", "   ", "?!", "a", "😀😀", "\u200b\u200b"])
def test_a_text_without_words_has_none(text):
    assert words(text, "en") == []


def test_the_row_with_the_words_scores_highest():
    assert int(np.argmax(scores(words("dock picture", "en")))) == 2


def test_rows_without_the_words_score_nothing():
    found = scores(words("password", "en"))

    assert found[0] > 0
    assert found[1:].tolist() == [0, 0]


@pytest.mark.parametrize("query", [[], ["unheard", "of"]])
def test_a_query_of_unknown_words_scores_nothing(query):
    assert scores(query).tolist() == [0, 0, 0]


@given(st.lists(VOCABULARY, max_size=6), VOCABULARY)
def test_a_further_word_in_the_query_never_lowers_a_score(query, further):
    assert (scores([*query, further]) >= scores(query)).all()


@given(st.lists(st.lists(VOCABULARY, max_size=8), min_size=1, max_size=6), st.lists(VOCABULARY, max_size=6))
def test_scores_are_those_of_the_formula(rows, query):
    rarity, mean = Rarity.of(rows), np.mean([max(len(row), 1) for row in rows])

    def weight(word, row):
        held = SATURATION * (1 - SHORTNESS + SHORTNESS * max(len(row), 1) / mean)
        return rarity[word] * row.count(word) / (row.count(word) + held)

    wanted = [sum(weight(word, row) for word in set(query)) for row in rows]
    assert LexicalIndex(rows).scores({word: rarity[word] for word in query}) == pytest.approx(wanted, abs=1e-5)


@given(st.lists(st.lists(VOCABULARY, max_size=8), min_size=1, max_size=6), st.lists(VOCABULARY, max_size=6))
def test_no_row_gets_more_than_the_query_could_get(rows, query):
    rarity = Rarity.of(rows)
    asked = {word: rarity[word] for word in query}

    assert (LexicalIndex(rows).scores(asked) <= sum(asked.values()) + 1e-6).all()


def test_a_long_row_scores_less_than_a_short_one_for_the_same_word():
    rows = [["dock"], ["dock", *(["battery"] * 20)]]
    short, long = LexicalIndex(rows).scores({"dock": 1.0})

    assert short > long > 0


def test_a_rare_word_tells_more_than_a_common_one():
    assert RARITY["unheard"] >= RARITY["password"] > RARITY["dock"] > 0


def test_a_word_of_every_text_still_tells_something():
    assert Rarity.of([["dock"], ["dock"]])["dock"] > 0


def test_known_words_are_known():
    assert RARITY.knows("dock")
    assert not RARITY.knows("unheard")


def test_a_word_said_twice_in_a_text_is_in_one_text():
    assert Rarity.of([["dock", "dock"], ["lamp"]])["dock"] == Rarity.of([["dock"], ["lamp"]])["dock"]


@given(st.lists(st.lists(VOCABULARY)), st.lists(st.lists(VOCABULARY)), VOCABULARY)
def test_two_rarities_together_are_the_rarity_of_all_texts(some, others, word):
    both = Rarity.of(some).plus(Rarity.of(others))

    assert both[word] == Rarity.of([*some, *others])[word]
    assert both.knows(word) == Rarity.of([*some, *others]).knows(word)
