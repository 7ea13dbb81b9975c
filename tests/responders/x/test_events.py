"""Messages in both of X's shapes, and the bodies that its Activity API delivers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responders.x.events import Event, read_event, read_messages
from responders.x.posts import Account, mentions_of, message_text

US = Account(id="100", handle="TarnwellHelp")
MARA = {"id": "42", "username": "mara_k", "name": "Mara"}


def body(kind, payload, includes=None, **changes):
    data = {"event_uuid": "-77", "filter": {"user_id": "100"}, "event_type": kind, "payload": payload}
    return {"data": data | ({"includes": includes} if includes else {}) | changes}


def post(**changes):
    return {
        "id": "1990000000000000002",
        "text": "hey @TarnwellHelp",
        "author_id": "42",
        "created_at": "2026-11-21T09:00:00.000Z",
        "display_text_range": [0, 17],
        "entities": {"mentions": [{"start": 4, "end": 17, "username": "TarnwellHelp"}]},
    } | changes


def message(**changes):
    made = {
        "target": {"recipient_id": "100"},
        "sender_id": "42",
        "message_data": {"text": "my order &amp; me", "entities": {"urls": []}},
    }
    raw = {"type": "message_create", "id": "1990000000000000009", "created_timestamp": "1763715600123"}
    return raw | {"message_create": made | changes}


def test_a_mention_comes_with_its_author():
    event = read_event(body("post.mention.create", post(), {"users": [MARA], "tweets": [post()]}))
    [mention] = mentions_of(event.posts, US)
    assert (event.kind, event.uuid, event.user_id) == ("post.mention.create", "-77", "100")
    assert (mention.author_handle, mention.text, mention.summoned) == ("mara_k", "hey @TarnwellHelp", True)


def test_a_reply_without_includes_still_has_its_parent_and_its_author_by_number():
    raw = post(in_reply_to_user_id="100", referenced_tweets=[{"type": "replied_to", "id": "5"}])
    [mention] = mentions_of(read_event(body("post.reply.create", raw)).posts, US)
    assert (mention.in_reply_to, mention.author_id, mention.author_handle) == ("5", "42", "")


def test_the_newer_names_of_fields_are_read():
    raw = post(edit_history_post_ids=["1", "1990000000000000002"], referenced_posts=[{"type": "quoted", "id": "8"}])
    event = read_event(body("post.quote.create", raw, {"posts": [post(id="8", author_id="100")]}))
    [mention] = mentions_of(event.posts, US)
    assert (mention.chain_id, mention.kind, mention.parents[0].post_id) == ("1", "quote", "8")


def test_a_deleted_post_is_named_and_is_no_post():
    event = read_event(body("post.delete", {"id": "9", "author_id": "42"}, {"users": [{"data": MARA}]}))
    assert (event.deleted, event.posts.posts, event.posts.malformed) == ("9", (), ())


def test_a_message_of_an_event_is_read_as_one_of_the_api():
    payload = {"direct_message_events": [message()], "users": {"42": {"data": MARA}}}
    event = read_event(body("dm.received", payload))
    [heard] = event.messages.messages
    assert (heard.id, heard.sender_id, heard.conversation_id) == ("1990000000000000009", "42", "42-100")
    assert heard.created_at == datetime(2025, 11, 21, 9, 0, 0, 123_000, tzinfo=UTC)
    assert event.messages.users["42"].username == "mara_k"
    assert message_text(heard) == "my order & me"


@pytest.mark.parametrize("changes", [{"sender_id": "somebody"}, {"target": None}, {"sender_id": None}], ids=str)
def test_a_malformed_message_is_set_aside_by_its_id(changes):
    payload = {"direct_message_events": [message(**changes), message()]}
    page = read_event(body("dm.received", payload)).messages
    assert (len(page.messages), page.malformed) == (1, ("1990000000000000009",))


def test_a_revocation_names_the_account_that_it_is_about():
    event = read_event(body("oauth.revoke", {"user_id": "100", "app_id": "7"}, filter={}))
    assert (event.kind, event.user_id, event.posts.posts) == ("oauth.revoke", "100", ())


@pytest.mark.parametrize("raw", [None, [], {}, {"data": []}, {"data": {"event_type": 5}}, {"for_user_id": "100"}])
def test_what_is_no_event_is_none(raw):
    assert read_event(raw) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.sampled_from(["post.mention.create", "dm.received", "post.delete", "follow.follow"]), JSON, JSON)
def test_no_payload_stops_the_reading(kind, payload, includes):
    event = read_event(body(kind, payload, includes=includes))
    assert isinstance(event, Event)
    assert mentions_of(event.posts, US) == ()


def test_messages_of_the_api_leave_out_who_joined():
    raw = {"id": "5", "sender_id": "42", "dm_conversation_id": "42-100", "created_at": "2026-11-21T09:00:00.000Z"}
    page = read_messages(
        {
            "data": [
                raw
                | {
                    "event_type": "MessageCreate",
                    "text": "see https://t.co/a",
                    "urls": [{"url": "https://t.co/a", "expanded_url": "https://b.example"}],
                },
                raw | {"id": "4", "event_type": "ParticipantsJoin"},
                {"id": "3", "event_type": "MessageCreate"},
            ],
            "includes": {"users": [MARA]},
            "meta": {"next_token": "more"},
        }
    )
    assert [message_text(each) for each in page.messages] == ["see https://b.example"]
    assert (page.malformed, page.next_token, list(page.users)) == (("3",), "more", ["42"])
