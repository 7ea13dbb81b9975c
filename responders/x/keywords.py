"""Hears posts that speak of the brand and not to it: for trends only, never answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.ports import Gap, Heard
from responders.x.catching_up import SEARCHABLE
from responders.x.cursors import JITTER, Cursor
from responders.x.paging import Oddities, ids_of, pages, rest_after
from responders.x.posts import CHANNEL, Account, mentions_of
from responders.x.snowflakes import moment_of, snowflake_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from bot.settings import XSettings
    from bot.vocabulary import Mention
    from responders.x.client import XClient
    from responders.x.payloads import Page

MOST_PAGES = 5
"""Of 100 posts each and charged by the post: a trend needs no more of one look."""

LONGEST_QUERY = 512
"""Characters of a query. https://docs.x.com/x-api/posts/search/integrate/build-a-query"""


class XKeywords:
    """Implements `bot.ports.Listener` for posts that hold one of the words of `x.keywords` and do not turn to us."""

    channel = CHANNEL
    stream = "x keywords"

    def __init__(self, client: XClient, settings: XSettings, clock: Callable[[], datetime]) -> None:
        self.pause = settings.keyword_poll_seconds
        self._client = client
        self._words = settings.keywords
        self._overlap = max(timedelta(seconds=settings.overlap_seconds), JITTER)
        self._clock = clock
        self._oddities = Oddities(self.stream)
        self._us: Account | None = None

    async def hear(self, cursor: str | None) -> Heard:
        """Give the posts with our words since *cursor*, oldest first. Raises ChannelError.

        None sets a mark at this moment and hears nothing older, now or later.
        """
        if cursor is None:
            return Heard(mentions=(), cursor=str(Cursor.first(self._clock())))
        us = self._us = self._us or await self._client.me()
        at = Cursor.parse(cursor, self._overlap)
        since = max(at.settled, snowflake_at(self._clock() - SEARCHABLE))
        found: list[Page] = []
        gaps: list[Gap] = []
        for query in queries(self._words, us):
            seen = await self._search(query, since)
            found += seen
            gaps += _left_out(since, seen)
        self._oddities.name([malformed for page in found for malformed in page.malformed])
        return Heard(
            mentions=_ambient(found, us),
            cursor=str(at.reached(max(ids_of(found), default=0)).complete(self._overlap)),
            gaps=tuple(gaps),
            rest=rest_after(len(found), self._client.allowance("search")),
        )

    async def _search(self, query: str, since: int) -> list[Page]:
        fetching = pages(
            lambda token: self._client.search(query, since_id=str(since), next_token=token),
            lambda: self._client.allowance("search"),
            most=MOST_PAGES,
        )
        return [page async for page in fetching]


def queries(words: Sequence[str], us: Account) -> Iterator[str]:
    """Give as few queries as X's limit allows for all *words*, without posts that name us: those are mentions."""
    rest = f" -from:{us.handle} -@{us.handle} -to:{us.handle} -is:retweet"
    together: list[str] = []
    for word in map(_quoted, words):
        if together and len(_any_of([*together, word])) + len(rest) > LONGEST_QUERY:
            yield _any_of(together) + rest
            together = []
        together.append(word)
    if together:
        yield _any_of(together) + rest


def _quoted(word: str) -> str:
    return '"' + word.replace('"', " ") + '"'


def _any_of(words: Sequence[str]) -> str:
    return f"({' OR '.join(words)})"


def _ambient(found: Sequence[Page], us: Account) -> tuple[Mention, ...]:
    """A quote of ours may not name us and yet speak to us; the mentions bring it, and here it is passed over."""
    heard = [mention for page in found for mention in mentions_of(page, us) if not (mention.addressed or mention.ours)]
    once = {mention.post_id: replace(mention, addressed=False, summoned=False) for mention in heard}
    return tuple(once[post_id] for post_id in sorted(once, key=int))


def _left_out(since: int, seen: Sequence[Page]) -> list[Gap]:
    if seen[-1].next_token is None or not ids_of(seen):
        return []
    start, end = moment_of(str(since)), moment_of(str(min(ids_of(seen))))
    why = (
        f"Posts with the words of x.keywords from {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC were left out:"
        " there were more than one look takes. Choose rarer words."
    )
    return [Gap(since=start, until=end, why=why)]
