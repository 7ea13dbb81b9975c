from __future__ import annotations

from itertools import combinations, pairwise, permutations
from math import log2

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.evaluating.metrics import (
    area_under_risk,
    average_precision,
    gain,
    largest_coverage,
    reciprocal_rank,
    risk_curve,
    separation,
)


def answers(*pairs):
    return np.array([said for said, _ in pairs], dtype=float), np.array([right for _, right in pairs], dtype=bool)


FEW = st.lists(st.tuples(st.sampled_from([0.1, 0.5, 0.9]), st.booleans()), min_size=1, max_size=6)
MANY = st.lists(st.tuples(st.floats(0, 1).map(lambda said: round(said, 1)), st.booleans()), min_size=1, max_size=30)
HITS = st.lists(st.booleans(), min_size=1, max_size=12)

WORKED = answers((0.9, True), (0.8, False), (0.7, True), (0.6, True))


def test_the_risk_curve_is_the_wrong_rate_among_the_most_confident():
    assert risk_curve(*WORKED) == pytest.approx([0, 1 / 2, 1 / 3, 1 / 4])


def test_the_area_is_the_mean_of_the_curve():
    assert area_under_risk(*WORKED) == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 4) / 4)


def test_equally_confident_answers_share_their_wrong_rate():
    assert risk_curve(*answers((0.9, False), (0.9, True), (0.1, True))) == pytest.approx([1 / 2, 1 / 2, 1 / 3])


@settings(max_examples=60, deadline=None)
@given(FEW)
def test_with_ties_the_area_is_the_mean_over_all_orders_of_equals(pairs):
    orders = [order for order in permutations(pairs) if is_descending([said for said, _ in order])]
    areas = [np.mean([sum(not right for _, right in order[:k]) / k for k in lengths(order)]) for order in orders]

    assert area_under_risk(*answers(*pairs)) == pytest.approx(np.mean(areas))


def is_descending(values):
    return all(one >= other for one, other in pairwise(values))


def lengths(order):
    return range(1, len(order) + 1)


@given(MANY, st.randoms(use_true_random=False))
def test_the_order_of_the_file_makes_no_difference(pairs, random):
    shuffled = random.sample(pairs, len(pairs))

    for measure in (area_under_risk, separation, lambda *given: largest_coverage(*given, 0.2)):
        assert measure(*answers(*pairs)) == pytest.approx(measure(*answers(*shuffled)))


@given(MANY, st.sampled_from([0.0, 0.02, 0.25, 0.5, 1.0]))
def test_the_largest_coverage_is_that_of_the_best_of_all_thresholds(pairs, max_wrong):
    allowed = [0.0]
    for threshold in {said for said, _ in pairs}:
        right = [right for said, right in pairs if said >= threshold]
        if right.count(False) <= max_wrong * len(right) + 1e-9:
            allowed.append(len(right) / len(pairs))

    assert largest_coverage(*answers(*pairs), max_wrong) == pytest.approx(max(allowed))


def test_a_threshold_answers_all_that_share_a_confidence_or_none():
    tied = answers((0.9, True), (0.9, False))

    assert largest_coverage(*tied, 0.4) == 0.0
    assert largest_coverage(*tied, 0.5) == 1.0


@given(MANY)
def test_separation_is_the_share_of_pairs_in_the_right_order(pairs):
    good, bad = [said for said, right in pairs if right], [said for said, right in pairs if not right]
    won = [float(one > other) + 0.5 * float(one == other) for one in good for other in bad]

    assert separation(*answers(*pairs)) == (pytest.approx(np.mean(won)) if won else None)


@pytest.mark.parametrize("right", [True, False])
def test_without_both_right_and_wrong_answers_nothing_is_separated(right):
    assert separation(*answers((0.9, right), (0.1, right))) is None


def test_no_answers_give_no_area_and_no_coverage():
    assert area_under_risk(*answers()) == 0.0
    assert largest_coverage(*answers(), 0.05) == 0.0


def test_all_right_is_no_risk_and_all_wrong_is_all_risk():
    assert area_under_risk(*answers((0.9, True), (0.1, True))) == 0.0
    assert area_under_risk(*answers((0.9, False), (0.1, False))) == 1.0


@pytest.mark.parametrize(
    ("hits", "relevant", "wanted"),
    [
        ([1, 0, 1, 0], 2, (1 + 2 / 3) / 2),
        ([0, 1], 1, 1 / 2),
        ([1, 0, 0], 3, 1 / 3),
        ([0, 0], 2, 0.0),
        ([], 1, 0.0),
    ],
)
def test_average_precision_is_as_computed_by_hand(hits, relevant, wanted):
    assert average_precision(np.array(hits, dtype=bool), relevant) == pytest.approx(wanted)


@given(HITS, st.integers(0, 3))
def test_average_precision_is_the_mean_precision_at_the_right_ones(hits, missing):
    relevant = max(sum(hits) + missing, 1)
    precisions = [sum(hits[: n + 1]) / (n + 1) for n, hit in enumerate(hits) if hit]

    assert average_precision(np.array(hits), relevant) == pytest.approx(sum(precisions) / relevant)


@pytest.mark.parametrize(("hits", "wanted"), [([0, 0, 1, 1], 1 / 3), ([1], 1.0), ([0, 0], 0.0), ([], 0.0)])
def test_reciprocal_rank_is_one_by_the_place_of_the_first_right_one(hits, wanted):
    assert reciprocal_rank(np.array(hits, dtype=bool)) == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("hits", "relevant", "wanted"),
    [
        ([1, 0, 1], 2, (1 + 1 / log2(4)) / (1 + 1 / log2(3))),
        ([0, 1], 1, 1 / log2(3)),
        ([0] * 10 + [1], 1, 0.0),
        ([1] * 10, 20, 1.0),
        ([], 1, 0.0),
    ],
)
def test_the_gain_is_as_computed_by_hand(hits, relevant, wanted):
    assert gain(np.array(hits, dtype=bool), relevant) == pytest.approx(wanted)


@given(HITS, st.integers(0, 3))
def test_the_gain_lies_between_nought_and_one(hits, missing):
    assert 0 <= gain(np.array(hits), max(sum(hits) + missing, 1)) <= 1 + 1e-9


@given(HITS.filter(any))
def test_all_right_ones_in_front_gain_everything_and_any_other_order_no_more(hits):
    best = sorted(hits, reverse=True)

    assert gain(np.array(best), sum(hits)) == pytest.approx(1.0)
    assert gain(np.array(hits), sum(hits)) <= 1 + 1e-9


@given(st.integers(1, 8), st.integers(1, 8))
def test_moving_a_right_one_forward_never_lowers_a_measure(size, right):
    places = list(combinations(range(size), min(right, size)))[:20]
    for chosen in places:
        hits = np.isin(np.arange(size), chosen)
        forward = np.sort(hits)[::-1]
        for measure in (average_precision, gain):
            assert measure(forward, hits.sum()) >= measure(hits, hits.sum()) - 1e-9
