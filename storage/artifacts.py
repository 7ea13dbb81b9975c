"""What training made: heads and confidence, each with the fingerprint of what it was made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from storage.tables import artifacts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """One trained thing."""

    name: str
    fingerprint: str  #: Of everything it was made from.
    payload: bytes
    card: Mapping[str, Any]  #: Its model card.


async def find_artifact(connection: AsyncConnection, name: str) -> Artifact | None:
    """Give what was trained last under *name*."""
    row = (await connection.execute(select(artifacts).where(artifacts.c.name == name))).one_or_none()
    if row is None:
        return None
    return Artifact(name=row.name, fingerprint=row.fingerprint, payload=bytes(row.payload), card=row.card)


async def artifact_fingerprint(connection: AsyncConnection, name: str) -> str | None:
    """Give the fingerprint of what was trained last under *name*, without the thing itself."""
    fingerprint: str | None = await connection.scalar(select(artifacts.c.fingerprint).where(artifacts.c.name == name))
    return fingerprint


async def put_artifact(connection: AsyncConnection, artifact: Artifact) -> None:
    """Store *artifact* in the place of the former one of that name."""
    values = {"fingerprint": artifact.fingerprint, "payload": artifact.payload, "card": dict(artifact.card)}
    await connection.execute(
        insert(artifacts)
        .values(name=artifact.name, **values)
        .on_conflict_do_update(index_elements=["name"], set_={**values, "made_at": func.now()})
    )


async def put_card(connection: AsyncConnection, artifact: Artifact) -> None:
    """Store the card of *artifact* alone, unless another has taken its place."""
    same = (artifacts.c.name == artifact.name, artifacts.c.fingerprint == artifact.fingerprint)
    await connection.execute(update(artifacts).where(*same).values(card=dict(artifact.card)))
