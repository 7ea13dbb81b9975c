"""What masked posts said: kept encrypted while a person has the case, and shown to agents by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, exists, func, insert, select, tuple_
from sqlalchemy.dialects.postgresql import insert as insert_new

from bot.vocabulary import ConversationState
from storage.tables import conversations, disclosures, inbox, mentions, originals

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime, timedelta

    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """An agent's look at what was masked in one mention."""

    mention_id: int
    by: str  #: The agent's name.
    shown_at: datetime


async def keep(connection: AsyncConnection, sealed: Mapping[tuple[str, str], bytes], *, at_most: timedelta) -> None:
    """Keep encrypted words, by channel and post id, of mentions that still wait for their decision."""
    if not sealed:
        return
    post = (mentions.c.channel, mentions.c.post_id)
    waits = exists().where(inbox.c.mention_id == mentions.c.id)
    found = await connection.execute(select(mentions.c.id, *post).where(tuple_(*post).in_(list(sealed)), waits))
    rows = [
        {"mention_id": row.id, "sealed": sealed[row.channel, row.post_id], "expires_at": func.now() + at_most}
        for row in found
    ]
    if rows:
        await connection.execute(insert_new(originals).values(rows).on_conflict_do_nothing())


async def let_go(connection: AsyncConnection, decided: Collection[int]) -> None:
    """Delete what is kept of the mentions *decided* that no person is needed for; call it when that is recorded."""
    with_person = exists().where(
        mentions.c.id == originals.c.mention_id,
        conversations.c.id == mentions.c.conversation_id,
        conversations.c.state == ConversationState.OPEN,
    )
    await connection.execute(delete(originals).where(originals.c.mention_id.in_(decided), ~with_person))


async def drop(connection: AsyncConnection, mention_ids: Collection[int]) -> None:
    """Delete what is kept of these mentions."""
    await connection.execute(delete(originals).where(originals.c.mention_id.in_(mention_ids)))


async def drop_expired(connection: AsyncConnection) -> None:
    """Delete all that was kept for long enough."""
    await connection.execute(delete(originals).where(originals.c.expires_at <= func.clock_timestamp()))


async def find_kept(connection: AsyncConnection, conversation_id: int) -> frozenset[int]:
    """Give the mentions of a conversation whose words are kept."""
    statement = select(originals.c.mention_id).join(mentions).where(mentions.c.conversation_id == conversation_id)
    return frozenset(await connection.scalars(statement.where(originals.c.expires_at > func.clock_timestamp())))


async def find_disclosures(connection: AsyncConnection, conversation_id: int) -> tuple[Disclosure, ...]:
    """Give who looked at what was masked in a conversation, oldest first."""
    statement = select(disclosures).join(mentions).where(mentions.c.conversation_id == conversation_id)
    rows = await connection.execute(statement.order_by(disclosures.c.id))
    return tuple(Disclosure(mention_id=row.mention_id, by=row.by, shown_at=row.shown_at) for row in rows)


async def disclose(connection: AsyncConnection, mention_id: int, *, by: str) -> bytes | None:
    """Give the encrypted words of a mention and note that *by* saw them; None where they are not kept any more."""
    own = (originals.c.mention_id == mention_id, originals.c.expires_at > func.clock_timestamp())
    sealed: bytes | None = await connection.scalar(select(originals.c.sealed).where(*own))
    if sealed is not None:
        await connection.execute(insert(disclosures).values(mention_id=mention_id, by=by))
    return sealed
