from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.personal import Privacy
from bot.settings import ROOT
from bot.vocabulary import Audience, Reason, ReplyKind
from responders.policy import CHECKS, Proposal, has_link, nothing_personal, refusals

AUTOMATIC, APPROVED, AGENT = ReplyKind

GOOD = Proposal(
    text="Hold the power key for ten seconds. ^Bot",
    kind=AUTOMATIC,
    addressed=True,
    summoned=True,
    answered=False,
    opted_out=False,
    customer="mara_k",
    signature="^Bot",
)

FIRST_MESSAGE = replace(
    GOOD,
    text="Hold the power key. Say STOP for no more messages. tarnwell.example/privacy ^Bot",
    audience=Audience.PRIVATE,
    wrote_first=True,
    first_message=True,
    privacy_url="tarnwell.example/privacy",
    stop_words=("stop", "para"),
)


def test_a_summoned_labelled_short_first_reply_is_allowed():
    assert refusals(GOOD) == ()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"addressed": False}, Reason.NOT_ADDRESSED),
        ({"summoned": False}, Reason.NOT_SUMMONED),
        ({"answered": True}, Reason.DUPLICATE),
        ({"text": "Hold the power key."}, Reason.POLICY),
        ({"text": "^Bot says: hold the power key."}, Reason.POLICY),
        ({"text": f"{'word ' * 60}^Bot"}, Reason.OVER_LENGTH),
        ({"text": "See https://tarnwell.example ^Bot"}, Reason.POLICY),
        ({"text": "Ask @jon, he knows. ^Bot"}, Reason.POLICY),
        ({"text": "Ask ＠TarnwellHelp ^Bot"}, Reason.POLICY),
        ({"opted_out": True}, Reason.OPTED_OUT),
        ({"with_agent": True}, Reason.CONVERSATION_WITH_AGENT),
        ({"overtaken": True}, Reason.OVERTAKEN),
        ({"late": True}, Reason.STALE),
    ],
)
def test_each_rule_refuses_an_automatic_reply_alone(change, reason):
    assert refusals(replace(GOOD, **change)) == (reason,)


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"addressed": False}, {AUTOMATIC, APPROVED}),
        ({"summoned": False}, {AUTOMATIC, APPROVED}),
        ({"answered": True}, {AUTOMATIC, APPROVED}),
        ({"opted_out": True}, {AUTOMATIC, APPROVED}),
        ({"text": "Hold the power key. ^MK"}, {AUTOMATIC}),
        ({"text": "Ask @jon. ^Bot"}, {AUTOMATIC, APPROVED}),
        ({"with_agent": True}, {AUTOMATIC}),
        ({"overtaken": True}, {AUTOMATIC}),
        ({"late": True}, {AUTOMATIC}),
        ({"text": f"{'word ' * 60}^Bot"}, {AUTOMATIC, APPROVED}),
        ({"text": f"{'word ' * 700}^Bot"}, {AUTOMATIC, APPROVED, AGENT}),
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


def test_the_customer_may_be_named_and_an_address_is_no_name():
    assert refusals(replace(GOOD, text="@Mara_K, write to me@tarnwell ^Bot")) == ()


SHOWN = [
    "Call 020 7946 0958. ^Bot",
    "Your card 4111 1111 1111 1111 was charged. ^Bot",
    "We wrote to ana＠example.org. ^Bot",
    "We ship it to 12 High Street, Leeds LS1 4AB. ^Bot",
    "Your DNI 12345678Z is noted. ^Bot",
]


@pytest.mark.parametrize("text", SHOWN)
@pytest.mark.parametrize("kind", ReplyKind)
def test_nobody_shows_personal_data_to_everybody(text, kind):
    assert nothing_personal(replace(GOOD, text=text, kind=kind)) is Reason.POLICY
    assert nothing_personal(replace(GOOD, text=text, kind=kind, audience=Audience.PRIVATE)) is None


@pytest.mark.parametrize(
    "text", ["Call 020 7946 0958. ^Bot", "Call +44 (0)20 7946-0958. ^Bot", "Mail Help@Tarnwell.example ^Bot"]
)
def test_the_brands_own_contacts_may_be_shown(text):
    own = Privacy(own=("+44 20 7946 0958", "help@tarnwell.example"))

    assert nothing_personal(replace(GOOD, text=text, privacy=own)) is None
    assert nothing_personal(replace(GOOD, text=f"{text} or 020 7946 0959", privacy=own)) is Reason.POLICY


def test_a_case_number_is_nothing_personal():
    text = "Order 2025550143 and 2025550144 are on their way. ^Bot"

    assert nothing_personal(replace(GOOD, text=text)) is Reason.POLICY
    assert nothing_personal(replace(GOOD, text=text, privacy=Privacy(keep=(r"20255501\d\d",)))) is None


def test_a_direct_message_may_be_long_and_hold_a_link():
    private = replace(FIRST_MESSAGE, text="word " * 1_000 + FIRST_MESSAGE.text)
    assert refusals(private) == ()
    assert refusals(replace(private, text="word " * 2_000 + FIRST_MESSAGE.text)) == (Reason.OVER_LENGTH,)


@pytest.mark.parametrize("kind", ReplyKind)
def test_nobody_writes_a_direct_message_first(kind):
    assert refusals(replace(FIRST_MESSAGE, kind=kind, wrote_first=False)) == (Reason.POLICY,)


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("Say stop for no more. ^Bot", {AUTOMATIC, APPROVED, AGENT}),
        ("tarnwell.example/privacy ^Bot", {AUTOMATIC, APPROVED}),
        ("Stopping helps. tarnwell.example/privacy ^Bot", {AUTOMATIC, APPROVED}),
        ("Para: no más mensajes. tarnwell.example/privacy ^Bot", set()),
    ],
)
def test_the_first_direct_message_says_who_we_are_and_how_to_opt_out(text, refused):
    first = replace(FIRST_MESSAGE, text=text)
    assert {kind for kind in ReplyKind if refusals(replace(first, kind=kind))} == refused


def test_later_direct_messages_need_no_introduction():
    assert refusals(replace(FIRST_MESSAGE, text="Yes, it does. ^Bot", first_message=False)) == ()


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
    is_ours = "Heed's own rule: docs/" in check.__doc__
    assert is_ours != ("https://" in check.__doc__)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_page_that_a_rule_of_our_own_names_exists(check):
    assert all((ROOT / page).is_file() for page in re.findall(r"docs/\S+\.md", check.__doc__))
