"""Replies that are taken back before they are sent, so that a person decides what becomes of their words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select, true, update
from sqlalchemy.dialects.postgresql import insert

from bot.errors import IllegalMove
from bot.vocabulary import ConversationState, DraftState, ReplyKind, ReplyState
from storage import audits
from storage.agents import Role
from storage.notices import Notice, Subject, notify
from storage.tables import conversations, decisions, drafts, receipts, replies
from storage.waiting import waiting_again

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from storage.agents import Agent


async def hand_back(connection: AsyncConnection, reply_ids: Sequence[int], *, problem: str) -> int:
    """Withdraw those of the replies that nobody has begun to send, and give them to people; say how many they were.

    The bot's own words become a draft that waits, an approved draft waits again, and an agent's own words are kept with
    the reply. Their conversations are open afterwards.
    """
    withdrawn = (
        await connection.execute(
            update(replies)
            .where(replies.c.id.in_(reply_ids), replies.c.state == ReplyState.QUEUED)
            .values(state=ReplyState.CANCELLED, problem=problem)
            .returning(replies.c.id, replies.c.mention_id, replies.c.conversation_id, replies.c.kind)
        )
    ).all()
    if not withdrawn:
        return 0
    await _draft(connection, [row.id for row in withdrawn if row.kind == ReplyKind.AUTOMATIC])
    await _draft_again(connection, [row.mention_id for row in withdrawn if row.kind == ReplyKind.APPROVED])
    await audits.withdraw(connection, [row.mention_id for row in withdrawn if row.kind != ReplyKind.AGENT])
    where = {row.conversation_id for row in withdrawn}
    await connection.execute(
        update(conversations)
        .where(conversations.c.id.in_(where))
        .values(state=ConversationState.OPEN, updated_at=func.now(), **waiting_again())
    )
    notices = [
        Notice(subject=Subject.DELIVERED, conversation_id=row.conversation_id, mention_id=row.mention_id)
        for row in withdrawn
    ]
    await notify(connection, *notices)
    return len(withdrawn)


async def hand_back_queued(connection: AsyncConnection, *, problem: str, queued_before: datetime | None = None) -> int:
    """Make drafts of all automatic replies that nobody has begun to send, and say how many they were.

    Only of those *queued_before* then, where given. Waits for nobody: what another process holds at this moment is left
    to it, and to what it asks before it sends.
    """
    waiting = (
        select(replies.c.id)
        .join(conversations, conversations.c.id == replies.c.conversation_id)
        .where(replies.c.state == ReplyState.QUEUED, replies.c.kind == ReplyKind.AUTOMATIC)
        .where(true() if queued_before is None else replies.c.queued_at < queued_before)
        .order_by(replies.c.id)
        .with_for_update(skip_locked=True)
    )
    return await hand_back(connection, list(await connection.scalars(waiting)), problem=problem)


async def take_back(connection: AsyncConnection, reply_id: int, *, by: Agent) -> str:
    """Withdraw a reply that *by* sent a moment ago, and give its text; an approved draft waits again.

    Ops may take back any agent's. Raises IllegalMove where it is too late, or not theirs.
    """
    row = (await connection.execute(select(replies).where(replies.c.id == reply_id).with_for_update())).one_or_none()
    if row is None or row.kind == ReplyKind.AUTOMATIC:
        raise IllegalMove("There is no such reply of an agent.")
    if row.author != by.name and by.role is not Role.OPS:
        raise IllegalMove(f"{row.author} sent this; only they can take it back.")
    begun = await connection.scalar(select(func.count()).select_from(receipts).where(receipts.c.reply_id == reply_id))
    if begun or not await hand_back(connection, [reply_id], problem=f"{by.name} took it back."):
        raise IllegalMove("It is too late to take this reply back. Once it is sent, it can be deleted.")
    return str(row.text)


async def _draft(connection: AsyncConnection, reply_ids: Sequence[int]) -> None:
    """Make drafts of the bot's replies; a mention has one draft at most, so a former one gives way."""
    columns = {
        "mention_id": replies.c.mention_id,
        "conversation_id": replies.c.conversation_id,
        "text": replies.c.text,
        "article_id": decisions.c.candidates[0]["article_id"].astext,
        "confidence": func.coalesce(decisions.c.confidence, 0.0),
    }
    words = (
        select(*(column.label(name) for name, column in columns.items()))
        .outerjoin(decisions, decisions.c.mention_id == replies.c.mention_id)
        .where(replies.c.id.in_(reply_ids))
    )
    statement = insert(drafts).from_select(list(columns), words)
    again = {name: statement.excluded[name] for name in ("text", "article_id", "confidence")} | _PENDING
    await connection.execute(statement.on_conflict_do_update(index_elements=["mention_id"], set_=again))


async def _draft_again(connection: AsyncConnection, mention_ids: Sequence[int]) -> None:
    await connection.execute(
        update(drafts)
        .where(drafts.c.mention_id.in_(mention_ids), drafts.c.state == DraftState.APPROVED)
        .values(**_PENDING)
    )


_PENDING = {"state": DraftState.PENDING, "settled_by": None, "settled_at": None}
