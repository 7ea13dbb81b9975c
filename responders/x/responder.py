"""Speaks on X: posts a reply, and finds out afterwards whether it was posted."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.errors import ChannelBusy, OutcomeUnknown, PostGone
from bot.vocabulary import Receipt, ReplyKind
from responders.x.posts import CHANNEL, Account, full_text
from responders.x.snowflakes import moment_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import datetime

    from bot.vocabulary import Reply
    from responders.x.client import XClient
    from responders.x.payloads import Page, Post

REACHABLE = 3_200  #: X gives no own posts older than this many. https://docs.x.com/x-api/posts/timelines/introduction

#: X may not see a post for some seconds after it was made, and then calls it deleted.
LAG = timedelta(seconds=10)


class XResponder:
    """Implements `bot.ports.Responder` for the account that the client's tokens belong to."""

    channel = CHANNEL

    def __init__(self, client: XClient, clock: Callable[[], datetime]) -> None:
        self._client = client
        self._clock = clock
        self._us: Account | None = None

    async def send(self, reply: Reply) -> Receipt:
        """Post *reply* once; see the protocol.

        A post that X calls deleted within its first seconds raises ChannelBusy instead of PostGone.
        """
        try:
            return _receipt(await self._client.create_reply(reply.text, reply.in_reply_to))
        except PostGone as error:
            if self._clock() - moment_of(reply.in_reply_to) < LAG:
                raise ChannelBusy(
                    f"X does not see the post {reply.in_reply_to} yet. Heed tries again.",
                    retry_after=LAG.total_seconds(),
                ) from error
            raise

    async def find_sent(self, reply: Reply) -> Receipt | None:
        """Look through our own posts since the one that *reply* answers; see the protocol.

        One post may be answered by several agents, so an agent's reply is known by its text too; of anybody else any
        answer of ours counts.
        """
        found: list[Post] = []
        async for page in self._pages_since(reply.in_reply_to):
            found += [post for post in page.posts if post.referenced("replied_to") == reply.in_reply_to]
        alike = [post for post in found if _words(full_text(post)).endswith(_words(reply.text))]
        candidates = alike if reply.kind is ReplyKind.AGENT else alike or found
        return _receipt(candidates[-1].id) if candidates else None

    async def newest_version(self, reply: Reply) -> str:
        """Ask X for the post that *reply* answers; see the protocol."""
        post = await self._client.post(reply.in_reply_to)
        return post.versions[-1] if post.versions else post.id

    async def retract(self, receipt: Receipt) -> None:
        """Delete our post; see the protocol."""
        await self._client.delete(receipt.post_id)

    async def _pages_since(self, post_id: str) -> AsyncIterator[Page]:
        """Give our posts newer than *post_id*: an answer is always newer than what it answers."""
        us = self._us = self._us or await self._client.me()
        token, seen = None, 0
        while True:
            page = await self._client.own_posts(us.id, post_id, token)
            yield page
            seen += len(page.posts) + len(page.malformed)
            if page.next_token is None or page.next_token == token:
                break
            token = page.next_token
        if seen >= REACHABLE:
            raise OutcomeUnknown(f"X gives only {REACHABLE} own posts; look by hand for a reply to the post {post_id}.")


def _receipt(post_id: str) -> Receipt:
    return Receipt(channel=CHANNEL, post_id=post_id, sent_at=moment_of(post_id))


def _words(text: str) -> str:
    """Give the text as far as X gives it back unchanged: blanks may differ, and mentions are put before it."""
    return " ".join(text.split())
