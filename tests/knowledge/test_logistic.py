from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.logistic import Logistic, fit_logistic

TRUE = Logistic(weights=np.array([3.0, -2.0, 0.0]), offset=0.5)


def a_sample(size, seed=1, truth=TRUE):
    random = np.random.default_rng(seed)
    features = random.random((size, len(truth.weights)))
    return features, random.random(size) < truth.probability(features)


def fit(features, outcome, **values):
    return fit_logistic(features, outcome, np.ones(len(outcome)), **values)


def test_a_probability_of_a_half_is_where_the_logit_is_nought():
    said = Logistic(weights=np.array([2.0]), offset=-1.0).probability(np.array([[0.5], [5.0], [-5.0]]))

    assert said[0] == pytest.approx(0.5)
    assert said[1] > 0.99
    assert said[2] < 0.01


def test_with_enough_outcomes_the_truth_is_found():
    fitted = fit(*a_sample(50_000), pull=0.0)

    assert fitted.weights == pytest.approx(TRUE.weights, abs=0.15)
    assert fitted.offset == pytest.approx(TRUE.offset, abs=0.15)


def test_the_mean_probability_is_the_share_that_came_true():
    features, outcome = a_sample(300)

    assert fit(features, outcome).probability(features).mean() == pytest.approx(outcome.mean(), abs=0.001)


def test_an_outcome_that_counts_nothing_changes_nothing():
    features, outcome = a_sample(200)
    lying = fit_logistic(np.vstack([features, features]), np.append(outcome, ~outcome), np.repeat([1.0, 0.0], 200))

    assert lying.probability(features) == pytest.approx(
        fit_logistic(
            np.vstack([features, features]), np.append(outcome, outcome), np.repeat([1.0, 0.0], 200)
        ).probability(features)
    )


def test_an_outcome_that_counts_double_counts_like_two():
    features, outcome = a_sample(100)
    twice = fit(np.vstack([features, features[:50]]), np.append(outcome, outcome[:50]), pull=0.0)
    double = fit_logistic(features, outcome, np.repeat([2.0, 1.0], 50), pull=0.0)

    assert double.weights == pytest.approx(twice.weights, abs=0.01)


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 40), st.integers(0, 10_000))
def test_no_weight_falls_below_the_lowest_allowed(size, seed):
    assert (fit(*a_sample(size, seed), lowest=0.0).weights >= 0).all()


def test_a_strong_pull_keeps_the_weights_that_were_believed():
    before = Logistic(weights=np.array([1.0, 1.0, 1.0]), offset=0.0)

    assert fit(*a_sample(500), before=before, pull=1e6).weights == pytest.approx(before.weights, abs=0.01)


def test_without_anything_believed_a_strong_pull_keeps_all_weights_at_nought():
    assert fit(*a_sample(500), pull=1e6).weights == pytest.approx([0, 0, 0], abs=0.01)


@pytest.mark.parametrize("everywhere", [0.0, 0.7, 1.0])
@pytest.mark.parametrize("thought", [0.0, 5.0])
def test_a_feature_that_never_varies_keeps_the_weight_that_was_believed(everywhere, thought):
    features, outcome = a_sample(200)
    features[:, 1] = everywhere
    before = Logistic(weights=np.array([0.0, thought, 0.0]), offset=0.0)

    assert fit(features, outcome, before=before).weights[1] == pytest.approx(thought, abs=1e-6)


@pytest.mark.parametrize("came_true", [True, False])
def test_outcomes_that_are_all_alike_are_expected_again(came_true):
    features, _ = a_sample(50)
    said = fit(features, np.full(50, came_true)).probability(features)

    assert np.isfinite(said).all()
    assert np.abs(said - came_true).max() < 0.02


def test_fitting_twice_gives_the_same():
    one, other = fit(*a_sample(200)), fit(*a_sample(200))

    assert one.weights.tolist() == other.weights.tolist()
    assert one.offset == other.offset
