from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.intake.guards import Watch, asks_to_stop, first_guard, is_amended, is_stop
from bot.settings import DecidingSettings, ReplyingSettings
from bot.vocabulary import Audience, Circumstances, Kind, Reason
from tests.bot.values import NOW, a_mention, a_watch, admitted

DAY = timedelta(hours=24)
MOMENT = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        # An ordinary post is to be read, also at the very end of the day, also as a reply or a quote.
        ({}, None),
        ({"posted_at": NOW - DAY}, None),
        ({"kind": Kind.QUOTE}, None),
        ({"in_reply_to": "1"}, None),
        # Each guard alone.
        ({"ours": True}, Reason.OURSELVES),
        ({"kind": Kind.REPOST}, Reason.REPOST),
        ({"circumstances": Circumstances(answered=True)}, Reason.DUPLICATE),
        ({"circumstances": Circumstances(superseded=True)}, Reason.DUPLICATE),
        ({"circumstances": Circumstances(opted_out=True)}, Reason.OPTED_OUT),
        ({"text": "stop"}, Reason.OPTED_OUT),
        ({"posted_at": NOW - DAY - MOMENT}, Reason.STALE),
        # The first in order counts.
        ({"ours": True, "kind": Kind.REPOST}, Reason.OURSELVES),
        ({"circumstances": Circumstances(opted_out=True, answered=True)}, Reason.DUPLICATE),
        ({"text": "stop", "posted_at": NOW - DAY - MOMENT}, Reason.OPTED_OUT),
        ({"erased": True}, Reason.GONE),
        ({"circumstances": Circumstances(continued=True)}, Reason.CONTINUED),
        ({"circumstances": Circumstances(continued=True, answered=True)}, Reason.DUPLICATE),
        ({"circumstances": Circumstances(continued=True, opted_out=True)}, Reason.CONTINUED),
        # Who writes in private still wants something; only "stop" itself needs no person.
        ({"circumstances": Circumstances(opted_out=True), "audience": Audience.PRIVATE}, None),
        ({"text": "stop", "audience": Audience.PRIVATE}, Reason.OPTED_OUT),
        # An agent in the conversation is no guard: the mention is read, and decided later.
        ({"circumstances": Circumstances(with_agent=True)}, None),
    ],
)
def test_the_first_guard_that_holds_counts(given, reason):
    assert first_guard(admitted(**given), a_watch()) is reason


@pytest.mark.parametrize(
    ("text", "stops"),
    [
        ("stop", True),
        ("STOP!!!", True),
        ("@TarnwellHelp stop.", True),
        ("@TarnwellHelp: Stop", True),
        ("¡Basta!", True),
        ("opt out", True),
        (" opt   out ", True),
        ("stop the fan noise", False),
        ("how do I stop updates", False),
        ("stopp", False),
        ("@TarnwellHelp", False),
        ("", False),
    ],
)
def test_only_a_stop_word_and_nothing_else_opts_out(text, stops):
    assert is_stop(text, a_watch().stop_words) is stops
    assert asks_to_stop(admitted(text), a_watch()) is stops


@pytest.mark.parametrize("word", ReplyingSettings().stop_words)
def test_every_configured_stop_word_is_honoured_whatever_its_case(word):
    watch = Watch.from_settings(DecidingSettings(), ReplyingSettings(), NOW)

    assert is_stop(word.upper(), watch.stop_words)


def test_stop_words_are_configured_in_every_language():
    assert {"stop", "basta", "aufhören"} <= set(ReplyingSettings().stop_words)


def test_the_age_limit_comes_from_the_settings():
    watch = Watch.from_settings(DecidingSettings(max_age_hours=2), ReplyingSettings(), NOW)

    assert watch.max_age == timedelta(hours=2)


def test_a_stop_in_any_post_of_a_burst_counts():
    burst = replace(admitted("and by the way"), earlier=(a_mention("stop"),))

    assert asks_to_stop(burst, a_watch())
    assert first_guard(burst, a_watch()) is Reason.OPTED_OUT


@pytest.mark.parametrize(
    ("post_id", "circumstances", "amended"),
    [
        ("2", Circumstances(answered=True), True),
        ("1", Circumstances(answered=True), False),
        ("2", Circumstances(), False),
        ("2", Circumstances(answered=True, superseded=True), False),
    ],
)
def test_only_the_newest_version_of_an_answered_post_is_amended(post_id, circumstances, amended):
    assert is_amended(admitted(post_id=post_id, chain_id="1", circumstances=circumstances)) is amended
