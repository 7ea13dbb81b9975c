"""What the X Activity API makes of a change: which events, about whom, and with what payload.

https://docs.x.com/x-api/activity/event-payloads
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sandbox.changes import Change, ChangeKind
from sandbox.fields import USER_FIELDS
from sandbox.messages import Message
from sandbox.payloads import post_json, user_json
from sandbox.posts import Post, User
from sandbox.problems import Json
from sandbox.query import Fields
from sandbox.snowflake import Snowflakes
from sandbox.world import World

_FIELDS = Fields(
    post=frozenset(
        {
            *("author_id", "conversation_id", "created_at", "display_text_range", "edit_controls", "entities", "lang"),
            *("in_reply_to_user_id", "note_tweet", "possibly_sensitive", "public_metrics", "referenced_tweets"),
            "reply_settings",
        }
    ),
    user=USER_FIELDS,
)


class EventType(StrEnum):
    """What can be subscribed to here; X has more."""

    MENTION = "post.mention.create"  #: A post types the account's name itself; carried along by a reply is not enough.
    REPLY = "post.reply.create"  #: A post answers one of the account's posts directly.
    QUOTE = "post.quote.create"  #: A post quotes one of the account's posts.
    DELETED = "post.delete"  #: The account deleted one of its own posts.
    MESSAGE = "dm.received"  #: The account received a direct message.


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event about one account."""

    uuid: str  #: The same in every delivery of the event.
    kind: EventType
    user_id: str  #: The account that it is about.
    happened_at: datetime
    payload: Json
    includes: Json


def events_of(world: World, change: Change, uuids: Snowflakes) -> list[Event]:
    """List the events that *change* makes, none for posts of protected accounts and for late posts."""
    return [
        Event(
            uuid=uuids.next(),
            kind=kind,
            user_id=user.id,
            happened_at=world.clock(),
            payload=payload,
            includes=includes,
        )
        for kind, user, payload, includes in _parts(world, change)
    ]


def _parts(world: World, change: Change) -> Iterator[tuple[EventType, User, Json, Json]]:
    if change.message:
        yield EventType.MESSAGE, change.message.recipient, _message_payload(world, change.message), {}
        return
    post = world.remember(change.post_id)
    if post is None or world.is_protected(post.author):
        return
    match change.kind:
        case ChangeKind.POSTED | ChangeKind.EDITED | ChangeKind.INDEXED if world.is_indexed(post):
            yield from _about_post(world, post)
        case ChangeKind.DELETED:
            payload = {"id": post.id, "author_id": post.author.id}
            yield EventType.DELETED, post.author, payload, {"users": [_wrapped(world, post.author)]}


def _about_post(world: World, post: Post) -> Iterator[tuple[EventType, User, Json, Json]]:
    """Yield an event for each account and each reason; a reply that names the account makes two."""
    if post.repost_of:
        return
    payload = _post_payload(world, post)
    for user in world.accounts.mentioned_in(post.body):
        if _is_told(world, user, post):
            yield EventType.MENTION, user, payload, {"users": [user_json(world, post.author, _FIELDS)]}
    if post.reply_to_author and _is_told(world, post.reply_to_author, post):
        yield EventType.REPLY, post.reply_to_author, payload, {}
    quoted = world.find(post.quote_of) if post.quote_of else None
    if quoted and _is_told(world, quoted.author, post):
        yield EventType.QUOTE, quoted.author, payload, {}


def _is_told(world: World, user: User, post: Post) -> bool:
    return user.id != post.author.id and world.may_see(user, post.author) and not world.blocks(user, post.author)


def _post_payload(world: World, post: Post) -> Json:
    parent = {"in_reply_to_tweet_id": post.reply_to} if post.reply_to else {}
    return post_json(world, post, _FIELDS) | parent | {"paid_partnership": False}


def _message_payload(world: World, message: Message) -> Json:
    event = {
        "type": "message_create",
        "id": message.id,
        "created_timestamp": str(int(message.sent_at.timestamp() * 1000)),
        "message_create": {
            "target": {"recipient_id": message.recipient.id},
            "sender_id": message.sender.id,
            "message_data": {
                "text": message.text,
                "entities": {"hashtags": [], "symbols": [], "user_mentions": [], "urls": []},
            },
        },
    }
    users = {user.id: _wrapped(world, user) for user in (message.sender, message.recipient)}
    return {"direct_message_events": [event], "users": users}


def _wrapped(world: World, user: User) -> Json:
    return {"data": user_json(world, user, _FIELDS)}
