from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.deciding.certificate import (
    STEP,
    Audit,
    Target,
    answers_needed,
    certify,
    efficient_counts,
    lower_bound,
    upper_bound,
)

FIVE = Target(max_wrong=0.05, certainty=0.95)


def audits(confidence, *, right, wrong=0):
    return [Audit(confidence=confidence, right=n >= wrong) for n in range(right + wrong)]


def descending(*rights):
    """Audits of falling confidence, right or wrong as given."""
    return [Audit(confidence=1 - n / len(rights), right=right) for n, right in enumerate(rights)]


@pytest.mark.parametrize(
    ("max_wrong", "needed"),
    [(0.05, [59, 93, 124, 153]), (0.02, [149, 236, 313, 386]), (0.01, [299, 473, 628, 773])],
)
def test_so_many_answers_certify_with_nought_to_three_errors(max_wrong, needed):
    target = Target(max_wrong=max_wrong, certainty=0.95)

    assert [answers_needed(wrong, target) for wrong in range(4)] == needed


@given(st.integers(0, 60), st.floats(0.001, 0.4), st.floats(0.6, 0.999))
def test_one_answer_fewer_does_not_certify(wrong, max_wrong, certainty):
    needed = answers_needed(wrong, Target(max_wrong=max_wrong, certainty=certainty))

    assert upper_bound(needed, wrong, certainty) <= max_wrong < upper_bound(needed - 1, wrong, certainty)


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
def test_what_was_seen_lies_between_the_bounds(count):
    answers, wrong = count

    assert 0 <= lower_bound(answers, wrong, 0.95) <= wrong / answers <= upper_bound(answers, wrong, 0.95) <= 1


@given(counts)
def test_the_lower_bound_is_the_upper_one_of_the_right_answers(count):
    answers, wrong = count

    assert lower_bound(answers, wrong, 0.95) == pytest.approx(1 - upper_bound(answers, answers - wrong, 0.95))


targets = st.sampled_from([FIVE, Target(max_wrong=0.02, certainty=0.95), Target(max_wrong=0.1, certainty=0.99)])


@given(st.integers(0, 5_000), targets)
def test_counts_rise_in_small_steps_from_what_can_pass_to_all(answers, target):
    tested = list(efficient_counts(answers, target))

    if answers < answers_needed(0, target):
        assert tested == []
        return
    assert tested[0] >= answers_needed(0, target)
    assert tested[-1] == answers
    assert all(a < b <= a * STEP + 1 for a, b in pairwise(tested))


@given(st.integers(59, 5_000))
def test_every_count_that_lets_one_more_error_pass_is_tested(answers):
    tested = list(efficient_counts(answers, FIVE))
    wrong = 0
    while (needed := answers_needed(wrong, FIVE)) <= answers:
        assert needed in tested or needed < tested[0]
        wrong += 1


def test_with_many_answers_one_unlucky_one_at_the_top_does_not_end_the_search():
    assert certify(descending(False, *[True] * 999), FIVE).valid


def test_enough_right_answers_certify_the_threshold_they_reach():
    certificate = certify(audits(0.905, right=59), FIVE)

    assert certificate.valid
    assert (certificate.threshold, certificate.answers, certificate.missing) == (0.905, 59, 0)
    assert certificate.upper_bound <= 0.05


def test_a_threshold_reaches_down_to_where_errors_begin():
    certificate = certify(audits(0.9, right=100) + audits(0.5, right=0, wrong=50), FIVE)

    assert certificate.threshold == 0.9
    assert (certificate.answers, certificate.wrong) == (100, 0)


def test_the_search_stops_at_the_first_failure():
    first, *_ = efficient_counts(300, FIVE)
    bad_top = [False] * 10 + [True] * (first - 10)

    assert not certify(descending(*bad_top, *[True] * (300 - first)), FIVE).valid


def test_equally_confident_answers_stand_or_fall_together():
    certificate = certify(audits(0.9, right=60) + audits(0.8, right=40, wrong=10), FIVE)

    assert (certificate.threshold, certificate.answers, certificate.wrong) == (0.9, 60, 0)


def test_no_threshold_lies_below_what_was_audited():
    certificate = certify(audits(0.9, right=100) + audits(0.3, right=100), FIVE, lowest=0.45)

    assert (certificate.threshold, certificate.answers) == (0.9, 100)


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


samples = st.lists(
    st.builds(Audit, confidence=st.floats(0, 1), right=st.integers(0, 30).map(bool)), min_size=1, max_size=300
)


@settings(max_examples=100)
@given(samples)
def test_with_just_the_missing_answers_it_certifies_and_not_with_one_fewer(sample):
    certificate = certify(sample, FIVE)
    if certificate.valid:
        return

    assert certify(sample + audits(2.0, right=certificate.missing), FIVE).valid
    assert not certify(sample + audits(2.0, right=certificate.missing - 1), FIVE).valid


@settings(max_examples=100)
@given(samples)
def test_a_certificate_keeps_its_word_on_the_audits_themselves(sample):
    certificate = certify(sample, FIVE)
    if not certificate.valid:
        return
    counted = [audit for audit in sample if audit.confidence >= certificate.threshold]
    wrong = sum(not audit.right for audit in counted)

    assert (certificate.answers, certificate.wrong) == (len(counted), wrong)
    assert certificate.upper_bound == upper_bound(len(counted), wrong, 0.95) <= 0.05


@settings(max_examples=100)
@given(samples, st.randoms())
def test_the_order_of_the_audits_does_not_matter(sample, random):
    shuffled = random.sample(sample, len(sample))

    assert certify(shuffled, FIVE) == certify(sample, FIVE)


@settings(max_examples=100)
@given(samples)
def test_nothing_is_certified_below_a_failure(sample):
    certificate = certify(sample, FIVE)
    ranked = sorted((audit.confidence for audit in sample), reverse=True)
    for count in efficient_counts(len(sample), FIVE):
        counted = [audit for audit in sample if audit.confidence >= ranked[count - 1]]
        if upper_bound(len(counted), sum(not audit.right for audit in counted), 0.95) > 0.05:
            assert certificate.threshold is None or certificate.threshold > ranked[count - 1]
            return


@settings(max_examples=100)
@given(samples, st.integers(0, 299))
def test_a_judgement_turned_to_wrong_never_lowers_the_threshold(sample, which):
    number = which % len(sample)
    worse = [Audit(confidence=a.confidence, right=a.right and n != number) for n, a in enumerate(sample)]
    before, after = certify(sample, FIVE), certify(worse, FIVE)

    assert after.threshold is None or (before.threshold is not None and after.threshold >= before.threshold)
