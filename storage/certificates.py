"""Certificates: each round of certifying as it was found, and whether it still holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, func, select, type_coerce, update
from sqlalchemy.dialects.postgresql import ARRAY, insert

from storage.notices import Notice, Subject, notify
from storage.tables import certificates

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCertificate:
    """One round of certifying."""

    id: int
    document: Mapping[str, Any]  #: What was found.
    made_at: datetime
    revoked_at: datetime | None  #: None while it holds.
    revoked_because: str  #: A sentence; empty while it holds.
    demoted: frozenset[str]  #: Topics that are not answered alone any more although it holds.


async def put_certificate(connection: AsyncConnection, fingerprint: str, document: Mapping[str, Any]) -> int:
    """Keep a certificate in the place of the former one of *fingerprint* and give its id; former ones stay."""
    statement = insert(certificates).values(fingerprint=fingerprint, document=dict(document))
    number: int = (await connection.execute(statement.returning(certificates.c.id))).scalar_one()
    await notify(connection, Notice(subject=Subject.CERTIFICATE))
    return number


async def find_certificate(connection: AsyncConnection, fingerprint: str) -> StoredCertificate | None:
    """Give the newest certificate made from what *fingerprint* stands for, revoked or not."""
    newest = select(certificates).where(certificates.c.fingerprint == fingerprint).order_by(certificates.c.id.desc())
    return _stored((await connection.execute(newest.limit(1))).one_or_none())


async def newest_certificate(connection: AsyncConnection) -> StoredCertificate | None:
    """Give the certificate that was made last, whatever it was made from."""
    newest = select(certificates).order_by(certificates.c.id.desc()).limit(1)
    return _stored((await connection.execute(newest)).one_or_none())


async def revoke(connection: AsyncConnection, number: int, because: str) -> bool:
    """Revoke certificate *number*, for every process at once; False where somebody has done so."""
    return await _change(
        connection, number, certificates.c.revoked_at.is_(None), revoked_at=func.now(), revoked_because=because
    )


async def demote(connection: AsyncConnection, number: int, topics: Collection[str]) -> bool:
    """Take *topics* out of certificate *number*, for every process at once; False where all of them are."""
    names = sorted(topics)
    demoted = type_coerce(certificates.c.demoted, ARRAY(Text))
    return await _change(connection, number, ~demoted.contains(names), demoted=demoted + names)


async def _change(connection: AsyncConnection, number: int, condition: Any, **values: object) -> bool:  # noqa: ANN401 - any condition
    changed = await connection.execute(
        update(certificates).where(certificates.c.id == number, condition).values(**values)
    )
    if changed.rowcount:
        await notify(connection, Notice(subject=Subject.CERTIFICATE))
    return bool(changed.rowcount)


def _stored(row: Row[Any] | None) -> StoredCertificate | None:
    if row is None:
        return None
    return StoredCertificate(
        id=row.id,
        document=row.document,
        made_at=row.made_at,
        revoked_at=row.revoked_at,
        revoked_because=row.revoked_because,
        demoted=frozenset(row.demoted),
    )
