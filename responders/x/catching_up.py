"""Fetches through recent search the mentions that lie below the reach of X's timeline, and says what is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from bot.errors import ChannelError
from bot.ports import Gap
from responders.pauses import pause_seconds
from responders.x.paging import ids_of, pages
from responders.x.snowflakes import moment_of, snowflake_at

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import datetime

    from responders.x.client import XClient
    from responders.x.cursors import Cursor, Owed
    from responders.x.payloads import Page
    from responders.x.posts import Account

MOST_PAGES = 8
"""Pages of one look, so that neither memory nor the wait for new mentions grows with what is owed."""

SEARCHABLE = timedelta(days=7) - timedelta(minutes=1)
"""How far recent search goes back, less a margin for clocks. https://docs.x.com/x-api/posts/search/introduction"""

log = structlog.get_logger(__name__)


class CatchUp:
    """Pays off what a cursor owes, some pages a look. A search in trouble is left alone for as long as it asks."""

    def __init__(self, client: XClient, clock: Callable[[], datetime]) -> None:
        self._client = client
        self._clock = clock
        self._closed_until: datetime | None = None
        self._troubles = 0

    def give_up(self, at: Cursor) -> tuple[Cursor, tuple[Gap, ...]]:
        """Move past what recent search does not reach any more, and say what is lost."""
        edge = snowflake_at(self._clock() - SEARCHABLE)
        if at.owed is None or at.settled >= edge:
            return at, ()
        since, until = moment_of(str(at.settled)), moment_of(str(min(edge, at.owed.until)))
        return at.forgiven(edge), (Gap(since=since, until=until, why=_lost(since, until)),)

    async def fetch(self, us: Account, at: Cursor) -> tuple[list[Page], Cursor]:
        """Give some pages of what *at* owes, and the cursor that owes the rest; never raises ChannelError.

        Quotes that do not name us are not among them: X's search finds posts by what they say.
        """
        if at.owed is None or (self._closed_until is not None and self._clock() < self._closed_until):
            return [], at
        try:
            found = [page async for page in self._pages(us, at.settled, at.owed)]
        except ChannelError as error:
            self._put_off(error)
            return [], at
        self._troubles = 0
        done = found[-1].next_token is None
        return found, at.fetched(None if done else min(ids_of(found), default=at.owed.until))

    def _pages(self, us: Account, since: int, owed: Owed) -> AsyncIterator[Page]:
        return pages(
            lambda token: self._client.search(
                _query(us), since_id=str(since), until_id=str(owed.until), next_token=token
            ),
            lambda: self._client.allowance("search"),
            most=MOST_PAGES,
        )

    def _put_off(self, error: ChannelError) -> None:
        self._troubles += 1
        wait = pause_seconds(error, self._troubles)
        self._closed_until = self._clock() + timedelta(seconds=wait)
        log.warning("catching up put off", channel="x", problem=str(error), again_in=round(wait, 1))


def _query(us: Account) -> str:
    """Write the search for posts that name us or reply to us.

    https://docs.x.com/x-api/posts/search/integrate/build-a-query
    """
    return f"(@{us.handle} OR to:{us.handle}) -from:{us.handle} -is:retweet"


def _lost(since: datetime, until: datetime) -> str:
    return (
        f"Mentions from {since:%Y-%m-%d %H:%M} to {until:%Y-%m-%d %H:%M} UTC cannot be had: X gives the newest 800, and"
        " older ones for 7 days only. Look for them by hand on X."
    )
