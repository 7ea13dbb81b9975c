"""Erases what customers wrote and who they are, where a post was deleted or its author asks; the decision stays.

X wants a post gone here within 24 hours after it is gone there, https://docs.x.com/developer-terms/agreement-and-policy.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import BigInteger, cast, exists, func, or_, select, text, type_coerce, update
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert

from bot.vocabulary import Audience, DraftState, ReplyState
from storage import audits, corrections, originals
from storage.dialogue import forget_events
from storage.forgetting import Erased, forget_customer, forget_words
from storage.holdings import find_authors, find_handles
from storage.inbox.admitting import alone
from storage.notices import Notice, Subject, notify
from storage.tables import conversations, cursors, decisions, drafts, mentions, replies
from storage.threads import rest, wait_for_batches

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection

_QUOTES_IT = "parent ->> 'post_id' = any(:post_ids) or lower(parent ->> 'author_handle') = any(:handles)"
_ERASE_FROM_PARENTS = text(f"""
    update mentions set parents = (
        select jsonb_agg(
            case when {_QUOTES_IT} then parent || '{{"author_handle": "", "text": ""}}' else parent end order by place
        )
        from jsonb_array_elements(mentions.parents) with ordinality as given (parent, place)
    )
    where channel = :channel and exists (
        select from jsonb_array_elements(mentions.parents) as given (parent) where {_QUOTES_IT}
    )
""")  # noqa: S608 - made of constants


class StoredPost(NamedTuple):
    """A post that may have been deleted on its channel."""

    id: int
    post_id: str


async def erase_posts(connection: AsyncConnection, channel: str, post_ids: Collection[str]) -> int:
    """Erase the posts *post_ids* with all their versions, also where others quote them; say how many were stored."""
    await alone(connection, [channel])
    same = mentions.alias("same")
    chains = select(same.c.chain_id).where(same.c.channel == channel, same.c.post_id.in_(post_ids))
    await _erase_from_parents(connection, channel, post_ids=post_ids)
    return await _erase(connection, mentions.c.channel == channel, mentions.c.chain_id.in_(chains))


async def erase_author(connection: AsyncConnection, channel: str, who: str) -> Erased:
    """Erase who goes, or went, by a handle: posts, also where others quote them, and all else that `Erased` counts.

    *who* is as `find_authors` takes it. That they want no replies stays known, lest they get some again.
    """
    await alone(connection, [channel])
    authors = await find_authors(connection, channel, who)
    places = select(conversations.c.id).where(
        conversations.c.channel == channel, conversations.c.author_id.in_(authors)
    )
    held = (await connection.scalars(places)).all()
    await wait_for_batches(connection, held)
    await connection.execute(
        select(replies.c.id).where(replies.c.conversation_id.in_(held)).order_by(replies.c.id).with_for_update()
    )
    dialogue_events = await forget_events(connection, held)
    await _erase_from_parents(connection, channel, handles=await find_handles(connection, channel, authors, who))
    posts = await _erase(connection, mentions.c.channel == channel, mentions.c.author_id.in_(authors), ~mentions.c.ours)
    erased = await forget_customer(connection, channel, authors)
    return replace(erased, posts=posts, dialogue_events=dialogue_events)


async def posts_since(
    connection: AsyncConnection, channel: str, since: datetime, *, after: int, limit: int
) -> list[StoredPost]:
    """Give public posts that were heard after *since* and are not erased, from the one after the mention *after* on."""
    statement = (
        select(mentions.c.id, mentions.c.post_id)
        .where(
            mentions.c.channel == channel,
            mentions.c.audience == Audience.PUBLIC,
            mentions.c.erased_at.is_(None),
            mentions.c.heard_at > since,
            mentions.c.id > after,
        )
        .order_by(mentions.c.id)
        .limit(limit)
    )
    return [StoredPost(*row) for row in await connection.execute(statement)]


async def claim_recheck(connection: AsyncConnection, channel: str, *, now: datetime, until: datetime) -> bool:
    """Take over looking for deleted posts until *until*, unless another process has or nothing is due yet."""
    values = {"value": until.isoformat(timespec="seconds"), "updated_at": func.now()}
    is_due = cursors.c.value <= now.isoformat(timespec="seconds")
    claimed = insert(cursors).values(stream=f"{channel} recheck", **values)
    statement = claimed.on_conflict_do_update(index_elements=["stream"], set_=values, where=is_due)
    return await connection.scalar(statement.returning(cursors.c.stream)) is not None


async def settle_recheck(connection: AsyncConnection, channel: str, *, due: datetime) -> None:
    """Have the next look for deleted posts at *due*."""
    values = {"value": due.isoformat(timespec="seconds"), "updated_at": func.now()}
    await connection.execute(update(cursors).where(cursors.c.stream == f"{channel} recheck").values(values))


async def _erase(connection: AsyncConnection, *which: ColumnElement[bool]) -> int:
    found = select(mentions.c.id, mentions.c.conversation_id).where(*which, mentions.c.erased_at.is_(None))
    rows = (await connection.execute(found)).all()
    ids, places = [row.id for row in rows], {row.conversation_id for row in rows}
    if not ids:
        return 0
    await wait_for_batches(connection, places)
    await _cancel_replies(connection, ids)
    await forget_words(connection, ids, places)
    await _erase_mentions(connection, ids)
    await originals.drop(connection, ids)
    await corrections.drop(connection, ids)
    await _forget_authors(connection, places)
    await _withdraw_drafts(connection, ids, places)
    await _erase_readings(connection, ids)
    notices = [Notice(subject=Subject.SETTLED, conversation_id=place) for place in sorted(places)]
    await notify(connection, *notices)
    return len(ids)


async def _erase_from_parents(
    connection: AsyncConnection, channel: str, *, post_ids: Collection[str] = (), handles: Sequence[str] = ()
) -> None:
    given = {"channel": channel, "post_ids": list(post_ids), "handles": list(handles)}
    await connection.execute(_ERASE_FROM_PARENTS, given)


async def _cancel_replies(connection: AsyncConnection, ids: Sequence[int]) -> None:
    cancelled = await connection.scalars(
        update(replies)
        .where(replies.c.mention_id.in_(ids), replies.c.state == ReplyState.QUEUED)
        .values(state=ReplyState.CANCELLED, problem="The post is erased.")
        .returning(replies.c.mention_id)
    )
    await audits.withdraw(connection, cancelled.all())


async def _erase_mentions(connection: AsyncConnection, ids: Sequence[int]) -> None:
    await connection.execute(
        update(mentions)
        .where(mentions.c.id.in_(ids))
        .values(
            text="",
            text_hash=func.sha256(func.convert_to(mentions.c.text, "UTF8")),
            author_handle="",
            author_name="",
            parents=[],
            masked=[],
            erased_at=func.clock_timestamp(),
        )
    )


async def _forget_authors(connection: AsyncConnection, places: Collection[int]) -> None:
    """Erase who a conversation is with, once nothing of what they wrote is left."""
    left = exists().where(
        mentions.c.conversation_id == conversations.c.id, mentions.c.erased_at.is_(None), ~mentions.c.ours
    )
    await connection.execute(
        update(conversations).where(conversations.c.id.in_(places), ~left).values(author_handle="", author_name="")
    )


async def _withdraw_drafts(connection: AsyncConnection, ids: Sequence[int], places: Collection[int]) -> None:
    await connection.execute(
        update(drafts)
        .where(drafts.c.mention_id.in_(ids), drafts.c.state == DraftState.PENDING)
        .values(state=DraftState.WITHDRAWN, settled_by="the bot: The post is erased.", settled_at=func.now())
    )
    await rest(connection, places)


async def _erase_readings(connection: AsyncConnection, ids: Sequence[int]) -> None:
    """Erase what was read of the posts, alone or together with others; nothing else of a decision ever changes."""
    await connection.execute(text("set local heed.erasing = 'on'"))
    together = type_coerce(decisions.c.together, ARRAY(BigInteger)).overlap(cast(ids, ARRAY(BigInteger)))
    nothing = decisions.c.understanding.concat(cast({"text": "", "entities": []}, JSONB))
    await connection.execute(
        update(decisions)
        .where(or_(decisions.c.mention_id.in_(ids), together), decisions.c.understanding["text"].is_not(None))
        .values(understanding=nothing)
    )
    await connection.execute(text("set local heed.erasing = 'off'"))
