from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.calibration import BINS, calibration_error, reliability

ANSWERS = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=50).map(
    lambda rows: (np.array([said for said, _ in rows]), np.array([right for _, right in rows]))
)


def test_a_diagram_tells_what_was_said_and_what_came_true_in_each_part():
    bins = reliability(np.array([0.82, 0.88, 0.84, 0.3]), np.array([True, True, False, False]))

    assert [(b.low, b.high, b.answers) for b in bins] == [(0.3, 0.4, 1), (0.8, 0.9, 3)]
    assert bins[1].said == pytest.approx(0.84667, abs=1e-4)
    assert bins[1].right == pytest.approx(2 / 3)


def test_full_certainty_belongs_to_the_last_part():
    (last,) = reliability(np.array([1.0]), np.array([True]))

    assert (last.low, last.high) == (0.9, 1.0)


def test_the_error_is_the_gap_weighted_by_answers():
    said = np.array([0.95] * 8 + [0.15] * 2)
    right = np.array([True] * 8 + [True] * 2)

    assert calibration_error(said, right) == pytest.approx(0.8 * 0.05 + 0.2 * 0.85)


def test_what_comes_true_as_often_as_was_said_has_no_error():
    assert calibration_error(np.full(4, 0.75), np.array([True, True, True, False])) == pytest.approx(0.0)


def test_nothing_said_is_no_error():
    assert calibration_error(np.zeros(0), np.zeros(0, dtype=bool)) == 0
    assert reliability(np.zeros(0), np.zeros(0, dtype=bool)) == ()


@given(ANSWERS)
def test_every_answer_is_in_one_part(answers):
    bins = reliability(*answers)

    assert sum(b.answers for b in bins) == len(answers[0])
    assert len(bins) <= BINS
    assert all(b.low - 1e-9 <= b.said <= b.high + 1e-9 for b in bins)


@given(ANSWERS)
def test_the_error_lies_between_nought_and_one(answers):
    assert 0 <= calibration_error(*answers) <= 1


@given(ANSWERS)
def test_the_error_is_at_least_the_gap_over_all(answers):
    said, right = answers

    assert calibration_error(said, right) >= abs(said.mean() - right.mean()) - 1e-9
