from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.precedents import FAR, Precedents, join

SAME = np.array([1.0, 0.0, 0.0], np.float32)

PRECEDENTS = join(
    [
        SAME,
        np.array([0.0, 1.0, 0.0], np.float32),
        np.array([0.0, 0.0, 1.0], np.float32),
    ],
    [frozenset({"lamp", "light"}), frozenset({"kettle"}), frozenset()],
)


def at(cosine, other=1):
    """A unit vector at *cosine* to `SAME`, turned towards one of the other directions."""
    vector = np.array([cosine, 0.0, 0.0], np.float32)
    vector[other] = np.sqrt(1 - cosine**2)
    return vector


def said(vector, article, precedents=PRECEDENTS):
    return precedents.speak(precedents.nearness(vector), article)


def test_the_same_question_is_as_near_as_can_be():
    assert PRECEDENTS.nearness(SAME).tolist() == pytest.approx([1.0, 0.0, 0.0])


@pytest.mark.parametrize("cosine", [0.0, 0.3, FAR - 0.01])
def test_a_question_that_is_far_says_nothing(cosine):
    alone = join([SAME], [frozenset({"lamp"})])

    assert alone.nearness(at(cosine)).tolist() == [0.0]
    assert said(at(cosine), "lamp", alone) == (0.0, 0.0, 0.0)


@given(st.floats(FAR, 1.0), st.floats(FAR, 1.0))
def test_the_nearer_a_question_the_more_it_says(one, other):
    alone = join([SAME], [frozenset({"lamp"})])
    near, far = max(one, other), min(one, other)

    assert 1 + 1e-5 >= alone.nearness(at(near))[0] >= alone.nearness(at(far))[0] - 1e-5 >= -1e-5


@pytest.mark.parametrize("article", ["lamp", "light"])
def test_each_article_that_was_right_was_answered_before(article):
    assert said(SAME, article) == pytest.approx((1.0, 0.0, 0.0))


def test_for_every_other_article_it_speaks_against():
    assert said(SAME, "kettle") == pytest.approx((0.0, 1.0, 0.0))


def test_a_question_that_nothing_answered_speaks_against_every_article_and_says_so():
    assert said(PRECEDENTS.vectors[2], "lamp") == pytest.approx((0.0, 1.0, 1.0))


def test_of_several_the_nearest_on_each_side_is_heard():
    near = join([at(0.95), at(0.8), at(0.9)], [frozenset({"lamp"}), frozenset({"lamp"}), frozenset({"kettle"})])
    answered, other, nothing = said(SAME, "lamp", near)

    assert answered == pytest.approx((0.95 - FAR) / (1 - FAR), abs=1e-5)
    assert other == pytest.approx((0.9 - FAR) / (1 - FAR), abs=1e-5)
    assert nothing == 0.0


def test_a_silent_one_is_not_heard():
    quiet = Precedents(vectors=PRECEDENTS.vectors, right=PRECEDENTS.right, silent=frozenset({0, 2}))

    assert quiet.nearness(SAME).tolist() == [0.0, 0.0, 0.0]
    assert quiet.nearness(PRECEDENTS.vectors[1]).tolist() == pytest.approx([0.0, 1.0, 0.0])


@pytest.mark.parametrize("nobody", [Precedents.none(), join([], [])])
def test_without_precedents_nothing_is_said(nobody):
    assert nobody.nearness(SAME).shape == (0,)
    assert said(SAME, "lamp", nobody) == (0.0, 0.0, 0.0)
