"""The values of the sandbox's world: accounts and posts, and who a text names."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

HANDLE = re.compile(r"[A-Za-z0-9_]{1,15}")  #: What X allows as a handle.
MENTION = re.compile(r"(?<![A-Za-z0-9_@＠])[@＠]([A-Za-z0-9_]{1,15})(?![A-Za-z0-9_@＠])")


class ReplySettings(StrEnum):
    """Who may reply to a post, besides its author and those whom it names."""

    EVERYONE = "everyone"
    FOLLOWING = "following"
    MENTIONED = "mentionedUsers"
    SUBSCRIBERS = "subscribers"
    VERIFIED = "verified"


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """An account."""

    id: str
    handle: str  #: Without "@", in the spelling in which it was first seen.
    name: str
    joined_at: datetime
    followers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One version of one post; an edit makes another `Post` with its own id."""

    id: str
    author: User
    body: str  #: What the author typed.
    prefix: str  #: The mentions that X puts before a reply, each with a blank after it; else empty.
    created_at: datetime
    conversation: str  #: The id of the first post of the thread.
    reply_to: str | None
    reply_to_author: User | None  #: Known even after the parent is deleted.
    repost_of: str | None
    quote_of: str | None
    versions: tuple[str, ...]  #: Ids of the whole edit chain up to this one, oldest first.
    language: str  #: As X writes it: a two-letter code, or "und".
    by_app: bool  #: Published through the API, not by a person on the page.
    reply_settings: ReplySettings = ReplySettings.EVERYONE
    message_link: str = ""  #: An address under which readers write to the author in private; not part of the body.

    @property
    def text(self) -> str:
        """The whole text as X delivers it, before escaping."""
        link = f" {self.message_link}" if self.message_link else ""
        return self.prefix + self.body + link

    @property
    def first_id(self) -> str:
        """The id that stays the same through every edit."""
        return self.versions[0]


def handles_in(text: str) -> Iterator[str]:
    """Yield the handles that *text* names, in order, without "@"."""
    return (match[1] for match in MENTION.finditer(text))


def names(text: str, handle: str) -> bool:
    """Whether *text* mentions *handle*."""
    return handle.lower() in map(str.lower, handles_in(text))
