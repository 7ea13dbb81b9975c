from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.vocabulary import ChannelState, Lane
from responders.budget import DAY, WINDOW, Budget, Quota, Sent, Use, dollars, month_start, next_month, shortage

NOW = datetime(2026, 12, 31, 23, 50, tzinfo=UTC)
BUDGET = Budget(
    posts=Quota(per_window=100, per_day=1_500),
    messages=Quota(per_window=15),
    month_dollars=10.0,
    reply_dollars=0.01,
    link_dollars=0.2,
    message_dollars=0.015,
)


def short(use, budget=BUDGET, lane=Lane.POST):
    return shortage(budget, use, channel="x", lane=lane, now=NOW)


def test_with_nothing_used_a_reply_may_go():
    assert short(Use(next=Sent(posts=1))) is None


@pytest.mark.parametrize(
    ("use", "state", "seconds", "setting"),
    [
        (Use(window_since=NOW - timedelta(minutes=5)), ChannelState.BUSY, 600, "x.posts_per_window"),
        (Use(day_since=NOW - timedelta(hours=23)), ChannelState.BUDGET, 3_600, "x.posts_per_day"),
        (Use(month=Sent(posts=1_000), next=Sent(posts=1)), ChannelState.BUDGET, 600, "x.month_dollars"),
    ],
)
def test_what_is_used_up_says_until_when_and_which_setting_helps(use, state, seconds, setting):
    found = short(use)
    assert (found.state, found.until) == (state, NOW + timedelta(seconds=seconds))
    assert setting in found.problem


def test_the_longest_wait_counts():
    both = Use(window_since=NOW - timedelta(minutes=5), day_since=NOW - timedelta(hours=1))
    assert short(both).until == NOW - timedelta(hours=1) + DAY


def test_a_limit_is_over_the_moment_its_time_is():
    assert short(Use(window_since=NOW - WINDOW, day_since=NOW - DAY)) is None


def test_the_last_cent_may_be_spent():
    assert short(Use(month=Sent(posts=999), next=Sent(posts=1))) is None


def test_messages_have_limits_of_their_own():
    assert "x.messages_per_window" in short(Use(window_since=NOW), lane=Lane.MESSAGE).problem


def test_without_a_budget_nothing_is_too_dear():
    assert short(Use(month=Sent(posts=10**9), next=Sent(linked=1)), budget=Budget()) is None


def test_each_sort_of_post_has_its_price():
    assert dollars(BUDGET, Sent(posts=2, linked=1, messages=4)) == pytest.approx(0.28)


@given(st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_month_begins_on_its_first_day_and_the_next_one_after_its_last(now):
    assert month_start(now) <= now < next_month(now)
    assert month_start(next_month(now) - timedelta(microseconds=1)) == month_start(now)
    assert next_month(now).day == 1
