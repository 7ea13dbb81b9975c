"""A person answered in the channel's own app, where the bot may not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.vocabulary import ConversationState
from storage.cases.settling import hold
from storage.notices import Notice, Subject, notify
from storage.threads import call_off
from storage.waiting import NOT_WAITING

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from storage.agents import Agent


async def answer_elsewhere(connection: AsyncConnection, conversation_id: int, *, by: Agent) -> None:
    """Close the conversation because *by* answered on the channel itself; what the bot had prepared is called off.

    Raises TakenByOther, NotFound.
    """
    await hold(connection, conversation_id, by=by)
    because = f"{by.name} answered on the channel itself."
    becomes = {"state": ConversationState.RESOLVED, **NOT_WAITING}
    await call_off(connection, [conversation_id], because=because, becomes=becomes)
    await notify(connection, Notice(subject=Subject.SETTLED, conversation_id=conversation_id))
