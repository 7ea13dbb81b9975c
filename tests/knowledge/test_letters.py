from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.letters import LetterIndex

INDEX = LetterIndex(["reset my password", "password forgotten", "battery empties fast", "Akkulaufzeit ist kurz"])
BESIDE = LetterIndex(["the battery of the password"], INDEX)

TEXTS = st.one_of(
    st.text(max_size=40), st.lists(st.sampled_from("reset pasword batery Akku fast of".split())).map(" ".join)
)


@pytest.mark.parametrize(
    ("text", "number"),
    [("reset pasword", 0), ("forgot password", 1), ("batery emptied", 2), ("Akku hat kurze Laufzeit", 3)],
)
def test_misspelt_inflected_and_compound_words_find_their_text(text, number):
    (likeness,) = INDEX.likeness([text])

    assert likeness.shape == (4,)
    assert int(np.argmax(likeness)) == number


@given(TEXTS)
def test_likeness_lies_between_nought_and_one(text):
    for likeness in (*INDEX.likeness([text]), *BESIDE.likeness([text])):
        assert ((likeness >= 0) & (likeness <= 1 + 1e-6)).all()


def test_a_text_is_wholly_like_itself():
    assert INDEX.likeness(["password forgotten"])[0][1] == pytest.approx(1.0, abs=1e-6)


def test_a_text_without_a_known_letter_is_like_nothing():
    assert [likeness.tolist() for likeness in INDEX.likeness(["", "ω"])] == [[0, 0, 0, 0], [0, 0, 0, 0]]


def test_an_index_beside_another_weighs_letters_as_that_one_does():
    alone = LetterIndex(["the battery of the password"])
    texts = ["battery", "password"]

    assert BESIDE.vectorizer is INDEX.vectorizer
    assert np.concatenate(BESIDE.likeness(texts)) != pytest.approx(np.concatenate(alone.likeness(texts)))


def test_letters_that_only_the_index_beside_has_tell_nothing():
    assert LetterIndex(["quasar", "battery"], INDEX).likeness(["quasar"])[0].tolist() == [0, 0]
