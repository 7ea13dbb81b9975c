from __future__ import annotations

import base64
import hmac
import json

import pytest

from responders.x.events import read_event
from responders.x.posts import Account
from responders.x.webhook import answer_crc, incomplete, is_for_us, is_genuine, mentions_in

SECRET = "the app's consumer secret"
US = Account(id="100", handle="TarnwellHelp")
MARA = {"id": "42", "username": "mara_k", "name": "Mara", "public_metrics": {"followers_count": 7}}


def signature(content):
    return "sha256=" + base64.b64encode(hmac.new(SECRET.encode(), content, "sha256").digest()).decode()


def an_event(kind="post.mention.create", *, user_id="100", payload=None, includes=None):
    data = {
        "event_uuid": "-81",
        "filter": {"user_id": user_id},
        "event_type": kind,
        "payload": a_post() if payload is None else payload,
        "includes": {"users": [MARA]} if includes is None else includes,
    }
    return read_event({"data": data})


def a_post(**values):
    return {
        "id": "900",
        "text": "@TarnwellHelp it does not start",
        "author_id": "42",
        "conversation_id": "900",
        "created_at": "2026-11-22T09:00:00.000Z",
        "display_text_range": [0, 31],
        "entities": {"mentions": [{"start": 0, "end": 13, "username": "TarnwellHelp", "id": "100"}]},
        **values,
    }


def a_message(sender="42", recipient="100"):
    message = {
        "type": "message_create",
        "id": "901",
        "created_timestamp": "1763802000000",
        "message_create": {
            "target": {"recipient_id": recipient},
            "sender_id": sender,
            "message_data": {"text": "hello there", "entities": {"urls": []}},
        },
    }
    return {"direct_message_events": [message], "users": {"42": {"data": MARA}}}


def test_a_challenge_is_answered_with_what_only_we_and_x_can_know():
    assert answer_crc("dG9rZW4-_x=", SECRET) == signature(b"dG9rZW4-_x=")


@pytest.mark.parametrize("token", ["", '{"data":{}}', "a b", "ü", "x" * 501])
def test_a_challenge_never_signs_what_could_be_an_event(token):
    with pytest.raises(ValueError, match="token"):
        answer_crc(token, SECRET)


def test_a_body_with_the_right_signature_is_genuine():
    body = json.dumps({"data": {"text": "é"}}, ensure_ascii=False).encode()
    assert is_genuine(body, signature(body), SECRET)


@pytest.mark.parametrize("given", ["", "sha256=", "sha256=AAAA", "\udcff"])
def test_a_body_with_another_signature_is_not(given):
    assert not is_genuine(b"{}", given, SECRET)


def test_one_byte_changed_makes_a_body_foreign():
    assert not is_genuine(b"{ }", signature(b"{}"), SECRET)


def test_a_post_that_names_us_becomes_a_mention_as_if_it_were_polled():
    [mention] = mentions_in(an_event(), US)
    assert (mention.post_id, mention.author_handle, mention.followers) == ("900", "mara_k", 7)
    assert (mention.addressed, mention.summoned, mention.account) == (True, True, "100")


def test_a_message_becomes_a_private_mention():
    [mention] = mentions_in(an_event("dm.received", payload=a_message(), includes={}), US)
    assert (mention.post_id, mention.text, mention.root_id) == ("901", "hello there", "42-100")
    assert mention.audience == "private"


def test_an_event_that_is_whole_needs_no_look():
    assert incomplete(an_event()) == ()


@pytest.mark.parametrize(
    "event",
    [
        an_event(includes={}),
        an_event(payload=a_post(referenced_tweets=[{"type": "replied_to", "id": "800"}])),
        an_event(payload={"id": "900"}),
    ],
    ids=["author left out", "parent left out", "unknown shape"],
)
def test_a_post_of_which_something_was_left_out_is_to_be_looked_up(event):
    assert incomplete(event) == ("900",)


@pytest.mark.parametrize(
    ("event", "ours"),
    [
        (an_event(), True),
        (an_event("post.reply.create"), True),
        (an_event("post.quote.create"), True),
        (an_event("post.delete", payload={"id": "900", "author_id": "100"}), True),
        (an_event("dm.received", payload=a_message()), True),
        (an_event("follow.follow", payload={}), False),
        (an_event(user_id="7"), False),
    ],
)
def test_only_events_about_our_account_that_are_of_use_are_for_us(event, ours):
    assert is_for_us(event, US) is ours


def test_an_event_of_another_kind_holds_no_mentions():
    assert mentions_in(an_event("post.create"), US) == ()
