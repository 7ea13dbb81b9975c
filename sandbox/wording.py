"""The text of a post as the API gives it: escaped, with its links shortened, and what stands where in it.

https://docs.x.com/x-api/fundamentals/data-dictionary
"""

import re
from base64 import b32encode
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from html import escape

from responders.counting import MAX_WEIGHT, weighted_length
from sandbox.accounts import Accounts
from sandbox.posts import MENTION, Post
from sandbox.problems import Json

_LINK = re.compile(r"(?<![A-Za-z0-9@$#])https?://[^\s<>\"]*[^\s<>\"'.,:;!?)\]}]", re.IGNORECASE)
_HASHTAG = re.compile(r"(?<![\w&/])[#＃](\w*[^\W\d_]\w*)")
_CASHTAG = re.compile(r"(?<![\w$])\$([A-Za-z]{1,6})(?![\w.])")
_LONGEST_SHOWN = 26  #: Characters of an address that readers see, as X cuts it.


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A web address, and where its short form stands in the wording."""

    start: int
    end: int
    short: str
    full: str

    @property
    def shown(self) -> str:
        """What readers see of it."""
        bare = re.sub(r"^https?://(www\.)?", "", self.full, flags=re.IGNORECASE)
        return bare if len(bare) <= _LONGEST_SHOWN else f"{bare[:_LONGEST_SHOWN]}…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A text ready for the wire."""

    text: str
    links: tuple[Link, ...]


def worded(text: str) -> Wording:
    """Escape *text* and shorten its links."""
    pieces, links, done, length = [], [], 0, 0
    for match in _LINK.finditer(text):
        before, short = escape(text[done : match.start()], quote=False), _short(match[0])
        start = length + len(before)
        links.append(Link(start=start, end=start + len(short), short=short, full=match[0]))
        pieces += [before, short]
        done, length = match.end(), start + len(short)
    return Wording(text="".join([*pieces, escape(text[done:], quote=False)]), links=tuple(links))


def is_long(post: Post) -> bool:
    """Whether the post has more text than the `text` field holds."""
    return weighted_length(post.body) > MAX_WEIGHT


def shown(post: Post) -> Wording:
    """Return what the `text` field holds: of a long post only the beginning."""
    return worded(f"{post.prefix}{_beginning(post.body)}…" if is_long(post) else post.text)


def entities_json(accounts: Accounts, wording: Wording) -> Json | None:
    """Return the names, links, hashtags and cashtags of a wording; None when there are none."""
    found = {
        "mentions": list(_mentions(accounts, wording.text)),
        "urls": [_url(link) for link in wording.links],
        "hashtags": [_tag(match) for match in _HASHTAG.finditer(wording.text)],
        "cashtags": [_tag(match) for match in _CASHTAG.finditer(wording.text)],
    }
    return {kind: entities for kind, entities in found.items() if entities} or None


def cashtags_in(text: str) -> int:
    """Count the cashtags of a text."""
    return len(_CASHTAG.findall(text))


def _beginning(body: str) -> str:
    """Cut the text as X does, never within a link."""
    cut = MAX_WEIGHT - 1
    across = next((match.start() for match in _LINK.finditer(body) if match.start() < cut < match.end()), cut)
    return body[:across]


def _short(address: str) -> str:
    token = b32encode(blake2b(address.encode(errors="surrogatepass"), digest_size=7).digest()).decode()[:10]
    return f"https://t.co/{token}"


def _mentions(accounts: Accounts, text: str) -> Iterator[Json]:
    for match in MENTION.finditer(text):
        if user := accounts.named(match[1]):
            yield {"start": match.start(), "end": match.end(), "username": user.handle, "id": user.id}


def _url(link: Link) -> Json:
    return {
        "start": link.start,
        "end": link.end,
        "url": link.short,
        "expanded_url": link.full,
        "display_url": link.shown,
    }


def _tag(match: re.Match[str]) -> Json:
    return {"start": match.start(), "end": match.end(), "tag": match[1]}
