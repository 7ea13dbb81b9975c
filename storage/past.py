"""What was read of past mentions, for trying other rules on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Float, cast, func, select

from bot.vocabulary import Ranked
from storage.tables import decisions, mentions

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

AT_ONCE = 1000  #: Rows that are held in memory.


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One mention as it was read when it was decided."""

    channel: str
    intents: tuple[Ranked, ...]
    dangers: tuple[Ranked, ...]
    danger: float
    language: str | None
    topic: str  #: Of the best candidate; empty where there was none.
    confidence: float  #: Of that candidate.
    team: str | None  #: That it was given to; None before there were teams.


async def past_decisions(connection: AsyncConnection, since: datetime) -> AsyncIterator[Past]:
    """Give every mention that was read and decided since then, oldest first, a few at a time."""
    read, best = decisions.c.understanding, decisions.c.candidates[0]
    statement = (
        select(
            mentions.c.channel,
            read["intents"].label("intents"),
            read["dangers"].label("dangers"),
            func.coalesce(cast(read["danger"].astext, Float), 0.0).label("danger"),
            read["language"].astext.label("language"),
            func.coalesce(best["topic"].astext, "").label("topic"),
            func.coalesce(cast(best["confidence"].astext, Float), 0.0).label("confidence"),
            decisions.c.team,
        )
        .join(mentions, mentions.c.id == decisions.c.mention_id)
        .where(decisions.c.decided_at >= since, func.jsonb_typeof(read) == "object")
        .order_by(decisions.c.id)
    )
    async with connection.stream(statement.execution_options(yield_per=AT_ONCE)) as rows:
        async for row in rows:
            yield Past(
                channel=row.channel,
                intents=_ranked(row.intents),
                dangers=_ranked(row.dangers),
                danger=row.danger,
                language=row.language,
                topic=row.topic,
                confidence=row.confidence,
                team=row.team,
            )


def _ranked(given: Iterable[dict[str, Any]] | None) -> tuple[Ranked, ...]:
    return tuple(Ranked(label=one["label"], probability=one["probability"]) for one in given or ())
