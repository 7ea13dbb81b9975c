from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.deciding.drift import ALARM, FEWEST, evidence, has_risen, has_shifted, refer_to

LIMIT = 0.05


def verdicts(random, wrong_rate, count):
    return (random.random(count) >= wrong_rate).tolist()


def first_alarm(random, wrong_rate, longest):
    """The verdict at which the alarm is raised, looked at after each; *longest* where it is not."""
    rights = verdicts(random, wrong_rate, longest)
    low, high = 1, longest
    if not any(has_risen(rights[:n], LIMIT) for n in range(1, longest, 7)):
        return longest
    while low < high:
        middle = (low + high) // 2
        low, high = (
            (low, middle) if any(has_risen(rights[:n], LIMIT) for n in range(1, middle + 1)) else (middle + 1, high)
        )
    return low


@given(st.lists(st.booleans(), max_size=60))
def test_a_wrong_answer_weighs_more_than_a_right_one(rights):
    assert evidence([*rights, False], LIMIT) > evidence([*rights, True], LIMIT)


@given(st.lists(st.booleans(), max_size=60))
def test_what_went_well_long_ago_does_not_hide_what_goes_wrong_now(rights):
    assert evidence([True] * 2_000 + rights, LIMIT) >= evidence(rights, LIMIT)


def test_nothing_judged_is_no_evidence():
    assert evidence([], LIMIT) == 0.0


def test_right_answers_are_no_evidence():
    assert evidence([True] * 10_000, LIMIT) < ALARM / 10


@pytest.mark.parametrize(("wrong_rate", "within"), [(0.15, 100), (0.3, 40)])
def test_a_risen_wrong_rate_is_noticed_soon(wrong_rate, within):
    random = np.random.default_rng(1)
    alarms = [first_alarm(random, wrong_rate, 400) for _ in range(40)]

    assert np.median(alarms) <= within


def test_at_half_the_limit_alarms_are_rare():
    random = np.random.default_rng(2)
    alarmed = sum(has_risen(verdicts(random, LIMIT / 2, 500), LIMIT) for _ in range(500))

    assert alarmed <= 10


def test_on_average_the_evidence_at_the_limit_grows_no_faster_than_the_verdicts():
    # The law behind the alarm: an e-detector's mean is the number of verdicts, whatever they are bet on.
    random = np.random.default_rng(3)
    count, runs = 30, 20_000
    found = [evidence(verdicts(random, LIMIT, count), LIMIT) for _ in range(runs)]

    assert np.mean(found) == pytest.approx(count, abs=4 * np.std(found) / np.sqrt(runs))


def test_a_certain_limit_can_be_watched():
    assert has_risen([False] * 20, 0.4)


CERTIFIED = np.random.default_rng(4).beta(9, 1, 300).tolist()
REFERENCE = refer_to(CERTIFIED)


def test_the_reference_cuts_the_confidences_into_ten_equal_parts():
    below = [np.mean(np.array(CERTIFIED) < cut) for cut in REFERENCE.cuts]

    assert REFERENCE.answers == 300
    assert below == pytest.approx(np.arange(0.1, 0.95, 0.1), abs=0.01)


def test_the_same_confidences_again_are_no_shift():
    assert not has_shifted(REFERENCE, CERTIFIED)


def test_chance_is_rarely_taken_for_a_shift():
    random = np.random.default_rng(5)

    assert not any(has_shifted(REFERENCE, random.beta(9, 1, 500).tolist()) for _ in range(300))


def test_confidences_that_sink_are_a_shift():
    assert has_shifted(REFERENCE, np.random.default_rng(6).beta(5, 1, 500).tolist())


def test_confidences_that_rise_do_no_harm():
    assert not has_shifted(REFERENCE, np.random.default_rng(7).beta(40, 1, 500).tolist())


def test_few_answers_show_no_shift():
    assert not has_shifted(REFERENCE, [0.1] * (FEWEST - 1))
    assert has_shifted(REFERENCE, [0.1] * FEWEST)


def test_a_small_reference_proves_little():
    assert not has_shifted(refer_to(CERTIFIED[:10]), np.random.default_rng(8).beta(5, 1, 500).tolist())


def test_without_a_reference_nothing_shifts():
    assert not has_shifted(refer_to([]), [0.1] * FEWEST)
