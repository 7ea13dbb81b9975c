"""What was said in a sandbox, wherever it was said: in public, in private and by mail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from bot.cli.output import out
from sandbox.threads import threads

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sandbox.post_office import PostOffice
    from sandbox.posts import Post
    from sandbox.threads import Branch
    from sandbox.world import World

WHO, WHERE = 14, 7
"""Widths of the first columns; the words have the rest."""

THREADS = 10
"""Threads that are looked through, from the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that was said."""

    at: datetime
    who: str
    where: str
    text: str


def said(world: World, post_office: PostOffice, *, since: datetime) -> list[Line]:
    """List everything that was said since *since*, oldest first."""
    lines = (*_posts(world), *_messages(world), *_mails(post_office))
    return sorted((line for line in lines if line.at >= since), key=lambda line: line.at)


def table(lines: Sequence[Line], last: int = 0) -> Table:
    """Draw the *last* of some lines, or all of them; each is cut to the width of the screen."""
    drawn = Table("who", "where", "what was said", box=None, pad_edge=False)
    rest = max(28, out.width - WHO - WHERE - 4)
    for column, width in zip(drawn.columns, (WHO, WHERE, rest), strict=True):
        column.no_wrap, column.overflow, column.width = True, "ellipsis", width
    for line in lines[-max(last, 0) :]:
        drawn.add_row(line.who, line.where, escape(" ".join(line.text.split())))
    return drawn


def _posts(world: World) -> Iterator[Line]:
    for branch in threads(world, limit=THREADS):
        for post in _flat(branch):
            yield Line(at=post.created_at, who=f"@{post.author.handle}", where="public", text=post.body)


def _flat(branch: Branch) -> Iterator[Post]:
    yield branch.post
    for reply in branch.replies:
        yield from _flat(reply)


def _messages(world: World) -> Iterator[Line]:
    for message in world.messages_of(world.brand.id):
        yield Line(at=message.sent_at, who=f"@{message.sender.handle}", where="private", text=message.text)


def _mails(post_office: PostOffice) -> Iterator[Line]:
    for mail in post_office.mails():
        yield Line(at=mail.received_at, who="Heed", where="e-mail", text=mail.subject)
        for answer in mail.answers:
            resolved = "#resolved " if answer.resolves else ""
            yield Line(at=answer.sent_at, who="the help desk", where="e-mail", text=resolved + answer.text)
