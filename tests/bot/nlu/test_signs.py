from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.signs import NAMES, count_signs


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("STILL NO ANSWER", "shouted"),
        ("sooooo slow", "stretched"),
        ("no!!!", "exclaimed"),
        ("why???", "asked"),
        ("no \U0001f621", "cross"),
        ("yes \U0001f600", "glad"),
        ("the worst", "bitter"),
        ("qué vergüenza", "bitter"),
        ("eine frechheit", "bitter"),
        ("gracias", "fine"),
    ],
)
def test_a_sign_of_tone_is_seen(text, sign):
    assert count_signs([text])[0, NAMES.index(sign)] > 0


@given(st.lists(st.text(), max_size=4))
def test_signs_lie_between_nought_and_one(texts):
    signs = count_signs(texts)

    assert signs.shape == (len(texts), len(NAMES))
    assert ((signs >= 0) & (signs <= 1)).all()
