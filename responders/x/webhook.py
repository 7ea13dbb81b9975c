"""What X's Activity API delivers: proof of who sends it, and the mentions in it. Pure.

https://docs.x.com/x-api/webhooks/quickstart and https://docs.x.com/x-api/activity/introduction
"""

from __future__ import annotations

import base64
import hmac
import re
from typing import TYPE_CHECKING

from responders.x.messages import is_between_two, mention_of_message
from responders.x.posts import mentions_of

if TYPE_CHECKING:
    from bot.vocabulary import Mention
    from responders.x.events import Event
    from responders.x.payloads import Page, Post
    from responders.x.posts import Account

SIGNATURE = "x-twitter-webhooks-signature"
"""The header that holds the signature of a delivery."""

POSTED = frozenset({"post.mention.create", "post.reply.create", "post.quote.create"})
"""Kinds of events by which a post turns to us."""

DELETED = "post.delete"
RECEIVED = "dm.received"


_TOKEN = re.compile(r"[A-Za-z0-9+/=_.~-]{1,500}")


def answer_crc(token: str, secret: str) -> str:
    """Answer X's challenge *token* with proof that we know the app's consumer secret.

    Raises ValueError for what cannot be a token: anybody may ask, and X signs its events in the same way, so that
    whoever got an event signed here could deliver it as X's.
    """
    if not _TOKEN.fullmatch(token):
        raise ValueError("A token of X holds letters, digits and + / = _ . ~ - only.")
    return _sign(token.encode(), secret)


def is_genuine(raw_body: bytes, signature: str, secret: str) -> bool:
    """Whether whoever signed the body, as it came over the wire, knows the app's consumer secret; in constant time."""
    return hmac.compare_digest(_sign(raw_body, secret).encode(), signature.encode(errors="replace"))


def is_for_us(event: Event, us: Account) -> bool:
    """Whether it is an event of a kind that Heed uses, about the brand's account."""
    return event.user_id == us.id and event.kind in POSTED | {DELETED, RECEIVED}


def incomplete(event: Event) -> tuple[str, ...]:
    """Give the ids of posts that came without their author, without a post that they refer to, or in an unknown shape.

    X leaves out much of what its timelines give with a post; who reads a mention needs it.
    """
    page = event.posts
    lacking = [post.id for post in page.posts if _lacks(post, page)]
    return (*lacking, *(post.post_id for post in page.malformed if post.post_id.isdecimal()))


def mentions_in(event: Event, us: Account) -> tuple[Mention, ...]:
    """Give the posts and direct messages of *event* as mentions."""
    if event.kind in POSTED:
        return mentions_of(event.posts, us)
    if event.kind != RECEIVED:
        return ()
    messages = event.messages
    return tuple(mention_of_message(each, messages, us) for each in messages.messages if is_between_two(each))


def _lacks(post: Post, page: Page) -> bool:
    return post.author_id not in page.users or any(reference.id not in page.parents for reference in post.references)


def _sign(content: bytes, secret: str) -> str:
    return "sha256=" + base64.b64encode(hmac.digest(secret.encode(), content, "sha256")).decode()
