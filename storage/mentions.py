"""Mentions as rows: every field there and back."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from bot.vocabulary import Audience, Kind, Mention, Parent
from storage.tables import conversations, decisions, mentions

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, RowMapping
    from sqlalchemy.ext.asyncio import AsyncConnection

ITSELF = (
    "channel", "post_id", "chain_id", "author_id", "author_handle", "author_name", "text", "posted_at", "root_id",
    "in_reply_to", "addressed", "summoned", "account", "followers", "ours",
)  # fmt: skip
"""The fields of a mention that its row holds as they are."""


def row_of(mention: Mention) -> dict[str, Any]:
    """Give the row of a heard mention, all but its conversation."""
    return {
        **{name: storable(getattr(mention, name)) for name in ITSELF},
        "kind": mention.kind,
        "audience": mention.audience,
        "parents": [{name: storable(value) for name, value in asdict(parent).items()} for parent in mention.parents],
        "masked": list(mention.masked),
    }


def mention_of(row: RowMapping) -> Mention:
    """Give the mention that a row holds."""
    return Mention(
        id=row["id"],
        **{name: row[name] for name in ITSELF},
        kind=Kind(row["kind"]),
        audience=Audience(row["audience"]),
        parents=tuple(Parent(**parent) for parent in row["parents"]),
        masked=tuple(row["masked"]),
        erased=row["erased_at"] is not None,
    )


async def mention_id_of(connection: AsyncConnection, mention: Mention) -> int | None:
    """Give our own id of a post that was heard; None where it is not stored."""
    own = select(mentions.c.id).where(mentions.c.channel == mention.channel, mentions.c.post_id == mention.post_id)
    found: int | None = await connection.scalar(own)
    return found


async def said_before(connection: AsyncConnection, conversation_id: int, mention_id: int) -> str:
    """Give what the customer of a conversation said since it was opened, before a mention: a line for each post."""
    own = (
        select(mentions.c.text)
        .join(conversations, conversations.c.id == mentions.c.conversation_id)
        .where(
            mentions.c.conversation_id == conversation_id,
            mentions.c.id < mention_id,
            mentions.c.heard_at >= conversations.c.opened_at,
            ~mentions.c.ours,
            mentions.c.erased_at.is_(None),
        )
        .order_by(mentions.c.posted_at, mentions.c.id)
    )
    return "\n".join(await connection.scalars(own))


def words_read() -> ColumnElement[str]:
    """All that was read for a decision, in the order in which it was said, as `Admitted.words` gives it.

    For statements on decisions that are joined with their mentions. What is erased is left out.
    """
    earlier = mentions.alias("earlier")
    a_line_each = aggregate_order_by(literal("\n"), earlier.c.posted_at, earlier.c.id)
    read = (
        select(func.string_agg(earlier.c.text, a_line_each))
        .where(earlier.c.id == func.any(decisions.c.together), earlier.c.erased_at.is_(None))
        .correlate(decisions)
        .scalar_subquery()
    )
    return func.concat_ws("\n", read, mentions.c.text)


def storable(value: object) -> object:
    """Leave out what PostgreSQL refuses, null characters and half surrogate pairs, lest one post stop all others."""
    return value.replace("\x00", "").encode(errors="ignore").decode() if isinstance(value, str) else value
