"""Direct messages, and the events that X's Activity API delivers, as frozen values.

A message has one shape in the API and another, that of API v1.1, in events; both become a Message.
https://docs.x.com/x-api/activity/introduction
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pydantic import AwareDatetime, Field, ValidationError

from responders.x.payloads import (
    Address,
    Entities,
    Id,
    Page,
    Shape,
    User,
    as_list,
    as_object,
    next_token,
    read_page,
    read_users,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

MESSAGE_CREATED = "MessageCreate"


class Message(Shape):
    """One direct message, of ours or to us."""

    id: Id
    text: str = ""  #: As X wrote it, escaped and with short links; empty where only a picture was sent.
    sender_id: Id
    conversation_id: str = Field(validation_alias="dm_conversation_id")
    created_at: AwareDatetime
    entities: Entities = Entities()
    urls: tuple[Address, ...] = ()  #: The links in the text, where X names them beside the entities.

    @property
    def links(self) -> tuple[Address, ...]:
        """The links in the text, wherever X named them."""
        return self.entities.urls + self.urls


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePage:
    """One page of direct messages, newest first, with the accounts that sent them, by id."""

    messages: tuple[Message, ...] = ()
    users: Mapping[str, User]
    malformed: tuple[str, ...] = ()  #: Ids of messages without the shape that X promises; "" for an unreadable id.
    next_token: str | None = None  #: X gives one even on the last page; an empty page is the end.


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event about an account of ours: of posts, of messages, or of neither."""

    uuid: str  #: The same in every delivery of the event; empty where X gives none.
    kind: str  #: Such as "post.mention.create", "dm.received" or "oauth.revoke".
    user_id: str  #: The account that it is about; empty where X does not say.
    posts: Page  #: The post that was made; empty for other events.
    messages: MessagePage  #: The messages that were sent; empty for other events.
    deleted: str = ""  #: The id of the post that was deleted.


def read_messages(answer: Mapping[str, Any]) -> MessagePage:
    """Read one page of the API; joins and leaves of groups are left out, malformed messages set aside."""
    raws = [raw for raw in as_list(answer.get("data")) if as_object(raw).get("event_type") in {None, MESSAGE_CREATED}]
    users = read_users(as_list(as_object(answer.get("includes")).get("users")))
    return _message_page(raws, users, token=next_token(answer))


def read_event(raw: object) -> Event | None:
    """Read the body of one delivery, in either dialect; None where it is no event of the Activity API."""
    data = as_object(as_object(raw).get("data"))
    kind = data.get("event_type")
    if not isinstance(kind, str):
        return None
    payload, includes = as_object(data.get("payload")), as_object(data.get("includes"))
    is_post = kind.startswith("post.") and kind != "post.delete"
    return Event(
        uuid=str(data.get("event_uuid") or ""),
        kind=kind,
        user_id=str(as_object(data.get("filter")).get("user_id") or payload.get("user_id") or ""),
        posts=read_page({"data": [payload] if is_post else [], "includes": includes}),
        messages=_messages_of_event(payload),
        deleted=str(payload.get("id") or "") if kind == "post.delete" else "",
    )


def _messages_of_event(payload: Mapping[str, Any]) -> MessagePage:
    raws = [_modern(as_object(raw)) for raw in as_list(payload.get("direct_message_events"))]
    return _message_page(raws, read_users(as_object(payload.get("users")).values()))


def _message_page(raws: Iterable[object], users: Mapping[str, User], *, token: str | None = None) -> MessagePage:
    read = [_message(raw) for raw in raws]
    return MessagePage(
        messages=tuple(message for message in read if isinstance(message, Message)),
        users=users,
        malformed=tuple(message for message in read if isinstance(message, str)),
        next_token=token,
    )


def _message(raw: object) -> Message | str:
    try:
        return Message.model_validate(raw)
    except ValidationError:
        return str(as_object(raw).get("id", ""))[:19]


def _modern(raw: Mapping[str, Any]) -> dict[str, object]:
    """Give a message of an event in the shape of the API; what it lacks is left for the reading to refuse."""
    made = as_object(raw.get("message_create"))
    data = as_object(made.get("message_data"))
    sender, recipient = str(made.get("sender_id", "")), str(as_object(made.get("target")).get("recipient_id", ""))
    return {
        "id": raw.get("id"),
        "text": data.get("text"),
        "sender_id": sender,
        "dm_conversation_id": conversation_of(sender, recipient),
        "created_at": _moment(raw.get("created_timestamp")),
        "entities": data.get("entities"),
    }


def conversation_of(one: str, other: str) -> str | None:
    """Give the id of the conversation between two accounts: the smaller id first; None where one of them is no id."""
    if not (one.isdecimal() and other.isdecimal()):
        return None
    return "-".join(sorted((one, other), key=int))


def _moment(milliseconds: object) -> datetime | None:
    text = str(milliseconds)
    return datetime.fromtimestamp(int(text) / 1000, UTC) if text.isdecimal() else None
