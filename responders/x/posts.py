"""From X's posts to mentions: one post that can be read becomes one Mention. Pure."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bot.vocabulary import Kind, Mention, Parent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from responders.x.events import Message
    from responders.x.payloads import Address, Entities, Page, Post, User

CHANNEL = "x"

_SHORTENED = re.compile(r"https?://t\.co/\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The brand's own account, and what counts as speaking for it or to it."""

    id: str
    handle: str  #: Without "@".
    also_ours: frozenset[str] = frozenset()  #: Handles of the brand's other accounts, in small letters.
    summoned_by: Literal["naming", "replying", "anything"] = "naming"

    def wrote(self, post: Post, author: User | None) -> bool:
        """Whether *post* is by one of the brand's accounts."""
        return post.author_id == self.id or (author is not None and author.username.lower() in self.also_ours)


def mentions_of(page: Page, us: Account) -> tuple[Mention, ...]:
    """Give the mentions of one page, in its order."""
    return tuple(mention_of(post, page, us) for post in page.posts)


def mention_of(post: Post, page: Page, us: Account) -> Mention:
    """Give *post* as a Mention, with its author and parents from *page*.

    An author whom X left out (suspended, protected) has no handle; a post without a thread is its own root.
    """
    author = page.users.get(post.author_id)
    handle = author.username if author else us.handle if post.author_id == us.id else ""
    replied_to = post.referenced("replied_to")
    return Mention(
        channel=CHANNEL,
        post_id=post.id,
        chain_id=post.versions[0] if post.versions else post.id,
        author_id=post.author_id,
        author_handle=handle,
        author_name=_storable(author.name) if author else "",
        text=full_text(post),
        posted_at=post.created_at,
        root_id=post.conversation_id or replied_to or post.id,
        in_reply_to=replied_to,
        kind=_kind(post),
        addressed=is_addressed(post, page.parents, us),
        summoned=is_summoned(post, page.parents, us),
        account=us.id,
        parents=tuple(_parents(post, page)),
        ours=us.wrote(post, author),
        followers=author.public_metrics.followers_count if author else 0,
    )


def full_text(post: Post) -> str:
    """Give the whole text, unescaped, with the links that the author wrote instead of X's short ones."""
    links = [address for each in _entities(post) for address in each.urls]
    return _plain(post.note.text if post.note else post.text, links)


def message_text(message: Message) -> str:
    """Give the text of a direct message, made plain in the same way."""
    return _plain(message.text, message.links)


def is_addressed(post: Post, parents: Mapping[str, Post], us: Account) -> bool:
    """Whether the author speaks to us: names us in the body, replies to a post of ours, or quotes one."""
    return post.in_reply_to_user_id == us.id or _names_or_quotes(post, parents, us)


def is_summoned(post: Post, parents: Mapping[str, Post], us: Account) -> bool:
    """Whether X lets a program of ours reply to *post*, as far as x.summoned_by tells.

    Since 2026-02-23 the author must have named or quoted us, unless the app is of an Enterprise plan; whether a bare
    reply to one of our posts is enough, X does not say. https://docs.x.com/changelog
    """
    match us.summoned_by:
        case "anything":
            return True
        case "replying":
            return is_addressed(post, parents, us)
        case "naming":
            return _names_or_quotes(post, parents, us)


def _names_or_quotes(post: Post, parents: Mapping[str, Post], us: Account) -> bool:
    """The mentions that X puts before a reply by itself carry whole threads along and do not count.

    They stand before display_text_range. https://docs.x.com/x-api/activity/introduction calls them "implicit".
    """
    quoted = parents.get(post.referenced("quoted") or "")
    return (quoted is not None and quoted.author_id == us.id) or _is_named_in_body(post, us.handle)


def _parents(post: Post, page: Page) -> Iterator[Parent]:
    """Walk up what X gave with the page, the nearest first: what is replied to before what is quoted."""
    waiting, seen = [post], {post.id}
    while waiting:
        child = waiting.pop(0)
        for number in (child.referenced("replied_to"), child.referenced("quoted")):
            parent = page.parents.get(number or "")
            if parent is not None and parent.id not in seen:
                seen.add(parent.id)
                waiting.append(parent)
                author = page.users.get(parent.author_id)
                yield Parent(post_id=parent.id, author_handle=author.username if author else "", text=full_text(parent))


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


def _plain(text: str, addresses: Iterable[Address]) -> str:
    links = {address.url: address.expanded_url or address.url for address in addresses}
    return _storable(_SHORTENED.sub(lambda short: links.get(short[0], short[0]), html.unescape(text)))


def _storable(text: str) -> str:
    """JSON may carry what no database stores as text: NUL, and halves of surrogate pairs."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
