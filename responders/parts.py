"""A reply as the posts that it goes out in: one, or for an agent's long words a thread. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.vocabulary import Audience, ReplyKind
from responders.splitting import split

if TYPE_CHECKING:
    from bot.vocabulary import Receipt, Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One post of a reply."""

    number: int  #: Counts from 1.
    is_last: bool
    reply: Reply  #: Its own text; what it replies to is the part before, or for the first one the customer's post.


def texts_of(reply: Reply) -> tuple[str, ...]:
    """Give the texts of the posts that *reply* goes out in. The program's own words are never split."""
    whole = reply.kind is not ReplyKind.AGENT or reply.audience is Audience.PRIVATE
    return (reply.text,) if whole else split(reply.text)


def next_part(reply: Reply, posted: tuple[Receipt, ...]) -> Part:
    """Give the first post of *reply* that is missing, where *posted* are those on the channel in their order.

    Raises IndexError where none is missing.
    """
    texts = texts_of(reply)
    text = texts[len(posted)]
    before = posted[-1].post_id if posted else reply.in_reply_to
    number = len(posted) + 1
    is_last = number == len(texts)
    post = replace(reply, text=text, in_reply_to=before, invites=reply.invites and is_last)
    return Part(number=number, is_last=is_last, reply=post)
