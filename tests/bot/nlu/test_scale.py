from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, softmax

from bot.nlu.scale import SHARPNESS, Scale, best_sharpness

RANDOM = np.random.default_rng(5)


@pytest.mark.parametrize(("slope", "offset"), [(2.0, -1.0), (0.5, 0.3), (8.0, 2.0), (-3.0, 0.5)])
def test_a_known_curve_is_found_again(slope, offset):
    scores = RANDOM.uniform(-2, 2, size=40_000).astype(np.float32)
    true = RANDOM.random(scores.shape) < expit(slope * scores + offset)

    found = Scale.fit(scores, true)

    assert (found.slope, found.offset) == pytest.approx((slope, offset), rel=0.1, abs=0.1)


def test_a_prior_is_what_would_hold_if_fewer_were_true():
    scores = RANDOM.normal(size=40_000).astype(np.float32)
    true = RANDOM.random(scores.shape) < expit(2 * scores)
    rare = true & (RANDOM.random(scores.shape) < 0.25)
    seen = rare | ~true

    found = Scale.fit(scores, true, prior=float(rare[seen].mean()))
    expected = Scale.fit(scores[seen], rare[seen])

    assert (found.slope, found.offset) == pytest.approx((expected.slope, expected.offset), abs=0.15)


def test_the_share_that_is_there_is_its_own_prior():
    scores = RANDOM.normal(size=2_000).astype(np.float32)
    true = RANDOM.random(scores.shape) < expit(scores - 1)

    plain, weighted = Scale.fit(scores, true), Scale.fit(scores, true, prior=float(true.mean()))

    assert (plain.slope, plain.offset) == pytest.approx((weighted.slope, weighted.offset), abs=1e-3)


def test_scores_that_part_the_true_from_the_rest_break_nothing():
    found = Scale.fit(np.array([-1.0, -0.9, 0.9, 1.0], dtype=np.float32), np.array([False, False, True, True]))

    assert found.probability(np.array([-1e30, 0, 1e30], dtype=np.float32)) == pytest.approx([0, 0.5, 1], abs=0.01)


def test_probabilities_come_in_the_shape_of_the_scores():
    assert Scale(slope=1, offset=0).probability(np.zeros((3, 2), dtype=np.float32)).shape == (3, 2)


@pytest.mark.parametrize("sharpness", [0.7, 5.0, 20.0])
def test_a_known_sharpness_is_found_again(sharpness):
    scores = RANDOM.uniform(-0.3, 1, size=(20_000, 4)).astype(np.float32)
    likely = softmax(sharpness * scores.astype(np.float64), axis=1).cumsum(axis=1)
    right = (RANDOM.random((len(scores), 1)) > likely).sum(axis=1)

    assert best_sharpness(scores, np.minimum(right, 3)) == pytest.approx(sharpness, rel=0.1)


def test_where_all_is_right_sharpness_has_an_end():
    scores = np.eye(4, dtype=np.float32)

    assert SHARPNESS[0] <= best_sharpness(scores, np.arange(4)) <= SHARPNESS[1]
