"""Hears what the brand's own account posts, so that an answer written in X's app counts as one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.ports import Gap, Heard
from responders.x.cursors import JITTER, Cursor
from responders.x.paging import Oddities, ids_of, pages, rest_after
from responders.x.posts import CHANNEL, Account, mention_of
from responders.x.snowflakes import moment_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from bot.settings import XSettings
    from bot.vocabulary import Mention
    from responders.x.client import XClient
    from responders.x.payloads import Page

MOST_PAGES = 32
"""Of 100 posts each: X gives the newest 3,200 own posts. https://docs.x.com/x-api/posts/timelines/introduction"""


class XOwnPosts:
    """Implements `bot.ports.Listener` for the account's own replies, whoever wrote them: the bot, or a person on X.

    What is no reply to anybody is left out.
    """

    channel = CHANNEL
    stream = "x own posts"

    def __init__(self, client: XClient, settings: XSettings, clock: Callable[[], datetime]) -> None:
        self.pause = settings.own_poll_seconds
        self._client = client
        self._overlap = max(timedelta(seconds=settings.overlap_seconds), JITTER)
        self._clock = clock
        self._oddities = Oddities(self.stream)
        self._us: Account | None = None

    async def hear(self, cursor: str | None) -> Heard:
        """Give our own replies since *cursor*, and those of the overlap before it, oldest first. Raises ChannelError.

        None sets a mark at this moment and hears nothing older, now or later.
        """
        if cursor is None:
            return Heard(mentions=(), cursor=str(Cursor.first(self._clock())))
        us = self._us = self._us or await self._client.me()
        at = Cursor.parse(cursor, self._overlap)
        found = await self._look(us, at.settled)
        self._oddities.name([malformed for page in found for malformed in page.malformed])
        ids = ids_of(found)
        cut_short = found[-1].next_token is not None and len(found) < MOST_PAGES
        return Heard(
            mentions=_replies(found, us),
            cursor=str(at if cut_short else at.reached(max(ids, default=0)).complete(self._overlap)),
            gaps=_gaps(at, ids) if len(found) == MOST_PAGES else (),
            rest=rest_after(len(found), self._client.allowance("own_posts")),
        )

    async def _look(self, us: Account, since: int) -> list[Page]:
        fetching = pages(
            lambda token: self._client.own_posts(us.id, str(since), token),
            lambda: self._client.allowance("own_posts"),
            most=MOST_PAGES,
        )
        return [page async for page in fetching]


def _replies(found: Sequence[Page], us: Account) -> tuple[Mention, ...]:
    heard = [mention_of(post, page, us) for page in found for post in page.posts if post.referenced("replied_to")]
    once = {mention.post_id: mention for mention in heard}
    return tuple(once[post_id] for post_id in sorted(once, key=int))


def _gaps(at: Cursor, ids: Sequence[int]) -> tuple[Gap, ...]:
    since, until = moment_of(str(at.settled)), moment_of(str(min(ids, default=at.settled)))
    why = (
        f"Own posts from {since:%Y-%m-%d %H:%M} to {until:%Y-%m-%d %H:%M} UTC cannot be had: X gives the newest 3,200"
        " only. Look whether people answered on X then."
    )
    return (Gap(since=since, until=until, why=why),)
