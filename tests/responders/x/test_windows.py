"""Our own waiting: what X said about its windows, and what is not even asked because of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ChannelBusy
from responders.x.verbs import Verb, verb_of
from responders.x.windows import FIRST_SECONDS, LONGEST_SECONDS, Allowance, Windows
from tests.responders.conftest import Clock

MENTIONS = Verb.MENTIONS


@pytest.fixture
def windows(clock):
    return Windows(clock)


def told(clock, remaining, seconds=900, family="x-rate-limit"):
    reset = int(clock.now.timestamp()) + seconds
    return {f"{family}-limit": "300", f"{family}-remaining": str(remaining), f"{family}-reset": str(reset)}


def test_before_x_has_said_anything_everything_may_be_asked(windows):
    windows.enter(MENTIONS)
    assert windows.allowance("mentions") == Allowance(remaining=None, seconds=0)


def test_a_used_up_window_is_closed_until_it_resets(windows, clock):
    windows.note(MENTIONS, told(clock, 0, 90))
    with pytest.raises(ChannelBusy, match="mentions") as caught:
        windows.enter(MENTIONS)
    assert 88 < caught.value.retry_after <= 90
    clock.move(seconds=91)
    windows.enter(MENTIONS)


def test_one_verb_does_not_close_another(windows, clock):
    windows.note(MENTIONS, told(clock, 0))
    windows.enter(Verb.CREATE_REPLY)


def test_each_request_on_its_way_counts_before_its_answer(windows, clock):
    windows.note(MENTIONS, told(clock, 2))
    windows.enter(MENTIONS)
    windows.enter(MENTIONS)
    with pytest.raises(ChannelBusy):
        windows.enter(MENTIONS)


def test_an_answer_that_was_overtaken_gives_nothing_back(windows, clock):
    for remaining in (5, 3, 4):
        windows.note(MENTIONS, told(clock, remaining))
    assert windows.allowance("mentions").remaining == 3


def test_a_new_window_counts_from_the_start(windows, clock):
    windows.note(MENTIONS, told(clock, 0, 10))
    clock.move(seconds=11)
    windows.note(MENTIONS, told(clock, 299))
    assert windows.allowance("mentions").remaining == 299


@pytest.mark.parametrize("family", ["x-user-limit-24hour", "x-app-limit-24hour"])
def test_a_day_that_is_used_up_beats_an_open_quarter_of_an_hour(windows, clock, family):
    windows.note(Verb.CREATE_REPLY, told(clock, 97) | told(clock, 0, 7200, family))
    with pytest.raises(ChannelBusy) as caught:
        windows.enter(Verb.CREATE_REPLY)
    assert caught.value.retry_after > 7190


def test_the_allowance_is_that_of_the_scarcest_window(windows, clock):
    windows.note(Verb.CREATE_REPLY, told(clock, 90) | told(clock, 12, 80_000, "x-app-limit-24hour"))
    assert windows.allowance("create_reply").remaining == 12


@pytest.mark.parametrize("headers", [{}, {"x-rate-limit-remaining": "0"}, {"x-rate-limit-remaining": "few"}])
def test_headers_that_say_nothing_close_nothing(windows, headers):
    windows.note(MENTIONS, headers)
    windows.enter(MENTIONS)


def test_a_refusal_that_says_how_long_is_believed(windows):
    assert windows.refused(MENTIONS, 30) == 30
    with pytest.raises(ChannelBusy):
        windows.enter(MENTIONS)


def test_a_refusal_that_says_nothing_doubles_the_wait_each_time_up_to_a_whole_window(windows):
    waits = [windows.refused(MENTIONS, None) for _ in range(7)]
    assert waits[:3] == [FIRST_SECONDS, 2 * FIRST_SECONDS, 4 * FIRST_SECONDS]
    assert waits[-1] == LONGEST_SECONDS


def test_a_wait_that_did_not_help_is_not_believed_again(windows):
    assert [windows.refused(MENTIONS, 1) for _ in range(3)] == [1, 2 * FIRST_SECONDS, 4 * FIRST_SECONDS]


def test_an_accepted_request_ends_the_doubling(windows):
    windows.refused(MENTIONS, None)
    windows.accepted(MENTIONS)
    assert windows.refused(MENTIONS, None) == FIRST_SECONDS


@given(st.lists(st.sampled_from(["ask", "wait"]), max_size=60), st.integers(1, 5))
def test_x_is_never_asked_more_often_than_it_allows(steps, limit):
    clock = Clock()
    windows, sent, reset = Windows(clock), 0, clock.now
    for step in steps:
        if step == "wait":
            clock.move(seconds=120)
            continue
        if clock.now >= reset:
            sent, reset = 0, clock.now.replace(microsecond=0)
            reset = reset.fromtimestamp(reset.timestamp() + 900, reset.tzinfo)
        try:
            windows.enter(MENTIONS)
        except ChannelBusy:
            continue
        sent += 1
        headers = {"x-rate-limit-remaining": str(limit - sent), "x-rate-limit-reset": str(int(reset.timestamp()))}
        assert sent <= limit
        windows.note(MENTIONS, headers)


@pytest.mark.parametrize(
    ("method", "path", "verb"),
    [
        ("GET", "/2/users/42/mentions", Verb.MENTIONS),
        ("GET", "/2/tweets/1990000000000000001", Verb.POST),
        ("POST", "/2/dm_conversations/with/42/messages", Verb.SEND_MESSAGE),
        ("PUT", "/2/webhooks/7", Verb.CHECK_WEBHOOK),
    ],
)
def test_a_request_is_known_by_its_endpoint(method, path, verb):
    assert verb_of(method, path) is verb
