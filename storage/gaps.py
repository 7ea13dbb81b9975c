"""Stretches of time of which a channel cannot give everything any more, kept for ops."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from bot.ports import Gap
from storage.notices import Notice, Subject, notify
from storage.tables import gaps

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundGap:
    """A gap, and where and when it was found."""

    channel: str
    stream: str
    gap: Gap
    found_at: datetime


async def note(connection: AsyncConnection, channel: str, stream: str, found: Sequence[Gap]) -> None:
    """Keep the gaps that were *found* in *stream*; do it in the transaction that moves its cursor past them."""
    if not found:
        return
    rows = [
        {"channel": channel, "stream": stream, "since": gap.since, "until": gap.until, "why": gap.why} for gap in found
    ]
    await connection.execute(insert(gaps), rows)
    await notify(connection, Notice(subject=Subject.CHANNEL))


async def newest(connection: AsyncConnection, limit: int) -> tuple[FoundGap, ...]:
    """Give up to *limit* gaps, the one found last first."""
    rows = await connection.execute(select(gaps).order_by(gaps.c.id.desc()).limit(limit))
    return tuple(
        FoundGap(
            channel=row.channel,
            stream=row.stream,
            gap=Gap(since=row.since, until=row.until, why=row.why),
            found_at=row.found_at,
        )
        for row in rows
    )
