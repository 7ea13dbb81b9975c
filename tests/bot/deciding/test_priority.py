"""How soon a person should look, and what can never outweigh what."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.deciding.priority import FAR_REACH, fixed_priority, grown
from bot.vocabulary import FULL_AGE, PRIORITY_WEIGHTS, Priority
from tests.bot.values import NOW, an_understanding

HOUR = timedelta(hours=1)
IRATE = 0.45
EVERYBODY = 10_000_000

shares = st.floats(0, 1)
readings = st.builds(
    lambda mood, danger, outage: an_understanding(mood=mood, danger=danger, intents={"outage": outage}),
    shares,
    shares,
    shares,
)
waits = st.timedeltas(timedelta(days=-1), timedelta(days=30))
answer_times = st.timedeltas(timedelta(minutes=1), timedelta(days=10))


def fixed(followers=0, *, in_danger=False, **read):
    return of(an_understanding(**read), followers, in_danger=in_danger)


def of(read, followers, *, in_danger=False, irate=IRATE):
    return fixed_priority(read, irate=irate, followers=followers, in_danger=in_danger)


def waiting(priority, waited, within=HOUR):
    since = NOW - waited
    return grown(priority, waiting_since=since, due_at=since + within, now=NOW)


def parts(priority):
    return {field.name: getattr(priority, field.name) for field in fields(priority)}


def test_the_weights_add_up_to_one():
    assert PRIORITY_WEIGHTS.total == pytest.approx(1)


@given(
    read=readings,
    irate=shares,
    followers=st.integers(0, 10**9),
    in_danger=st.booleans(),
    waited=waits,
    within=answer_times,
)
def test_each_part_lies_between_nought_and_its_weight(read, irate, followers, in_danger, waited, within):
    priority = waiting(of(read, followers, in_danger=in_danger, irate=irate), waited, within)

    for name, value in parts(priority).items():
        assert 0 <= value <= getattr(PRIORITY_WEIGHTS, name), name
    assert 0 <= priority.total <= 1 + 1e-9


@given(irate=st.floats(0.001, 1), below=st.floats(0, 1, exclude_max=True), above=shares)
def test_ten_million_followers_do_not_overtake_an_irate_customer_wherever_the_threshold_is(irate, below, above):
    calm, angry = below * irate, max(irate, above)
    famous = of(an_understanding(mood=calm), EVERYBODY, irate=irate)

    assert famous.total < of(an_understanding(mood=angry), 0, irate=irate).total


def test_ten_million_followers_do_not_overtake_an_overdue_case():
    assert fixed(EVERYBODY).total < waiting(fixed(), HOUR).total


@given(irate=shares, moods=st.tuples(shares, shares).map(sorted))
def test_more_anger_is_never_less_urgent(irate, moods):
    calmer, angrier = (of(an_understanding(mood=mood), 0, irate=irate).mood for mood in moods)

    assert calmer <= angrier


def test_followers_beyond_the_cap_make_no_difference():
    assert fixed(FAR_REACH) == fixed(EVERYBODY)


def test_the_first_thousand_followers_count_more_than_the_next():
    none, some, more = (fixed(followers).reach for followers in (0, 1000, 2000))

    assert some - none > more - some > 0


@given(read=readings, followers=st.integers(0, EVERYBODY))
def test_who_waits_for_a_day_and_is_overdue_comes_before_everything_fresh_but_a_danger(read, followers):
    fresh = of(read, followers)

    assert waiting(Priority(), FULL_AGE).total > fresh.total


def test_age_alone_overtakes_any_fresh_reach():
    late_team = timedelta(days=30)

    assert waiting(Priority(), FULL_AGE, late_team).age > fixed(EVERYBODY).reach


@given(danger=shares, mood=shares, followers=st.integers(0, EVERYBODY), read=readings)
def test_a_danger_comes_before_all_that_is_fresh_and_none(danger, mood, followers, read):
    anger = of(read, followers)

    assert fixed(danger=danger, mood=mood, in_danger=True).total > anger.total


@given(waited=waits, danger=shares, calm=st.floats(0, IRATE, exclude_max=True))
def test_a_danger_comes_before_who_waits_calmly_however_long(waited, danger, calm):
    patient = waiting(fixed(EVERYBODY, mood=calm), waited)

    assert fixed(danger=danger, mood=0.0, in_danger=True).total > patient.total


@given(earlier=waits, more=st.timedeltas(timedelta(0), timedelta(days=5)), within=answer_times)
def test_waiting_never_makes_less_urgent(earlier, more, within):
    assert waiting(Priority(), earlier, within).total <= waiting(Priority(), earlier + more, within).total


def test_the_deadline_weighs_all_it_can_from_its_moment_on():
    half, due, over = (waiting(Priority(), share * HOUR).deadline for share in (0.5, 1, 3))

    assert (half, due, over) == pytest.approx((PRIORITY_WEIGHTS.deadline / 2, PRIORITY_WEIGHTS.deadline, due))


def test_a_shorter_deadline_brings_a_person_sooner():
    soon, later = (waiting(Priority(), HOUR / 12, within) for within in (HOUR / 4, HOUR))

    assert soon.total > later.total


def test_nothing_grows_while_nobody_waits():
    priority = fixed(mood=0.5)

    assert grown(priority, waiting_since=None, due_at=None, now=NOW) == priority


def test_an_outage_presses_a_little_and_a_danger_much():
    calm, outage = fixed(), fixed(intents={"outage": 0.9})
    danger = fixed(danger=0.5, in_danger=True)

    assert calm.urgency < outage.urgency < danger.urgency
    assert replace(outage, urgency=0) == replace(calm, urgency=0)
