"""Whether private answers helped, as customers say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from bot.vocabulary import ReplyState
from storage.tables import feedback, replies

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.vocabulary import Admitted


async def note(connection: AsyncConnection, admitted: Admitted, *, helped: bool) -> None:
    """Keep that the last answer before a message *helped*, or not; the later word counts."""
    before = (
        select(func.max(replies.c.mention_id))
        .where(
            replies.c.conversation_id == admitted.conversation_id,
            replies.c.mention_id < admitted.mention.id,
            replies.c.state != ReplyState.CANCELLED,
        )
        .scalar_subquery()
    )
    answered = await connection.scalar(select(before))
    if answered is None:
        return
    statement = insert(feedback).values(mention_id=answered, helped=helped)
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["mention_id"], set_={"helped": helped, "given_at": func.clock_timestamp()}
        )
    )
