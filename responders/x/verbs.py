"""What Heed asks of X: a name for each endpoint, under which it is counted, measured and left alone."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_ID = re.compile(r"(?<=[a-z_]/)[0-9]+")


class Verb(StrEnum):
    """One thing that can be asked; named as the client's method that asks it."""

    ME = "me"
    MENTIONS = "mentions"
    OWN_POSTS = "own_posts"
    SEARCH = "search"
    POST = "post"
    POSTS = "posts"
    CREATE_REPLY = "create_reply"
    DELETE = "delete"
    MESSAGES = "messages"
    MESSAGES_WITH = "messages_with"
    SEND_MESSAGE = "send_message"
    WEBHOOKS = "webhooks"
    REGISTER_WEBHOOK = "register_webhook"
    CHECK_WEBHOOK = "check_webhook"
    SUBSCRIPTIONS = "subscriptions"
    SUBSCRIBE = "subscribe"


SPEAKING = frozenset({Verb.CREATE_REPLY, Verb.SEND_MESSAGE})
"""What reaches a customer, so that its outcome must be known before it is tried again."""

_VERBS: Mapping[str, Verb] = {
    "GET /2/users/me": Verb.ME,
    "GET /2/users/:id/mentions": Verb.MENTIONS,
    "GET /2/users/:id/tweets": Verb.OWN_POSTS,
    "GET /2/tweets/search/recent": Verb.SEARCH,
    "GET /2/tweets/:id": Verb.POST,
    "GET /2/tweets": Verb.POSTS,
    "POST /2/tweets": Verb.CREATE_REPLY,
    "DELETE /2/tweets/:id": Verb.DELETE,
    "GET /2/dm_events": Verb.MESSAGES,
    "GET /2/dm_conversations/with/:id/dm_events": Verb.MESSAGES_WITH,
    "POST /2/dm_conversations/with/:id/messages": Verb.SEND_MESSAGE,
    "GET /2/webhooks": Verb.WEBHOOKS,
    "POST /2/webhooks": Verb.REGISTER_WEBHOOK,
    "PUT /2/webhooks/:id": Verb.CHECK_WEBHOOK,
    "GET /2/activity/subscriptions": Verb.SUBSCRIPTIONS,
    "POST /2/activity/subscriptions": Verb.SUBSCRIBE,
}


def verb_of(method: str, path: str) -> Verb:
    """Give the verb whose endpoint a request of *method* to *path* is for."""
    return _VERBS[f"{method} {_ID.sub(':id', path)}"]
