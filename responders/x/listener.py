"""Hears X: looks at the account's mentions, a little further back each time than it has to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from bot.ports import Heard
from responders.x.posts import CHANNEL, Account, mentions_of
from responders.x.snowflakes import earlier, snowflake_at

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import datetime

    from bot.settings import XSettings
    from responders.x.client import XClient
    from responders.x.payloads import Malformed, Page

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Where a look begins: as text the newest id, with ":" and the floor as long as the overlap reaches below it."""

    newest: int  #: The newest id seen.
    floor: int = 0  #: Posts up to this id were there before we first listened, and are not ours to answer.

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """Read a cursor back from its text."""
        newest, _, floor = text.partition(":")
        return cls(newest=int(newest), floor=int(floor or 0))

    def since(self, overlap: timedelta) -> int:
        """Give the id to look behind: an overlap back, because X indexes some mentions late, and out of order."""
        return max(earlier(self.newest, overlap), self.floor)

    def advanced(self, newest: int, overlap: timedelta) -> Cursor:
        """Move to *newest*, never back, and drop the floor once the overlap no longer reaches it."""
        moved = max(self.newest, newest)
        return Cursor(newest=moved, floor=self.floor if earlier(moved, overlap) < self.floor else 0)

    def __str__(self) -> str:
        return f"{self.newest}:{self.floor}" if self.floor else str(self.newest)


class XListener:
    """Implements `bot.ports.Listener` for the account that the client's tokens belong to."""

    channel = CHANNEL
    stream = CHANNEL

    def __init__(self, client: XClient, settings: XSettings, clock: Callable[[], datetime]) -> None:
        self.pause = settings.poll_seconds
        self._client = client
        self._overlap = timedelta(seconds=settings.overlap_seconds)
        self._clock = clock
        self._us: Account | None = None
        self._reported: frozenset[str] = frozenset()

    async def hear(self, cursor: str | None) -> Heard:
        """Give all mentions since *cursor*, and of the overlap before it, oldest first. Raises ChannelError.

        None sets a mark at this moment and hears nothing older, now or later.
        """
        if cursor is None:
            mark = snowflake_at(self._clock())
            return Heard(mentions=(), cursor=str(Cursor(newest=mark, floor=mark)))
        since = Cursor.parse(cursor)
        us = self._us = self._us or await self._client.me()
        pages = [page async for page in self._pages(us, since.since(self._overlap))]
        self._report([malformed for page in pages for malformed in page.malformed])
        mentions = {mention.post_id: mention for page in pages for mention in mentions_of(page, us)}
        ids = sorted(mentions, key=int)
        reached = since.advanced(int(ids[-1]) if ids else 0, self._overlap)
        return Heard(mentions=tuple(mentions[post_id] for post_id in ids), cursor=str(reached))

    async def _pages(self, us: Account, since: int) -> AsyncIterator[Page]:
        """Give all pages, since even a short one may have another behind it; a token that comes again ends them."""
        token, used = None, set[str | None]()
        while token not in used:
            used.add(token)
            page = await self._client.mentions(us.id, str(since), token)
            yield page
            if page.next_token is None:
                return
            token = page.next_token

    def _report(self, malformed: list[Malformed]) -> None:
        """Name each malformed post once, though the overlap brings it again and again."""
        for post in malformed:
            if post.post_id not in self._reported:
                log.warning("malformed post skipped", channel=self.channel, post=post.post_id, problems=post.problems)
        self._reported = frozenset(post.post_id for post in malformed)
