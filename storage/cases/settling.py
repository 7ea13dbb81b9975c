"""Who has a conversation: people take it, give it back and close it. Each change is one conditional update."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, insert, or_, select, true, update

from bot.errors import HeedError, IllegalMove
from bot.vocabulary import ConversationState, DraftState, ReplyKind, ReplyState
from storage import outbox
from storage.agents import Role
from storage.dialogue import forget_events
from storage.notices import Notice, Subject, notify
from storage.tables import conversations, drafts, moves, replies
from storage.threads import ELSEWHERE
from storage.waiting import NOT_WAITING

if TYPE_CHECKING:
    from datetime import timedelta

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection

    from storage.agents import Agent


class NotFound(HeedError):
    """There is no such conversation or draft."""


class AlreadySettled(IllegalMove):
    """Somebody was faster."""


class TakenByOther(IllegalMove):
    """Another agent has this conversation."""


async def take_over(connection: AsyncConnection, conversation_id: int, *, by: Agent) -> None:
    """Give the conversation to *by* and withdraw what the bot has not sent yet.

    Ops may take it from another agent. Raises TakenByOther, NotFound.
    """
    await claim(connection, conversation_id, by=by, even_taken=by.role is Role.OPS)
    await notify(connection, Notice(subject=Subject.SETTLED, conversation_id=conversation_id))


async def return_to_bot(connection: AsyncConnection, conversation_id: int, *, by: Agent) -> None:
    """Give the conversation back to the bot, whose dialogue begins anew. Raises TakenByOther, NotFound."""
    mine = true() if by.role is Role.OPS else _free_or_own(by)
    values = {"owner": None, "state": ConversationState.PENDING, **NOT_WAITING}
    await _move(connection, conversation_id, mine, **values)
    # A form that a person interrupted would take the customer's next message for its answer.
    await forget_events(connection, [conversation_id])
    await notify(connection, Notice(subject=Subject.SETTLED, conversation_id=conversation_id))


async def resolve(connection: AsyncConnection, conversation_id: int, *, by: Agent) -> None:
    """Close the conversation; should the customer come back, it starts afresh with the bot.

    Raises IllegalMove while a draft waits, TakenByOther, NotFound.
    """
    await _move(connection, conversation_id, _free_or_own(by), state=ConversationState.RESOLVED, **NOT_WAITING)
    pending = (drafts.c.conversation_id == conversation_id, drafts.c.state == DraftState.PENDING)
    if await connection.scalar(select(drafts.c.id).where(*pending).limit(1)):
        raise IllegalMove("A draft still waits here. Approve or reject it first.")
    await forget_events(connection, [conversation_id])
    await notify(connection, Notice(subject=Subject.SETTLED, conversation_id=conversation_id))


async def settle(connection: AsyncConnection, conversation_id: int) -> None:
    """Close a conversation whose customer has what they wanted, unless people have it or are to take it."""
    own = (conversations.c.id == conversation_id, conversations.c.state == ConversationState.PENDING)
    closed = update(conversations).where(*own, conversations.c.owner.is_(None))
    await connection.execute(closed.values(state=ConversationState.RESOLVED, **NOT_WAITING, updated_at=func.now()))
    await notify(connection, Notice(subject=Subject.SETTLED, conversation_id=conversation_id))


async def move_to_team(
    connection: AsyncConnection, conversation_id: int, team: str, *, by: Agent, within: timedelta
) -> None:
    """Give the conversation to *team*, which answers *within* that time; decisions do not move it again.

    Ops may do so with another agent's. Raises TakenByOther, NotFound.
    """
    mine = true() if by.role is Role.OPS else _free_or_own(by)
    due = conversations.c.waiting_since + within
    await _move(connection, conversation_id, mine, team=team, moved_by=by.name, due_at=due)
    await connection.execute(insert(moves).values(conversation_id=conversation_id, team=team, by=by.name))
    await notify(connection, Notice(subject=Subject.SETTLED, conversation_id=conversation_id))


async def claim(connection: AsyncConnection, conversation_id: int, *, by: Agent, even_taken: bool = False) -> None:
    """Make *by* the owner, so that the bot keeps out, and withdraw its queued replies; announces the latter only.

    Raises TakenByOther, NotFound.
    """
    # Replies before the conversation: the outbox locks them in this order too.
    await _cancel_queued(connection, conversation_id, by=by)
    condition = true() if even_taken else _free_or_own(by)
    await _move(connection, conversation_id, condition, owner=by.name, state=ConversationState.OPEN)


async def hold(connection: AsyncConnection, conversation_id: int, *, by: Agent) -> None:
    """Lock the conversation until the transaction ends. Raises TakenByOther where another agent has it, NotFound."""
    await _move(connection, conversation_id, _free_or_own(by))


async def _cancel_queued(connection: AsyncConnection, conversation_id: int, *, by: Agent) -> None:
    queued = select(replies.c.id).where(
        replies.c.conversation_id == conversation_id,
        replies.c.state == ReplyState.QUEUED,
        replies.c.kind == ReplyKind.AUTOMATIC,
    )
    for reply_id in await connection.scalars(queued):
        await outbox.cancel(connection, reply_id, problem=f"{by.name} took the conversation over.")


async def _move(
    connection: AsyncConnection, conversation_id: int, condition: ColumnElement[bool], **values: object
) -> None:
    moved = await connection.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id, condition)
        .values(**values, updated_at=func.now())
    )
    if moved.rowcount == 1:
        return
    own = conversations.c.id == conversation_id
    row = (await connection.execute(select(conversations.c.owner).where(own))).first()
    if row is None:
        raise NotFound("There is no such conversation.")
    raise TakenByOther(f"{row.owner} has this conversation.")


def _free_or_own(agent: Agent) -> ColumnElement[bool]:
    """Nobody has it, the agent has it, or who answered on the channel itself, and may be the same person."""
    owner = conversations.c.owner
    return or_(owner.is_(None), owner == agent.name, owner.startswith(ELSEWHERE))
