"""What help desks post to us."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.vocabulary import DeskEvent, DeskEventKind
from responders.cases import MalformedEvent
from responders.chatwoot import events as chatwoot
from responders.webhook import events as webhook


def posted(**changes):
    given = {"id": "e-1", "reference": "h7k-2qf-9", "kind": "reply", "text": " It left today. ", "author": "Ilse"}
    return json.dumps({name: value for name, value in (given | changes).items() if value is not None}).encode()


def test_an_event_is_read():
    assert webhook.read_event(posted(more="than we know")) == DeskEvent(
        id="e-1", reference="H7K-2QF-9", kind=DeskEventKind.REPLY, text="It left today.", author="Ilse"
    )


def test_an_end_needs_no_word():
    event = webhook.read_event(posted(kind="resolved", text=None, author=None))
    assert (event.kind, event.text, event.author) == (DeskEventKind.RESOLVED, "", "")


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"id": None}, "id"),
        ({"id": " "}, "id"),
        ({"id": 5}, "id"),
        ({"id": "x" * 501}, "id"),
        ({"reference": None}, "reference"),
        ({"kind": "closed"}, "kind"),
        ({"kind": None}, "kind"),
        ({"text": " "}, "text"),
        ({"text": 7}, "text"),
        ({"author": ["Ilse"]}, "author"),
    ],
)
def test_a_wrong_field_is_named(changes, named):
    with pytest.raises(MalformedEvent, match=f"^{named}: "):
        webhook.read_event(posted(**changes))


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000])
@pytest.mark.parametrize("read", [webhook.read_event, chatwoot.read_event])
def test_what_is_no_object_is_named(read, body):
    with pytest.raises(MalformedEvent, match="the body"):
        read(body)


def test_what_is_wrong_is_said_without_what_was_given():
    with pytest.raises(MalformedEvent) as problem:
        webhook.read_event(posted(text=["mara@example.org"]))
    assert "mara" not in str(problem.value)


def conversation(**changes):
    return {"id": 12, "status": "open", "custom_attributes": {"heed_reference": "H7K-2QF-9"}} | changes


def written(**changes):
    given = {
        "event": "message_created",
        "id": 91,
        "content": "It left today.",
        "message_type": "outgoing",
        "private": False,
        "sender": {"id": 2, "name": "Ilse Brandt", "type": "user"},
        "conversation": conversation(),
    }
    return json.dumps(given | changes).encode()


def moved(event="conversation_status_changed", **changes):
    return json.dumps({"event": event, **conversation(status="resolved", updated_at=1763640000.5), **changes}).encode()


def test_what_an_agent_writes_in_chatwoot_is_a_reply():
    assert chatwoot.read_event(written()) == DeskEvent(
        id="message 91",
        reference="H7K-2QF-9",
        kind=DeskEventKind.REPLY,
        text="It left today.",
        author="Ilse Brandt",
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"private": True},
        {"private": None},
        {"message_type": "incoming"},
        {"message_type": "template"},
        {"message_type": 1},
        {"content": None},
        {"content": " "},
        {"conversation": conversation(custom_attributes={})},
        {"conversation": None},
        {"event": "message_updated"},
        {"event": None},
    ],
)
def test_what_is_not_for_the_customer_is_passed_over(changes):
    assert chatwoot.read_event(written(**changes)) is None


def test_an_end_in_chatwoot_is_one_event_whatever_it_is_called():
    events = [chatwoot.read_event(moved(name)) for name in ("conversation_status_changed", "conversation_resolved")]
    assert events[0] == events[1]
    assert events[0].kind is DeskEventKind.RESOLVED


def test_a_second_end_is_another_event():
    assert chatwoot.read_event(moved()).id != chatwoot.read_event(moved(updated_at=1763650000.5)).id


@pytest.mark.parametrize("status", ["open", "pending", "snoozed", None])
def test_another_state_is_passed_over(status):
    assert chatwoot.read_event(moved(status=status)) is None


def test_an_end_of_what_is_no_case_is_passed_over():
    assert chatwoot.read_event(moved(custom_attributes=None)) is None


def test_a_message_without_a_number_is_named():
    with pytest.raises(MalformedEvent, match=r"^id: "):
        chatwoot.read_event(written(id="91"))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda values: st.lists(values, max_size=3) | st.dictionaries(st.text(), values, max_size=3),
    max_leaves=6,
)


_FIELDS = ("id", "content", "message_type", "private", "sender", "conversation", "status", "custom_attributes")


@given(st.sampled_from(["message_created", "conversation_resolved"]), st.dictionaries(st.sampled_from(_FIELDS), _JSON))
def test_any_object_is_an_event_or_none_or_malformed(kind, given):
    with contextlib.suppress(MalformedEvent):
        chatwoot.read_event(json.dumps({"event": kind, **given}).encode())
