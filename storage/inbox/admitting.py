"""Stores what was heard: each post once, in its conversation, with the time from which it may be decided."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import ARRAY, Text, cast, func, insert, select, tuple_

from bot.settings import IntakeSettings
from bot.vocabulary import Audience, Kind, Mention
from storage import outbox
from storage.inbox.placing import find_answered, place
from storage.mentions import row_of
from storage.notices import Notice, Subject, notify
from storage.tables import inbox, mentions
from storage.threads import lock_out, overtake, put_off, reopen

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

AT_ONCE = IntakeSettings(hold_seconds=0.0)
"""Nothing is held back: each mention may be decided as soon as it is stored."""


class Stored(NamedTuple):
    """A mention that is stored now."""

    mention_id: int
    conversation_id: int
    mention: Mention


async def admit(
    connection: AsyncConnection, heard: Sequence[Mention], intake: IntakeSettings = AT_ONCE, *, talked: bool = False
) -> int:
    """Store the mentions that are new, each in its conversation, and queue them; say how many were new.

    A post of a customer holds up what waits in its conversation, so that a burst is decided as one, and overtakes what
    the bot has not sent there; but where private messages are *talked* about, each is due at once, for its own turn. A
    post of our own is kept only where a person answered a customer with it, and leaves the conversation to that person.
    """
    unique = {(mention.channel, mention.post_id): mention for mention in heard}
    if not unique:
        return 0
    now = await alone(connection, {mention.channel for mention in heard})
    known = await _known(connection, list(unique))
    fresh = [mention for key, mention in unique.items() if key not in known]
    new = await _admit_theirs(
        connection, [mention for mention in fresh if not mention.ours], intake, now=now, talked=talked
    )
    new += await _admit_ours(connection, [mention for mention in fresh if mention.ours], now=now)
    notices = [
        Notice(subject=Subject.HEARD, conversation_id=one.conversation_id, mention_id=one.mention_id) for one in new
    ]
    await notify(connection, *notices)
    return len(new)


async def alone(connection: AsyncConnection, channels: Collection[str]) -> datetime:
    """Wait until nobody else admits or erases on *channels*, keep it so until the transaction ends; give the time."""
    names = func.unnest(cast([f"heed admits {name}" for name in sorted(channels)], ARRAY(Text))).column_valued("name")
    locked = select(func.pg_advisory_xact_lock(func.hashtext(names)), func.clock_timestamp().label("now"))
    now: datetime = (await connection.execute(locked)).all()[-1].now
    return now


async def _known(connection: AsyncConnection, keys: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    columns = (mentions.c.channel, mentions.c.post_id)
    rows = await connection.execute(select(*columns).where(tuple_(*columns).in_(keys)))
    return {(row.channel, row.post_id) for row in rows}


async def _admit_theirs(
    connection: AsyncConnection, posts: Sequence[Mention], intake: IntakeSettings, *, now: datetime, talked: bool
) -> list[Stored]:
    if not posts:
        return []
    places, known = await place(connection, posts, timedelta(days=intake.lookback_days))
    new = await _store(connection, posts, places)
    turns = {one.mention_id for one in new if talked and one.mention.audience is Audience.PRIVATE}
    going_on = [one for one in new if one.conversation_id in known and says_more(one.mention)]
    await reopen(connection, {one.conversation_id for one in going_on if one.mention_id in turns})
    waiting = {one.conversation_id for one in going_on if one.mention_id not in turns}
    due, unanswered = await _go_on(connection, waiting, intake, now=now)
    held = now + timedelta(seconds=intake.hold_seconds)
    bursts = {one.mention_id for one in new if says_more(one.mention)} - turns
    rows = [
        {
            "mention_id": one.mention_id,
            "due_at": due.get(one.conversation_id, held) if one.mention_id in bursts else now,
            "earlier": sorted(unanswered.get(one.conversation_id, ())) if one.mention_id in bursts else [],
        }
        for one in new
    ]
    await connection.execute(insert(inbox).returning(inbox.c.mention_id), rows)
    return new


async def _go_on(
    connection: AsyncConnection, places: Collection[int], intake: IntakeSettings, *, now: datetime
) -> tuple[Mapping[int, datetime], Mapping[int, set[int]]]:
    """Go on with conversations: give when what waits there is due, and what is unanswered again."""
    if not places:
        return {}, {}
    until = now + timedelta(seconds=intake.hold_seconds)
    due = await put_off(connection, places, until, at_most=timedelta(seconds=intake.hold_most_seconds))
    return due, await overtake(connection, places)


async def _admit_ours(connection: AsyncConnection, posts: Sequence[Mention], *, now: datetime) -> list[Stored]:
    new: list[Stored] = []
    for post in posts:
        found = None if await outbox.is_known(connection, post) else await find_answered(connection, post)
        if found is None:
            continue
        stored = await _store(connection, [post], [found])
        await lock_out(connection, found, handle=post.author_handle, channel=post.channel)
        await connection.execute(insert(inbox), [{"mention_id": one.mention_id, "due_at": now} for one in stored])
        new += stored
    return new


async def _store(connection: AsyncConnection, posts: Sequence[Mention], places: Sequence[int]) -> list[Stored]:
    rows = [{"conversation_id": where, **row_of(post)} for post, where in zip(posts, places, strict=True)]
    # Asked for ids, SQLAlchemy sends many rows in one statement.
    statement = insert(mentions).returning(mentions.c.id, sort_by_parameter_order=True)
    ids = await connection.scalars(statement, rows)
    return [Stored(*one) for one in zip(ids, places, posts, strict=True)]


def says_more(mention: Mention) -> bool:
    """Say whether a post belongs to a burst: its author turns to us with words of their own."""
    return mention.addressed and not mention.ours and mention.kind is not Kind.REPOST
