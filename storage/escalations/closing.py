"""What a resolved case leaves behind: a public thread that waits for a word, and conversations that nobody needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import exists, func, select, update

from bot.vocabulary import ConversationState, DraftState, EscalationState, Mention
from storage.mentions import mention_of
from storage.notices import Notice, Subject, notify
from storage.tables import conversations, drafts, escalations, inbox, mentions, replies
from storage.threads import UNANSWERED, rest
from storage.waiting import NOT_WAITING, waiting_after

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection


async def find_thread(connection: AsyncConnection, case_id: int) -> tuple[Mention, int] | None:
    """Give the public post with which a case began, and its conversation.

    None where there is none, where it was erased or has an answer, where the channel lets no program reply, or an agent
    has its conversation.
    """
    answered = exists().where(
        replies.c.channel == mentions.c.channel,
        replies.c.chain_id == mentions.c.chain_id,
        replies.c.state.not_in(UNANSWERED),
    )
    statement = (
        select(mentions)
        .join(conversations, conversations.c.id == mentions.c.conversation_id)
        .join(escalations, escalations.c.public_mention_id == mentions.c.id)
        .where(
            escalations.c.id == case_id,
            conversations.c.owner.is_(None),
            mentions.c.summoned,
            mentions.c.erased_at.is_(None),
            ~answered,
        )
    )
    row = (await connection.execute(statement)).mappings().first()
    return None if row is None else (mention_of(row), row["conversation_id"])


async def close(connection: AsyncConnection, conversation_id: int, *, answered: int = 0) -> None:
    """Resolve a conversation, unless an agent has it, something in it waits, or another case of it goes on.

    The mention *answered*, and all before it, have got their answer.
    """
    own = conversations.c.id == conversation_id
    if answered:
        await connection.execute(update(conversations).where(own).values(**waiting_after(answered)))
        await rest(connection, [conversation_id])
    idle = (own, conversations.c.state == ConversationState.PENDING, conversations.c.owner.is_(None))
    needed = (_waits(), _is_drafted(), _goes_on())
    closed = await connection.execute(
        update(conversations)
        .where(*idle, *(~condition for condition in needed))
        .values(state=ConversationState.RESOLVED, updated_at=func.now(), **NOT_WAITING)
    )
    if closed.rowcount:
        await notify(connection, Notice(subject=Subject.SETTLED, conversation_id=conversation_id))


def _waits() -> ColumnElement[bool]:
    undecided = inbox.join(mentions, mentions.c.id == inbox.c.mention_id)
    return exists().select_from(undecided).where(mentions.c.conversation_id == conversations.c.id)


def _is_drafted() -> ColumnElement[bool]:
    return exists().where(drafts.c.conversation_id == conversations.c.id, drafts.c.state == DraftState.PENDING)


def _goes_on() -> ColumnElement[bool]:
    return exists().where(
        escalations.c.conversation_id == conversations.c.id, escalations.c.state != EscalationState.RESOLVED
    )
