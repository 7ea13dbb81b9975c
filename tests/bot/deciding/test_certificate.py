from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.deciding.certificate import GRID, Audit, Target, answers_needed, certify, upper_bound

FIVE = Target(max_wrong=0.05, certainty=0.95)


def audits(confidence, *, right, wrong=0):
    return [Audit(confidence=confidence, right=n >= wrong) for n in range(right + wrong)]


@pytest.mark.parametrize(
    ("max_wrong", "needed"),
    [(0.05, [59, 93, 124, 153]), (0.02, [149, 236, 313, 386]), (0.01, [299, 473, 628, 773])],
)
def test_so_many_answers_certify_with_nought_to_three_errors(max_wrong, needed):
    target = Target(max_wrong=max_wrong, certainty=0.95)

    assert [answers_needed(wrong, target) for wrong in range(4)] == needed


@pytest.mark.parametrize("wrong", range(4))
@pytest.mark.parametrize("max_wrong", [0.05, 0.02, 0.01])
def test_one_answer_fewer_does_not_certify(max_wrong, wrong):
    needed = answers_needed(wrong, Target(max_wrong=max_wrong, certainty=0.95))

    assert upper_bound(needed, wrong, 0.95) <= max_wrong < upper_bound(needed - 1, wrong, 0.95)


def test_without_errors_the_bound_is_the_closed_form():
    assert upper_bound(100, 0, 0.95) == pytest.approx(1 - 0.05 ** (1 / 100))


@pytest.mark.parametrize(("answers", "wrong"), [(0, 0), (5, 5)])
def test_nothing_right_bounds_nothing(answers, wrong):
    assert upper_bound(answers, wrong, 0.95) == 1.0


counts = st.integers(1, 2_000).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))


@given(counts, st.floats(0.5, 0.999))
def test_the_bound_grows_with_every_error(count, certainty):
    answers, wrong = count

    assert upper_bound(answers, min(wrong + 1, answers), certainty) >= upper_bound(answers, wrong, certainty)


@given(counts, st.floats(0.5, 0.999))
def test_the_bound_falls_with_every_right_answer(count, certainty):
    answers, wrong = count

    assert upper_bound(answers + 1, wrong, certainty) <= upper_bound(answers, wrong, certainty)


@given(counts)
def test_the_bound_is_never_below_what_was_seen(count):
    answers, wrong = count

    assert wrong / answers <= upper_bound(answers, wrong, 0.95) <= 1


def test_enough_right_answers_certify_the_lowest_threshold_they_reach():
    certificate = certify(audits(0.905, right=59), FIVE)

    assert certificate.valid
    assert (certificate.threshold, certificate.answers, certificate.missing) == (GRID[-1], 59, 0)
    assert certificate.upper_bound <= 0.05


def test_a_threshold_reaches_down_to_where_errors_begin():
    certificate = certify(audits(0.9, right=100) + audits(0.5, right=0, wrong=50), FIVE)

    assert certificate.threshold == 0.55
    assert (certificate.answers, certificate.wrong) == (100, 0)


def test_the_search_stops_at_the_first_failure():
    bad_top = audits(0.95, right=59, wrong=3)
    good_below = audits(0.5, right=10_000)

    assert not certify(bad_top + good_below, FIVE).valid


def test_thresholds_with_too_few_answers_to_pass_are_stepped_over():
    assert certify(audits(0.99, right=0, wrong=1) + audits(0.6, right=93), FIVE).valid


@pytest.mark.parametrize(
    ("right", "wrong", "missing"),
    [
        (0, 0, 59),
        (58, 0, 1),
        (20, 0, 39),
        (91, 1, 1),  # 92 of the 93 that one error needs
        (59, 1, 33),
    ],
)
def test_too_few_answers_say_how_many_are_missing(right, wrong, missing):
    certificate = certify(audits(0.9, right=right, wrong=wrong), FIVE)

    assert not certificate.valid
    assert certificate.missing == missing


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=300))
def test_a_certificate_keeps_its_word_on_the_audits_themselves(rows):
    sample = [Audit(confidence=confidence, right=right) for confidence, right in rows]
    certificate = certify(sample, FIVE)
    if not certificate.valid:
        assert certificate.missing > 0
        return
    counted = [audit for audit in sample if audit.confidence >= certificate.threshold]

    assert len(counted) == certificate.answers
    assert upper_bound(len(counted), sum(not audit.right for audit in counted), 0.95) <= 0.05


RUNS = 1_000
SLACK = 3 * math.sqrt(0.05 * 0.95 / RUNS)
"""Three standard deviations of a share of 5% in so many runs: a true guarantee stays within it 99.9% of the time."""


def promises_broken(true_wrong_rate, draw_right, *, seed, answers=150):
    """Certify many random samples and give the share in which the true wrong rate above the threshold is too high."""
    random = np.random.default_rng(seed)
    broken = 0
    for _ in range(RUNS):
        confidences = random.uniform(0, 1, answers)
        rights = draw_right(random, confidences)
        sample = [Audit(confidence=c, right=r) for c, r in zip(confidences.tolist(), rights.tolist(), strict=True)]
        threshold = certify(sample, Target(max_wrong=0.1, certainty=0.95)).threshold
        broken += threshold is not None and true_wrong_rate(threshold) > 0.1
    return broken / RUNS


def test_the_promise_holds_in_a_world_where_confidence_means_what_it_says():
    share = promises_broken(
        lambda threshold: (1 - threshold) / 2,  # the mean of 1 - c over c from the threshold to 1
        lambda random, confidences: random.uniform(0, 1, len(confidences)) < confidences,
        seed=1,
    )

    assert share <= 0.05 + SLACK


def test_the_promise_holds_in_a_world_where_confidence_means_nothing():
    share = promises_broken(
        lambda _: 0.1001,  # everywhere just above what was promised, so that every certificate is a broken promise
        lambda random, confidences: random.uniform(0, 1, len(confidences)) >= 0.1001,
        seed=2,
    )

    assert share <= 0.05 + SLACK
