"""What Rasa keeps of private conversations, in a schema apart from ours: made ready for it, read and deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy.ext.asyncio import AsyncConnection

SCHEMA = "dialogue"
"""Where Rasa keeps the course of conversations, in its table `events`."""


def sender_of(conversation_id: int) -> str:
    """Give the name by which Rasa knows a conversation."""
    return f"heed-{conversation_id}"


async def make_schema(connection: AsyncConnection) -> None:
    """Make the schema where it is missing; Rasa makes its table itself."""
    await connection.execute(text(f"create schema if not exists {SCHEMA}"))


async def find_events(connection: AsyncConnection, places: Collection[int]) -> tuple[Mapping[str, Any], ...]:
    """Give the events that Rasa keeps of the conversations *places*, oldest first."""
    if not await _is_used(connection):
        return ()
    kept = text(
        "select sender_id as conversation, to_timestamp(timestamp) as at, type_name as kind, data"  # noqa: S608 - a constant
        f" from {SCHEMA}.events where sender_id = any(:senders) order by id"
    )
    rows = await connection.execute(kept, {"senders": [sender_of(place) for place in places]})
    return tuple(dict(row) for row in rows.mappings())


async def forget_events(connection: AsyncConnection, places: Collection[int]) -> int:
    """Delete what Rasa keeps of the conversations *places*; say how many events there were.

    Each goes as a whole: what a customer said stands in slots and later events too.
    """
    if not await _is_used(connection):
        return 0
    gone = await connection.execute(
        text(f"delete from {SCHEMA}.events where sender_id = any(:senders)"),  # noqa: S608 - a constant
        {"senders": [sender_of(place) for place in places]},
    )
    return gone.rowcount


async def _is_used(connection: AsyncConnection) -> bool:
    return await connection.scalar(text(f"select to_regclass('{SCHEMA}.events')")) is not None
