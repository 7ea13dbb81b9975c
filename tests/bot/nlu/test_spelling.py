from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.spelling import BUCKETS, rarity, spell, weighed

ANY_TEXT = st.text(alphabet=st.characters(), max_size=30)
"""With halves of surrogate pairs, which broken JSON may hold."""


def lengths(spelt):
    return np.sqrt(spelt.multiply(spelt).sum(axis=1)).A1


def alike(left, right):
    first, second = spell([left, right]).toarray()
    return float(first @ second)


def test_a_text_has_a_row_of_length_one():
    assert lengths(spell(["Akku lädt nicht", "a"])) == pytest.approx(1, abs=1e-5)


def test_a_text_of_nothing_has_an_empty_row():
    spelt = spell(["", "Akku"])

    assert spelt.shape == (2, BUCKETS)
    assert spelt[0].nnz == 0


def test_no_texts_have_no_rows():
    assert spell([]).shape == (0, BUCKETS)


@given(st.lists(ANY_TEXT, max_size=5))
def test_each_text_is_spelt_alike_alone_and_among_others(texts):
    together = spell(texts).toarray()

    for row, text in enumerate(texts):
        assert np.array_equal(spell([text]).toarray()[0], together[row])


@given(st.lists(ANY_TEXT, max_size=5))
def test_rows_have_length_one_or_nought(texts):
    assert set(np.round(lengths(spell(texts)), 4)) <= {0.0, 1.0}


def test_case_does_not_matter():
    assert alike("AKKU LÄDT NICHT", "akku lädt nicht") == pytest.approx(1)


def test_misspelt_words_are_nearer_than_others():
    assert alike("my keybord is broken", "my keyboard is broken") > alike(
        "my speaker is broken", "my keyboard is broken"
    )


def test_the_order_of_words_is_seen():
    assert 0.3 < alike("not good, bad", "not bad, good") < 0.999


def test_a_word_that_is_said_often_does_not_drown_the_others():
    assert alike("no no no no no no no no no no refund", "refund") > 0.2


def test_what_few_texts_have_weighs_more():
    spelt = spell(["the dock", "the pen", "the lid", "the lid"])
    weights = rarity(spelt)

    common, rare = spell(["the"]).indices, spell(["dock"]).indices
    assert weights[rare].min() >= weights[common].max()
    assert weights.min() >= 1


def test_weights_turn_a_row_and_keep_its_length():
    spelt = spell(["the dock", ""])
    weights = np.linspace(1, 5, BUCKETS, dtype=np.float32)

    turned = weighed(spelt, weights)

    assert lengths(turned) == pytest.approx([1, 0], abs=1e-5)
    assert turned.toarray()[0] != pytest.approx(spelt.toarray()[0], abs=1e-3)
