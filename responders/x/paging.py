"""Reading X page by page, for as long as its rate limit lasts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

import structlog

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from responders.x.payloads import Malformed, Page
    from responders.x.windows import Allowance

log = structlog.get_logger(__name__)


class Paged(Protocol):
    """One page of anything."""

    @property
    def next_token(self) -> str | None:
        """The token of the page behind this one."""
        ...


P = TypeVar("P", bound=Paged)


async def pages(
    fetch: Callable[[str | None], Awaitable[P]],
    allowance: Callable[[], Allowance],
    *,
    most: int,
    token: str | None = None,
) -> AsyncIterator[P]:
    """Give up to *most* pages from *token* on, as *fetch* gives them; a short page may have another behind it.

    Ends early where X allows no more requests, and where it leads back to a page already seen. Whoever reads them knows
    by the last page's token whether there was more. Raises ChannelError.
    """
    used = set[str | None]()
    while token not in used and len(used) < most and (not used or allowance().remaining != 0):
        used.add(token)
        page = await fetch(token)
        yield page
        if page.next_token is None:
            return
        token = page.next_token


def ids_of(found: Sequence[Page]) -> list[int]:
    """Give the ids of all posts of some pages."""
    return [int(post.id) for page in found for post in page.posts]


def rest_after(requests: int, allowance: Allowance) -> float:
    """Give the seconds between looks of so many *requests* each that make X's window last; 0 where X does not say."""
    if allowance.remaining is None:
        return 0.0
    return allowance.seconds * min(1.0, requests / max(1, allowance.remaining))


class Oddities:
    """Names each malformed post once, though looks that overlap bring it again and again."""

    def __init__(self, stream: str) -> None:
        self._stream = stream
        self._named: frozenset[str] = frozenset()

    def name(self, malformed: Sequence[Malformed]) -> None:
        """Log the *malformed* posts of one look that were not in the look before."""
        for post in malformed:
            if post.post_id not in self._named:
                log.warning("malformed post skipped", stream=self._stream, post=post.post_id, problems=post.problems)
        self._named = frozenset(post.post_id for post in malformed)
