"""Hears direct messages, from customers and from people of the brand who write in X's app."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.errors import ChannelError
from bot.ports import Gap, Heard
from bot.vocabulary import Audience, Mention
from responders.x.cursors import JITTER, Cursor
from responders.x.paging import Oddities, pages, rest_after
from responders.x.payloads import Malformed
from responders.x.posts import CHANNEL, Account, message_text
from responders.x.snowflakes import moment_of, snowflake_at

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from bot.settings import XSettings
    from responders.x.client import XClient
    from responders.x.events import Message, MessagePage

MOST_PAGES = 15
"""Requests that X allows in 15 minutes. https://docs.x.com/x-api/fundamentals/rate-limits"""

FULL_PAGE = 100
"""Messages, the most that X gives."""

KEPT = timedelta(days=30)
"""How far back X gives direct messages. https://docs.x.com/x-api/direct-messages/lookup/introduction"""

QUIET = timedelta(days=1)
"""Age from which a cursor moves with the clock, so that a silence is not taken for a gap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Walk:
    """A look that X's rate limit broke off: where it goes on, and the newest id at which it began."""

    token: str | None = None
    newest: int = 0


class XMessages:
    """Implements `bot.ports.Listener` for the account's conversations between two; those of groups are left out.

    X gives all messages again and again, newest first. A look that would exceed the rate limit is gone on with in the
    next one, and the cursor moves when it has come down to what was heard before.
    """

    channel = CHANNEL
    stream = "x messages"

    def __init__(self, client: XClient, settings: XSettings, clock: Callable[[], datetime]) -> None:
        self.pause = settings.message_poll_seconds
        self._client = client
        self._overlap = max(timedelta(seconds=settings.overlap_seconds), JITTER)
        self._clock = clock
        self._oddities = Oddities(self.stream)
        self._us: Account | None = None
        self._walk = _Walk()  #: A new process begins its walk anew; the cursor has not moved then.

    async def hear(self, cursor: str | None) -> Heard:
        """Give all messages since *cursor*, and those of the overlap before it, oldest first. Raises ChannelError.

        None sets a mark at this moment and hears nothing older, now or later.
        """
        if cursor is None:
            return Heard(mentions=(), cursor=str(Cursor.first(self._clock())))
        us = self._us = self._us or await self._client.me()
        at, gaps = self._give_up(Cursor.parse(cursor, self._overlap))
        found = await self._look(at)
        self._oddities.name(
            [Malformed(post_id=message_id, problems=("no message",)) for page in found for message_id in page.malformed]
        )
        arrived = _reaches(found[-1], at)
        newest = max((self._walk.newest, *_ids(found)))
        self._walk = _Walk() if arrived else _Walk(token=found[-1].next_token, newest=newest)
        quiet = snowflake_at(self._clock() - QUIET)
        return Heard(
            mentions=_mentions(found, us, at.settled),
            cursor=str(at.reached(max(newest, quiet)).complete(self._overlap) if arrived else at),
            gaps=gaps,
            rest=rest_after(len(found), self._client.allowance("messages")),
        )

    async def _look(self, at: Cursor) -> list[MessagePage]:
        fetching = pages(
            self._client.messages,
            lambda: self._client.allowance("messages"),
            most=MOST_PAGES,
            token=self._walk.token,
        )
        found: list[MessagePage] = []
        try:
            async for page in fetching:
                found.append(page)
                if _reaches(page, at):
                    break
        except ChannelError as error:
            if not error.retryable:
                self._walk = _Walk()
            raise
        return found

    def _give_up(self, at: Cursor) -> tuple[Cursor, tuple[Gap, ...]]:
        edge = snowflake_at(self._clock() - KEPT)
        if at.settled >= edge:
            return at, ()
        since, until = moment_of(str(at.settled)), moment_of(str(edge))
        why = (
            f"Direct messages from {since:%Y-%m-%d %H:%M} to {until:%Y-%m-%d %H:%M} UTC cannot be had: X gives those of"
            f" the last {KEPT.days} days. Look for them by hand on X."
        )
        return at.forgiven(edge), (Gap(since=since, until=until, why=why),)


def mention_of_message(message: Message, page: MessagePage, us: Account) -> Mention:
    """Give *message* as a Mention in the thread of its conversation; a person of ours may have written it."""
    sender = page.users.get(message.sender_id)
    ours = message.sender_id == us.id
    return Mention(
        channel=CHANNEL,
        post_id=message.id,
        chain_id=message.id,
        author_id=message.sender_id,
        author_handle=us.handle if ours else sender.username if sender else "",
        author_name=sender.name if sender else "",
        text=message_text(message),
        posted_at=message.created_at,
        root_id=message.conversation_id,
        audience=Audience.PRIVATE,
        account=us.id,
        ours=ours,
        followers=sender.public_metrics.followers_count if sender else 0,
    )


def is_between_two(message: Message) -> bool:
    """Whether nobody but the customer and us reads it; the conversation of a group has a single number."""
    return "-" in message.conversation_id


def _mentions(found: Sequence[MessagePage], us: Account, since: int) -> tuple[Mention, ...]:
    heard = {
        message.id: mention_of_message(message, page, us)
        for page in found
        for message in page.messages
        if int(message.id) > since and is_between_two(message)
    }
    return tuple(heard[message_id] for message_id in sorted(heard, key=int))


def _reaches(page: MessagePage, at: Cursor) -> bool:
    """Whether nothing new can be behind *page*.

    X gives a token even with the last one, and then an empty page. What X shows late lies between others; a page that
    is not full and goes below the newest that was heard holds it already.
    """
    ids = _ids([page])
    if page.next_token is None:
        return True
    if not ids:
        return not page.malformed
    is_full = len(ids) + len(page.malformed) >= FULL_PAGE
    return min(ids) <= (at.settled if is_full else at.newest)


def _ids(found: Sequence[MessagePage]) -> list[int]:
    return [int(message.id) for page in found for message in page.messages]
