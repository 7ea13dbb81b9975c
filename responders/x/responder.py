"""Speaks on X: posts a reply or sends a direct message, and finds out afterwards whether it did."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.errors import NotSummoned, NotYetVisible, OutcomeUnknown, PostGone
from bot.vocabulary import Audience, Receipt, ReplyKind
from responders.budget import Budget, Quota
from responders.x.links import MESSAGES_PAGE, message_to, reply_by_hand
from responders.x.posts import CHANNEL, Account, full_text, message_text
from responders.x.snowflakes import moment_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import datetime

    from bot.settings import XSettings
    from bot.vocabulary import Reply
    from responders.x.client import XClient
    from responders.x.events import Message
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
        """Post *reply*, or send it to its addressee alone, once; see the protocol.

        A post that X calls deleted within its first seconds raises NotYetVisible instead of PostGone.
        """
        if reply.audience is Audience.PRIVATE:
            return _receipt(await self._client.send_message(reply.addressee, reply.text))
        try:
            link = message_to((await self._account()).id) if reply.invites else None
            return _receipt(await self._client.create_reply(reply.text, reply.in_reply_to, link))
        except NotSummoned as error:
            raise NotSummoned(f"{error} {reply_by_hand(reply.in_reply_to, reply.text)}") from error
        except PostGone as error:
            raise self._unless_fresh(reply, error) from error

    async def find_sent(self, reply: Reply) -> Receipt | None:
        """Look through our own posts since the one that *reply* answers; see the protocol.

        One post may be answered by several agents, so an agent's reply is known by its text too; of anybody else any
        answer of ours counts. A direct message is always known by its text.
        """
        if reply.audience is Audience.PRIVATE:
            return await self._find_message(reply)
        found: list[Post] = []
        async for page in self._pages_since(reply.in_reply_to):
            found += [post for post in page.posts if post.referenced("replied_to") == reply.in_reply_to]
        alike = [post for post in found if _says(post, reply)]
        candidates = alike if reply.kind is ReplyKind.AGENT else alike or found
        return _receipt(candidates[-1].id) if candidates else None

    async def newest_version(self, reply: Reply) -> str:
        """Ask X for the post that *reply* answers; see the protocol. A direct message has one version only.

        X may give the newest version for an older one's id, or name it: https://docs.x.com/x-api/fundamentals/edit-posts.
        """
        if reply.audience is Audience.PRIVATE:
            return reply.in_reply_to
        try:
            post = await self._client.post(reply.in_reply_to)
        except PostGone as error:
            raise self._unless_fresh(reply, error) from error
        return max(post.id, *post.versions, key=int)

    async def retract(self, receipt: Receipt) -> None:
        """Delete our post; see the protocol."""
        await self._client.delete(receipt.post_id)

    def _unless_fresh(self, reply: Reply, error: PostGone) -> PostGone | NotYetVisible:
        if self._clock() - moment_of(reply.in_reply_to) >= LAG:
            return error
        problem = f"X does not see the post {reply.in_reply_to} yet. Heed tries again."
        return NotYetVisible(problem, retry_after=LAG.total_seconds())

    async def _account(self) -> Account:
        self._us = self._us or await self._client.me()
        return self._us

    async def _pages_since(self, post_id: str) -> AsyncIterator[Page]:
        """Give our posts newer than *post_id*: an answer is always newer than what it answers."""
        us = await self._account()
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

    async def _find_message(self, reply: Reply) -> Receipt | None:
        us = await self._account()
        async for message in self._messages_since(reply):
            if message.sender_id == us.id and _words(message_text(message)) == _words(reply.text):
                return _receipt(message.id)
        return None

    async def _messages_since(self, reply: Reply) -> AsyncIterator[Message]:
        """Give the messages between us and the addressee that are newer than the one answered, newest first."""
        token = None
        while True:
            page = await self._client.messages_with(reply.addressee, token)
            for message in page.messages:
                if int(message.id) <= int(reply.in_reply_to):
                    return
                yield message
            if not page.messages or page.next_token in {None, token}:
                return
            token = page.next_token


def budget_of(settings: XSettings) -> Budget:
    """Give what the settings allow on X."""
    return Budget(
        posts=Quota(per_window=settings.posts_per_window, per_day=settings.posts_per_day),
        messages=Quota(per_window=settings.messages_per_window, per_day=settings.messages_per_day),
        month_dollars=settings.month_dollars,
        reply_dollars=settings.reply_dollars,
        link_dollars=settings.link_dollars,
        message_dollars=settings.message_dollars,
    )


def _receipt(post_id: str) -> Receipt:
    return Receipt(channel=CHANNEL, post_id=post_id, sent_at=moment_of(post_id))


def _says(post: Post, reply: Reply) -> bool:
    """Whether *post* ends with the words of *reply*; X puts mentions before them, and an offered link behind."""
    said = _words(full_text(post))
    if reply.invites:
        said = said.rpartition(MESSAGES_PAGE)[0].rstrip() or said
    return said.endswith(_words(reply.text))


def _words(text: str) -> str:
    """Give the text as far as X gives it back unchanged: blanks may differ, and mentions are put before it."""
    return " ".join(text.split())
