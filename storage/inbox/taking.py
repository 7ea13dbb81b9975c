"""Hands out what waits, burst by burst, with what is known about each mention besides its text."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Integer, and_, cast, exists, extract, func, or_, select, true

from bot.vocabulary import Admitted, Audience, Circumstances, Mention, ReplyState
from storage.inbox.admitting import says_more
from storage.mentions import mention_of
from storage.outbox.knowing import has_messaged
from storage.tables import conversations, decisions, inbox, mentions, opt_outs, replies

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, RowMapping, Select
    from sqlalchemy.ext.asyncio import AsyncConnection


async def take(connection: AsyncConnection, limit: int, *, talked: bool = False) -> list[Admitted]:
    """Take up to *limit* bursts of mentions that are due, oldest first, for as long as the transaction lasts.

    Private ones are left out where they are *talked* about, see `storage.inbox.talking`. What another process has taken
    is passed over. A burst comes whole: the mention that is decided for all has the others as its earlier ones, and
    each of those is there too, marked as continued.
    """
    due = and_(inbox.c.due_at <= func.statement_timestamp(), _is_for_batches(talked))
    first = select(mentions.c.conversation_id).join(inbox).where(due, _begins_burst())
    in_turn = first.order_by(inbox.c.due_at, inbox.c.mention_id).limit(limit)
    places = list(await connection.scalars(in_turn.with_for_update(of=inbox, skip_locked=True)))
    if not places:
        return []
    waiting = with_circumstances().where(mentions.c.conversation_id.in_(places), due).order_by(mentions.c.id)
    rows = (await connection.execute(waiting.with_for_update(of=inbox, skip_locked=True))).mappings().all()
    overtaken = await _overtaken(connection, {each for row in rows for each in row["earlier"]})
    bursts: dict[int, list[Waiting]] = defaultdict(list)
    for row in rows:
        bursts[row["conversation_id"]].append(waiting_of(row))
    return [admitted for burst in bursts.values() for admitted in _together(burst, overtaken)]


async def next_due(connection: AsyncConnection, *, talked: bool = False) -> float | None:
    """Say in how many seconds something that no process has taken is due, 0 where it is; None where nothing waits.

    Private mentions are left out where they are *talked* about, as `take` does.
    """
    seconds = extract("epoch", inbox.c.due_at - func.clock_timestamp())
    first = select(seconds).select_from(inbox).join(mentions).where(_begins_burst(), _is_for_batches(talked))
    in_turn = first.order_by(inbox.c.due_at).limit(1)
    due = await connection.scalar(in_turn.with_for_update(of=inbox, skip_locked=True))
    return None if due is None else max(float(due), 0.0)


async def count_waiting(connection: AsyncConnection) -> int:
    """Say how many mentions wait for their decision."""
    return int(await connection.scalar(select(func.count()).select_from(inbox)) or 0)


class Waiting(NamedTuple):
    """A mention that waits, before it is known what it is read together with."""

    mention: Mention
    conversation_id: int
    circumstances: Circumstances
    earlier: Sequence[int]  #: Mentions that it overtook.

    @property
    def counts(self) -> bool:
        """Whether it says something that still holds."""
        return says_more(self.mention) and not self.mention.erased and not self.circumstances.superseded


def _is_for_batches(talked: bool) -> ColumnElement[bool]:
    return mentions.c.audience == Audience.PUBLIC if talked else true()


def _begins_burst() -> ColumnElement[bool]:
    """Nothing before it waits in its conversation; whoever locks it has the whole burst."""
    other, before = inbox.alias("other"), mentions.alias("before")
    same = and_(before.c.id == other.c.mention_id, before.c.conversation_id == mentions.c.conversation_id)
    sooner = and_(other.c.mention_id < inbox.c.mention_id, other.c.due_at <= inbox.c.due_at)
    return ~exists().where(same, sooner).correlate(inbox, mentions)


def _together(burst: Sequence[Waiting], overtaken: Mapping[int, Mention]) -> Iterable[Admitted]:
    """Let one of a burst speak for all: the newest, before it those that a program may reply to."""
    counting = [one for one in burst if one.counts]
    leader = max(counting, key=lambda one: (one.mention.summoned, _when(one.mention)), default=None)
    newest = {_chain(one.mention) for one in counting}
    before = {each for one in counting for each in one.earlier} if leader else set()
    earlier = [one.mention for one in counting if one is not leader]
    earlier += [overtaken[each] for each in before if each in overtaken and _chain(overtaken[each]) not in newest]
    for one in burst:
        is_continued = one.counts and one is not leader
        yield Admitted(
            mention=one.mention,
            conversation_id=one.conversation_id,
            circumstances=replace(one.circumstances, continued=is_continued),
            earlier=tuple(sorted(earlier, key=_when)) if one is leader else (),
        )


async def _overtaken(connection: AsyncConnection, ids: Iterable[int]) -> Mapping[int, Mention]:
    wanted = list(ids)
    if not wanted:
        return {}
    rows = await connection.execute(select(mentions).where(mentions.c.id.in_(wanted), mentions.c.erased_at.is_(None)))
    return {row["id"]: mention_of(row) for row in rows.mappings()}


def with_circumstances() -> Select[Any]:
    """Give the question for mentions that wait, with what is known about each besides its text."""
    opted_out = exists().where(opt_outs.c.channel == mentions.c.channel, opt_outs.c.author_id == mentions.c.author_id)
    return (
        select(
            mentions,
            inbox.c.earlier,
            conversations.c.owner,
            or_(_answered_itself(), _answered_together()).label("answered"),
            _superseded().label("superseded"),
            opted_out.label("opted_out"),
            _introduced().label("introduced"),
        )
        .join(inbox, inbox.c.mention_id == mentions.c.id)
        .join(conversations, conversations.c.id == mentions.c.conversation_id)
    )


def _answered_itself() -> ColumnElement[bool]:
    same_post = and_(replies.c.channel == mentions.c.channel, replies.c.chain_id == mentions.c.chain_id)
    return exists().where(same_post, replies.c.state != ReplyState.CANCELLED).correlate(mentions)


def _answered_together() -> ColumnElement[bool]:
    """An earlier version was read together with another post, and that is answered."""
    version = mentions.alias("version")
    same_post = and_(version.c.channel == mentions.c.channel, version.c.chain_id == mentions.c.chain_id)
    answered = and_(
        replies.c.conversation_id == mentions.c.conversation_id,
        replies.c.mention_id == decisions.c.mention_id,
        replies.c.state != ReplyState.CANCELLED,
    )
    read = exists().where(same_post, version.c.id == func.any(decisions.c.together), answered)
    return and_(mentions.c.post_id != mentions.c.chain_id, read.correlate(mentions))


def _introduced() -> ColumnElement[bool]:
    messaged = has_messaged(mentions.c.channel, mentions.c.author_id).correlate(mentions)
    return or_(mentions.c.audience == Audience.PUBLIC, messaged)


def _superseded() -> ColumnElement[bool]:
    newer = mentions.alias("newer")
    same_post = and_(newer.c.channel == mentions.c.channel, newer.c.chain_id == mentions.c.chain_id)
    return exists().where(same_post, _number(newer.c.post_id) > _number(mentions.c.post_id)).correlate(mentions)


def _number(post_id: ColumnElement[str]) -> ColumnElement[tuple[int, str]]:
    """Order ids as numbers where they are numbers: by length, then by digits."""
    return func.row(cast(func.length(post_id), Integer), post_id)


def waiting_of(row: RowMapping) -> Waiting:
    """Give the waiting mention of a row of `with_circumstances`."""
    return Waiting(
        mention=mention_of(row),
        conversation_id=row["conversation_id"],
        circumstances=Circumstances(
            answered=row["answered"],
            superseded=row["superseded"],
            opted_out=row["opted_out"],
            with_agent=row["owner"] is not None,
            introduced=row["introduced"],
        ),
        earlier=row["earlier"],
    )


def _when(mention: Mention) -> tuple[datetime, int]:
    return mention.posted_at, mention.id


def _chain(mention: Mention) -> tuple[str, str]:
    return mention.channel, mention.chain_id
