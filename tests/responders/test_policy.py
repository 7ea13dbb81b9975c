from __future__ import annotations

from dataclasses import replace

import pytest

from bot.vocabulary import Reason, ReplyKind
from responders.policy import CHECKS, Proposal, has_link, refusals

AUTOMATIC, APPROVED, AGENT = ReplyKind

GOOD = Proposal(
    text="Hold the power key for ten seconds. ^Bot",
    kind=AUTOMATIC,
    addressed=True,
    answered=False,
    opted_out=False,
    signature="^Bot",
)


def test_a_summoned_labelled_short_first_reply_is_allowed():
    assert refusals(GOOD) == ()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"addressed": False}, Reason.NOT_ADDRESSED),
        ({"answered": True}, Reason.DUPLICATE),
        ({"text": "Hold the power key."}, Reason.POLICY),
        ({"text": "^Bot says: hold the power key."}, Reason.POLICY),
        ({"text": f"{'word ' * 60}^Bot"}, Reason.OVER_LENGTH),
        ({"text": "See https://tarnwell.example ^Bot"}, Reason.POLICY),
        ({"opted_out": True}, Reason.OPTED_OUT),
    ],
)
def test_each_rule_refuses_an_automatic_reply_alone(change, reason):
    assert refusals(replace(GOOD, **change)) == (reason,)


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"addressed": False}, {AUTOMATIC, APPROVED}),
        ({"answered": True}, {AUTOMATIC, APPROVED}),
        ({"opted_out": True}, {AUTOMATIC, APPROVED}),
        ({"text": "Hold the power key. ^MK"}, {AUTOMATIC}),
        ({"text": f"{'word ' * 60}^Bot"}, {AUTOMATIC, APPROVED, AGENT}),
        ({"text": ""}, {AUTOMATIC, APPROVED, AGENT}),
    ],
)
def test_a_person_is_held_to_fewer_rules(change, refused):
    assert {kind for kind in ReplyKind if refusals(replace(GOOD, **change, kind=kind))} == refused


@pytest.mark.parametrize(
    ("links", "refused"),
    [("never", {AUTOMATIC, APPROVED}), ("draft", {AUTOMATIC}), ("always", set())],
)
def test_ops_say_who_may_send_links(links, refused):
    linked = replace(GOOD, text="See tarnwell.com/help ^Bot", links=links)
    assert {kind for kind in ReplyKind if refusals(replace(linked, kind=kind))} == refused


def test_two_reasons_are_both_given_and_one_reason_once():
    worst = replace(GOOD, text="https://tarnwell.example", opted_out=True)
    assert refusals(worst) == (Reason.POLICY, Reason.OPTED_OUT)


@pytest.mark.parametrize(
    "text", ["https://a.example", "HTTP://A", "tarnwell.com", "go to support.tarnwell.co.uk/x now."]
)
def test_a_link_is_seen_with_and_without_its_protocol(text):
    assert has_link(text)


@pytest.mark.parametrize(
    "text", ["Version 2.4 is out.", "e.g. the lid", "me@tarnwell.com", "Wait.Then start", "config.yml"]
)
def test_a_full_stop_is_no_link(text):
    assert not has_link(text)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_every_rule_names_its_source(check):
    assert "https://" in check.__doc__
