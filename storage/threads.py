"""What a new post does to its conversation: it puts off, overtakes and reopens, and one of ours locks the bot out.

Rows are locked in the order inbox, replies, conversations, drafts, here as everywhere, so that nobody waits in a
circle. Whoever has locked what waits in the inbox knows that no batch with it is under way.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, exists, func, select, update

from bot.vocabulary import ConversationState, DraftState, ReplyKind, ReplyState
from storage import audits
from storage.tables import conversations, corrections, decisions, drafts, handoffs, inbox, mentions, replies
from storage.waiting import NOT_WAITING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime, timedelta

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection

UNANSWERED = (ReplyState.CANCELLED, ReplyState.FAILED, ReplyState.RETRACTED)
"""States of a reply that answers nothing."""


ELSEWHERE = "@"
"""Begins the owner of a conversation that a person answered on the channel itself: a handle, and no agent's name."""


async def put_off(
    connection: AsyncConnection, places: Collection[int], until: datetime, *, at_most: timedelta
) -> Mapping[int, datetime]:
    """Put off what waits in the conversations *places* until *until*, but *at_most* so long after the first; say when.

    Waits for batches under way, so that what they make is there to be overtaken.
    """
    first = (
        select(mentions.c.conversation_id, func.min(mentions.c.heard_at).label("heard_at"))
        .join(inbox)
        .where(mentions.c.conversation_id.in_(places))
        .group_by(mentions.c.conversation_id)
        .subquery()
    )
    later = (
        update(inbox)
        .where(mentions.c.id == inbox.c.mention_id, mentions.c.conversation_id == first.c.conversation_id)
        .values(due_at=func.least(until, first.c.heard_at + at_most))
        .returning(mentions.c.conversation_id, inbox.c.due_at)
    )
    return {row.conversation_id: row.due_at for row in await connection.execute(later)}


async def wait_for_batches(connection: AsyncConnection, places: Collection[int]) -> None:
    """Lock what waits in the conversations *places*, once no batch with it is under way."""
    waiting = select(inbox.c.mention_id).join(mentions).where(mentions.c.conversation_id.in_(places))
    await connection.execute(waiting.order_by(inbox.c.mention_id).with_for_update(of=inbox))


async def overtake(connection: AsyncConnection, places: Collection[int]) -> Mapping[int, set[int]]:
    """Reopen the conversations *places* for a new post of the customer and take back what the bot has not sent yet.

    Gives the mentions that are unanswered thereby, those read together with them included, by conversation.
    """
    called_off = await call_off(
        connection, places, because="The customer wrote again, or edited the post.", becomes=_reopened()
    )
    await rest(connection, called_off)
    return await _with_together(connection, called_off)


async def reopen(connection: AsyncConnection, places: Collection[int]) -> None:
    """Reopen the conversations *places* for a new post of the customer, and take nothing back there."""
    if places:
        own = conversations.c.id.in_(places)
        await connection.execute(update(conversations).where(own).values(**_reopened(), updated_at=func.now()))


def _reopened() -> dict[str, Any]:
    fresh = conversations.c.state == ConversationState.RESOLVED
    return {
        "state": case((fresh, ConversationState.PENDING), else_=conversations.c.state),
        "owner": case((fresh, None), else_=conversations.c.owner),
        "priority": case((fresh, 0.0), else_=conversations.c.priority),
        "moved_by": case((fresh, None), else_=conversations.c.moved_by),
        "opened_at": case((fresh, func.now()), else_=conversations.c.opened_at),
    }


async def lock_out(connection: AsyncConnection, place: int, *, handle: str, channel: str) -> None:
    """Leave the conversation *place* to whoever answered as *handle* on *channel* itself, unless an agent has it."""
    by = f"{ELSEWHERE}{handle} on {channel.capitalize()}"
    await wait_for_batches(connection, [place])
    becomes = {
        "state": ConversationState.OPEN,
        "owner": func.coalesce(conversations.c.owner, by),
        **NOT_WAITING,
    }
    await call_off(connection, [place], because=f"{by} answered.", becomes=becomes)


async def call_off(
    connection: AsyncConnection, places: Collection[int], *, because: str, becomes: Mapping[str, Any]
) -> Mapping[int, set[int]]:
    """Cancel the automatic replies that wait in the conversations *places*, and withdraw the drafts.

    The conversations become what *becomes* says. Gives the mentions they were for, by conversation.
    """
    dropped = await connection.execute(
        update(replies)
        .where(
            replies.c.conversation_id.in_(places),
            replies.c.state == ReplyState.QUEUED,
            replies.c.kind == ReplyKind.AUTOMATIC,
        )
        .values(state=ReplyState.CANCELLED, problem=because)
        .returning(replies.c.conversation_id, replies.c.mention_id)
    )
    cancelled = dropped.all()
    own = conversations.c.id.in_(places)
    await connection.execute(update(conversations).where(own).values(**becomes, updated_at=func.now()))
    withdrawn = await connection.execute(
        update(drafts)
        .where(drafts.c.conversation_id.in_(places), drafts.c.state == DraftState.PENDING)
        .values(state=DraftState.WITHDRAWN, settled_by=f"the bot: {because}", settled_at=func.now())
        .returning(drafts.c.conversation_id, drafts.c.mention_id)
    )
    if cancelled:
        await audits.withdraw(connection, [row.mention_id for row in cancelled])
    return _by_conversation([*cancelled, *withdrawn])


async def rest(connection: AsyncConnection, places: Collection[int]) -> None:
    """Leave open conversations to the bot again, unless an agent has one or something in it still needs a person."""
    if not places:
        return
    pending = exists().where(drafts.c.conversation_id == conversations.c.id, drafts.c.state == DraftState.PENDING)
    answered = exists().where(
        replies.c.conversation_id == handoffs.c.conversation_id,
        replies.c.mention_id >= handoffs.c.mention_id,
        replies.c.state.not_in(UNANSWERED),
    )
    owed = exists().where(
        handoffs.c.conversation_id == conversations.c.id, handoffs.c.handed_at >= conversations.c.opened_at, ~answered
    )
    angry = exists().where(
        mentions.c.conversation_id == conversations.c.id,
        corrections.c.mention_id == mentions.c.id,
        corrections.c.irate,
        corrections.c.corrected_at >= conversations.c.opened_at,
        ~answered_by_person(),
    )
    open_to_all = and_(conversations.c.state == ConversationState.OPEN, conversations.c.owner.is_(None))
    await connection.execute(
        update(conversations)
        .where(conversations.c.id.in_(places), open_to_all, ~pending, ~owed, ~angry)
        .values(state=ConversationState.PENDING)
    )


def answered_by_person() -> ColumnElement[bool]:
    """Hold for a mention that got an answer from a person, itself or a later one of its conversation."""
    return (
        exists()
        .where(
            replies.c.conversation_id == mentions.c.conversation_id,
            replies.c.mention_id >= mentions.c.id,
            replies.c.kind != ReplyKind.AUTOMATIC,
            replies.c.state.not_in(UNANSWERED),
        )
        .correlate(mentions)
    )


async def _with_together(connection: AsyncConnection, unanswered: Mapping[int, set[int]]) -> Mapping[int, set[int]]:
    if not unanswered:
        return unanswered
    ids = [mention_id for found in unanswered.values() for mention_id in found]
    read = select(mentions.c.conversation_id, decisions.c.together).join(decisions).where(mentions.c.id.in_(ids))
    together = [(row.conversation_id, each) for row in await connection.execute(read) for each in row.together]
    return _by_conversation([*((place, each) for place, found in unanswered.items() for each in found), *together])


def _by_conversation(pairs: Iterable[Any]) -> Mapping[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for place, mention_id in pairs:
        found[place].add(mention_id)
    return found
