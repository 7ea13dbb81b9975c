from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.letters import LetterIndex

TEXTS = ("reset my password", "password forgotten", "battery empties fast", "Akkulaufzeit ist kurz")
INDEX = LetterIndex(TEXTS)
BESIDE = LetterIndex(["the battery of the password"], INDEX)

SAID = st.lists(st.sampled_from("reset pasword battery Akku fast of".split())).map(" ".join)


@pytest.mark.parametrize(
    ("text", "number"),
    [("reset pasword", 0), ("forgot password", 1), ("batery emptied", 2), ("Akku hat kurze Laufzeit", 3)],
)
def test_misspelt_inflected_and_compound_words_find_their_text(text, number):
    likeness = INDEX.likeness([text])

    assert likeness.shape == (1, 4)
    assert int(np.argmax(likeness)) == number


@given(st.text(max_size=40) | SAID)
def test_likeness_lies_between_nought_and_one(text):
    for likeness in (INDEX.likeness([text]), BESIDE.likeness([text])):
        assert ((likeness >= 0) & (likeness <= 1 + 1e-6)).all()


def test_a_text_is_wholly_like_itself():
    assert INDEX.likeness(["password forgotten"])[0][1] == pytest.approx(1.0, abs=1e-6)


def test_texts_are_as_like_each_other_as_a_query_of_the_same_letters():
    assert INDEX.among_themselves() == pytest.approx(INDEX.likeness(TEXTS), abs=1e-6)
    assert INDEX.likeness(TEXTS).shape == (4, 4)


def test_a_text_without_a_known_letter_is_like_nothing():
    assert INDEX.likeness(["", "ω"]).tolist() == [[0, 0, 0, 0], [0, 0, 0, 0]]


def test_an_index_beside_another_weighs_letters_as_that_one_does():
    alone = LetterIndex(["the battery of the password"])
    texts = ["battery", "password"]

    assert BESIDE.vectorizer is INDEX.vectorizer
    assert BESIDE.likeness(texts) != pytest.approx(alone.likeness(texts))


def test_letters_that_only_the_index_beside_has_tell_nothing():
    assert LetterIndex(["quasar", "battery"], INDEX).likeness(["quasar"])[0].tolist() == [0, 0]
