"""Hears the mentions of the brand's account: often and near, at times deep, and after an outage through the search."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from bot.ports import Heard
from responders.x.catching_up import CatchUp
from responders.x.cursors import JITTER, Cursor
from responders.x.paging import Oddities, ids_of, pages, rest_after
from responders.x.posts import CHANNEL, Account, mentions_of
from responders.x.snowflakes import snowflake_at

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import datetime

    from bot.settings import XSettings
    from responders.x.client import XClient
    from responders.x.payloads import Page

MOST_PAGES = 8
"""Of 100 posts each: X gives the newest 800 mentions. https://docs.x.com/x-api/posts/timelines/introduction"""

log = structlog.get_logger(__name__)


class XListener:
    """Implements `bot.ports.Listener` for the mentions of the account that the client's tokens belong to.

    A near look asks for what is new. A deep look goes back to what is settled: for posts that X indexed late, and after
    a restart. What either does not reach is owed, and fetched through recent search beside the looks that follow.
    """

    channel = CHANNEL
    stream = CHANNEL

    def __init__(self, client: XClient, settings: XSettings, clock: Callable[[], datetime]) -> None:
        self.pause = settings.poll_seconds
        self._client = client
        self._overlap = max(timedelta(seconds=settings.overlap_seconds), JITTER)
        self._every = timedelta(seconds=settings.overlap_every_seconds)
        self._clock = clock
        self._catch_up = CatchUp(client, clock)
        self._oddities = Oddities(self.stream)
        self._us: Account | None = None
        self._deep_at: datetime | None = None  #: A new process cannot know, and begins with a deep look.

    async def hear(self, cursor: str | None) -> Heard:
        """Give all mentions since *cursor*, and those that were late, oldest first. Raises ChannelError.

        None sets a mark at this moment and hears nothing older, now or later.
        """
        if cursor is None:
            return Heard(mentions=(), cursor=str(Cursor.first(self._clock())))
        us = self._us = self._us or await self._client.me()
        seen, at = await self._look(us, Cursor.parse(cursor, self._overlap))
        at, gaps = self._catch_up.give_up(at)
        fetched, at = await self._catch_up.fetch(us, at)
        self._oddities.name([malformed for page in (*seen, *fetched) for malformed in page.malformed])
        mentions = {mention.post_id: mention for page in (*seen, *fetched) for mention in mentions_of(page, us)}
        return Heard(
            mentions=tuple(mentions[post_id] for post_id in sorted(mentions, key=int)),
            cursor=str(at),
            gaps=gaps,
            rest=rest_after(len(seen), self._client.allowance("mentions")),
        )

    async def _look(self, us: Account, at: Cursor) -> tuple[list[Page], Cursor]:
        """Read the timeline, newest first, and say how far it is heard now."""
        began, deep = self._clock(), self._is_deep(at)
        since = at.settled if deep else at.near
        seen = [page async for page in self._pages(us, since)]
        at = at.reached(max(ids_of(seen), default=0))
        if deep:
            self._deep_at = began
        if seen[-1].next_token is not None or len(seen) == MOST_PAGES:
            log.info("the timeline does not reach far enough, the search goes on", stream=self.stream)
            return seen, at.broken_off(min(ids_of(seen), default=snowflake_at(began)), self._overlap)
        return seen, at.complete(self._overlap) if deep else at

    def _is_deep(self, at: Cursor) -> bool:
        """Whether a deep look is due; while something is owed, the search goes as deep."""
        if at.owed is not None:
            return False
        return self._deep_at is None or not timedelta() <= self._clock() - self._deep_at < self._every

    def _pages(self, us: Account, since: int) -> AsyncIterator[Page]:
        return pages(
            lambda token: self._client.mentions(us.id, str(since), token),
            lambda: self._client.allowance("mentions"),
            most=MOST_PAGES,
        )
