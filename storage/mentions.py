"""Mentions as rows: every field there and back."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bot.vocabulary import Audience, Kind, Mention, Parent

if TYPE_CHECKING:
    from sqlalchemy import RowMapping

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


def storable(value: object) -> object:
    """Leave out what PostgreSQL refuses, null characters and half surrogate pairs, lest one post stop all others."""
    return value.replace("\x00", "").encode(errors="ignore").decode() if isinstance(value, str) else value
