from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ChannelBusy, ChannelDown, ChannelError, ChannelSpent, CredentialsRefused
from responders.pauses import LONGEST_BACKOFF_SECONDS, SHORTEST_SECONDS, pause_seconds

errors = st.sampled_from([ChannelBusy(), ChannelDown(), ChannelError(), ChannelSpent(), CredentialsRefused()])


def test_what_the_channel_says_counts_most():
    assert pause_seconds(ChannelBusy(retry_after=840), 1) == 840


@pytest.mark.parametrize("error", [ChannelSpent(), CredentialsRefused()])
def test_what_only_a_person_can_mend_is_not_tried_again_soon(error):
    assert pause_seconds(error, 1) >= 300


@given(errors, st.integers(1, 10_000))
def test_no_pause_is_too_short_for_the_channel(error, attempt):
    assert pause_seconds(error, attempt) >= SHORTEST_SECONDS


@given(st.floats(0, 1))
def test_a_channel_that_asks_for_almost_no_pause_gets_one(retry_after):
    assert pause_seconds(ChannelBusy(retry_after=retry_after), 1) == SHORTEST_SECONDS


@given(errors, st.integers(1, 10_000))
def test_a_further_try_never_waits_less(error, attempt):
    assert pause_seconds(error, attempt) <= pause_seconds(error, attempt + 1)


@given(st.integers(1, 10_000))
def test_an_outage_is_looked_at_again_within_minutes(attempt):
    assert pause_seconds(ChannelDown(), attempt) <= LONGEST_BACKOFF_SECONDS
