"""What in the knowledge base waits for a person, besides contradictions: quarantined, expiring, unreviewed articles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, exists, func, select

from bot.vocabulary import DraftState
from storage.tables import articles, decisions, drafts, quarantines

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection

LISTED = 50
"""Articles, or pairs of them, at most that are given at a time."""

LOOKED_BACK = timedelta(days=90)
"""How old proposals may be to be counted."""


class Concern(StrEnum):
    """Why an article waits for a person."""

    CONTRADICTIONS = "contradictions"
    UNREVIEWED = "unreviewed"
    EXPIRING = "expiring"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """An article that must not be used for now."""

    document: Mapping[str, Any]
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """An unreviewed article and what became of the drafts made from it lately."""

    document: Mapping[str, Any]
    drafts: int
    approved: int  #: Drafts that were approved, edited or not.
    rejected: int


async def quarantined(connection: AsyncConnection) -> list[Quarantined]:
    """Give the stored articles in quarantine, the latest first."""
    statement = (
        select(articles.c.document, quarantines.c.reason, quarantines.c.since)
        .join(quarantines, _same_article())
        .order_by(quarantines.c.since.desc(), articles.c.id, articles.c.language)
        .limit(LISTED)
    )
    return [Quarantined(**row) for row in (await connection.execute(statement)).mappings()]


async def expiring(connection: AsyncConnection, by: date) -> list[Mapping[str, Any]]:
    """Give the articles that expire on *by* or before, or have expired, first those that did or will first."""
    expires = articles.c.document["valid_until"].astext
    statement = (
        select(articles.c.document)
        .where(expires <= by.isoformat(), ~exists().where(_same_article()))
        .order_by(expires, articles.c.id, articles.c.language)
        .limit(LISTED)
    )
    return list(await connection.scalars(statement))


async def proposed(connection: AsyncConnection) -> list[Proposed]:
    """Give the unreviewed articles that drafts were made from lately, most drafts first."""
    best = decisions.c.candidates[0]
    counts = (
        select(
            articles.c.id,
            articles.c.language,
            func.count().label("drafts"),
            _count(DraftState.APPROVED).label("approved"),
            _count(DraftState.REJECTED).label("rejected"),
        )
        .join(drafts, drafts.c.article_id == articles.c.id)
        .join(decisions, decisions.c.mention_id == drafts.c.mention_id)
        .where(
            articles.c.document["reviewed"].as_boolean().is_(False),
            ~exists().where(_same_article()),
            best["article_id"].astext == articles.c.id,
            best["language"].astext == articles.c.language,
            drafts.c.drafted_at > func.now() - LOOKED_BACK,
        )
        .group_by(articles.c.id, articles.c.language)
        .order_by(func.count().desc(), articles.c.id, articles.c.language)
        .limit(LISTED)
        .subquery()
    )
    of_it = and_(articles.c.id == counts.c.id, articles.c.language == counts.c.language)
    statement = (
        select(articles.c.document, counts.c.drafts, counts.c.approved, counts.c.rejected)
        .join(counts, of_it)
        .order_by(counts.c.drafts.desc(), articles.c.id, articles.c.language)
    )
    return [Proposed(**row) for row in (await connection.execute(statement)).mappings()]


def _count(state: DraftState) -> ColumnElement[int]:
    return func.count().filter(drafts.c.state == state)


def _same_article() -> ColumnElement[bool]:
    return and_(quarantines.c.id == articles.c.id, quarantines.c.language == articles.c.language)
