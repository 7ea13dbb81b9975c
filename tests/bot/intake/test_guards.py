from __future__ import annotations

from datetime import timedelta

import pytest

from bot.intake.guards import Watch, asks_to_stop, first_guard, is_stop
from bot.settings import DecidingSettings, ReplyingSettings
from bot.vocabulary import Circumstances, Kind, Reason
from tests.bot.values import NOW, a_watch, admitted

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
