"""A channel in memory, for tests, demonstrations and dry runs; it keeps the same promises as a real one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.errors import ChannelError, DuplicateRefused, OutcomeUnknown, PostGone
from bot.ports import Heard
from bot.vocabulary import Audience, Receipt, ReplyKind

if TYPE_CHECKING:
    from bot.vocabulary import Mention, Reply


@dataclass(slots=True)
class RecordingListener:
    """A listener that hears what `say` was given."""

    channel: str = "recording"
    stream: str = "recording"
    pause: float = 0.0
    said: list[Mention] = field(default_factory=list)
    fail_next: ChannelError | None = None  #: Raised by the next look, once.

    def say(self, mention: Mention) -> None:
        """Let *mention* be heard from now on."""
        self.said.append(mention)

    async def hear(self, cursor: str | None) -> Heard:
        """Give what was said since *cursor*; see the protocol."""
        error, self.fail_next = self.fail_next, None
        if error is not None:
            raise error
        start = len(self.said) if cursor is None else int(cursor)
        return Heard(mentions=tuple(self.said[start:]), cursor=str(max(start, len(self.said))))


@dataclass(slots=True)
class RecordingResponder:
    """A responder that keeps replies in a list."""

    channel: str = "recording"
    sent: list[tuple[Reply, Receipt]] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)  #: Ids of posts that cannot be answered any more.
    edited: dict[str, str] = field(default_factory=dict)  #: The id of the newest version, by that of an older one.
    fail_next: ChannelError | None = None  #: Raised by the next `send`, `find_sent` or `retract`, once.
    blind_next: ChannelError | None = None  #: Raised by the next `newest_version`, once.
    lose_next: bool = False  #: The next reply is posted and its answer lost.

    async def send(self, reply: Reply) -> Receipt:
        """Keep *reply*; see the protocol."""
        self._fail()
        self._check(reply)
        receipt = Receipt(
            channel=self.channel, post_id=f"{self.channel}-{len(self.sent) + 1}", sent_at=datetime.now(UTC)
        )
        self.sent.append((reply, receipt))
        lost, self.lose_next = self.lose_next, False
        if lost:
            raise OutcomeUnknown
        return receipt

    async def find_sent(self, reply: Reply) -> Receipt | None:
        """Look through what was kept; see the protocol."""
        self._fail()
        return next((receipt for sent, receipt in self.sent if _answers(sent, reply)), None)

    async def newest_version(self, reply: Reply) -> str:
        """Give the post itself, or what `edited` says of it; see the protocol."""
        error, self.blind_next = self.blind_next, None
        if error is not None:
            raise error
        if reply.audience is Audience.PRIVATE:
            return reply.in_reply_to
        if reply.in_reply_to in self.gone:
            raise PostGone(f"The post {reply.in_reply_to} is gone.")
        return self.edited.get(reply.in_reply_to, reply.in_reply_to)

    async def retract(self, receipt: Receipt) -> None:
        """Take a reply out of what was kept; see the protocol."""
        self._fail()
        self.sent = [(reply, kept) for reply, kept in self.sent if kept.post_id != receipt.post_id]

    def _check(self, reply: Reply) -> None:
        if reply.audience is Audience.PRIVATE:
            return
        if reply.in_reply_to in self.gone:
            raise PostGone(f"The post {reply.in_reply_to} is gone.")
        if any((sent.text, sent.in_reply_to) == (reply.text, reply.in_reply_to) for sent, _ in self.sent):
            raise DuplicateRefused(f"The post {reply.in_reply_to} was answered in these words already.")

    def _fail(self) -> None:
        error, self.fail_next = self.fail_next, None
        if error is not None:
            raise error


def _answers(sent: Reply, reply: Reply) -> bool:
    """Whether *sent* settles *reply*: of agents' answers to one post, and in private, only the same words do."""
    by_its_words = reply.kind is ReplyKind.AGENT or reply.audience is Audience.PRIVATE
    where = (reply.audience, reply.addressee, reply.in_reply_to)
    return (sent.audience, sent.addressee, sent.in_reply_to) == where and (not by_its_words or sent.text == reply.text)
