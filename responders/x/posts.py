"""From X's posts to mentions: one post that can be read becomes one Mention. Pure."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.vocabulary import Kind, Mention

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from responders.x.payloads import Entities, Page, Post

CHANNEL = "x"

_SHORTENED = re.compile(r"https?://t\.co/\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The brand's own account."""

    id: str
    handle: str  #: Without "@".


def mentions_of(page: Page, us: Account) -> tuple[Mention, ...]:
    """Give the mentions of one page, in its order."""
    return tuple(mention_of(post, page, us) for post in page.posts)


def mention_of(post: Post, page: Page, us: Account) -> Mention:
    """Give *post* as a Mention, with its author and parents from *page*.

    An author whom X left out (suspended, protected) has no handle; a post without a thread is its own root.
    """
    author = page.users.get(post.author_id)
    replied_to = post.referenced("replied_to")
    return Mention(
        channel=CHANNEL,
        post_id=post.id,
        chain_id=post.versions[0] if post.versions else post.id,
        author_id=post.author_id,
        author_handle=author.username if author else "",
        author_name=_storable(author.name) if author else "",
        text=full_text(post),
        posted_at=post.created_at,
        root_id=post.conversation_id or replied_to or post.id,
        in_reply_to=replied_to,
        kind=_kind(post),
        addressed=is_addressed(post, page.parents, us),
        ours=post.author_id == us.id,
        followers=author.public_metrics.followers_count if author else 0,
    )


def full_text(post: Post) -> str:
    """Give the whole text, unescaped, with the links that the author wrote instead of X's short ones."""
    text = post.note.text if post.note else post.text
    links = {address.url: address.expanded_url or address.url for each in _entities(post) for address in each.urls}
    return _storable(_SHORTENED.sub(lambda short: links.get(short[0], short[0]), html.unescape(text)))


def is_addressed(post: Post, parents: Mapping[str, Post], us: Account) -> bool:
    """Whether the author speaks to us: names us in the body, replies to a post of ours, or quotes one.

    The mentions that X puts before a reply by itself carry whole threads along and do not count; they stand before
    display_text_range. Sources: X's rule of 2026-02-23 on summoned replies, https://docs.x.com/changelog, and
    "implicit mentions carried by replies", https://docs.x.com/x-api/activity/introduction
    """
    quoted = parents.get(post.referenced("quoted") or "")
    return (
        post.in_reply_to_user_id == us.id
        or (quoted is not None and quoted.author_id == us.id)
        or _is_named_in_body(post, us.handle)
    )


def _is_named_in_body(post: Post, handle: str) -> bool:
    body_starts = post.display_text_range[0] if post.display_text_range else 0
    return any(
        naming.start >= body_starts and naming.username.lower() == handle.lower()
        for entities in _entities(post)
        for naming in entities.mentions
    )


def _entities(post: Post) -> Iterable[Entities]:
    return (post.entities, post.note.entities) if post.note else (post.entities,)


def _kind(post: Post) -> Kind:
    if post.referenced("retweeted"):
        return Kind.REPOST
    return Kind.QUOTE if post.referenced("quoted") else Kind.POST


def _storable(text: str) -> str:
    """JSON may carry what no database stores as text: NUL, and halves of surrogate pairs."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
