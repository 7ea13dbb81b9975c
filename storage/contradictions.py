"""Articles that contradict each other: what was found, what people said of it, and which of them is overruled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, delete, exists, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from bot.errors import IllegalMove
from storage.notices import Notice, Subject, notify
from storage.tables import articles, contradictions, quarantines
from storage.upkeep import LISTED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement, FromClause
    from sqlalchemy.ext.asyncio import AsyncConnection

    from storage.library import Key

KEY = ("language", "winner_id", "loser_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two articles that contradict each other, as documents."""

    winner: Mapping[str, Any]  #: The one that counts until a person has looked.
    loser: Mapping[str, Any]
    kind: str
    winner_says: str  #: The clause of each that disagrees.
    loser_says: str
    fingerprint: str  #: Of what both say; a verdict names it, so that it is on what was read.


async def put_all(connection: AsyncConnection, found: Sequence[Mapping[str, Any]]) -> None:
    """Store everything that was *found*, as `Contradiction.to_row` gives it, in the place of what was found before.

    That both of a pair may stay holds until one of the two says something else. All processes are told of a change.
    """
    wanted = {tuple(row[name] for name in KEY): row for row in found}
    stored = {
        tuple(row[: len(KEY)]): row.fingerprint
        for row in await connection.execute(select(*_columns(), contradictions.c.fingerprint))
    }
    new = [row for key, row in wanted.items() if stored.get(key) != row["fingerprint"]]
    former = [key for key, made in stored.items() if key not in wanted or wanted[key]["fingerprint"] != made]
    if former:
        same = and_(*(column == bindparam(f"former_{column.name}") for column in _columns()))
        names = [f"former_{name}" for name in KEY]
        await connection.execute(
            delete(contradictions).where(same), [dict(zip(names, key, strict=True)) for key in former]
        )
    if new:
        await connection.execute(insert(contradictions).on_conflict_do_nothing(), new)
    if new or former:
        await notify(connection, Notice(subject=Subject.KNOWLEDGE))


async def waiting(connection: AsyncConnection) -> list[Pair]:
    """Give the pairs that wait for a person, the latest first, `LISTED` at most; none with an article in quarantine."""
    winner, loser = articles.alias("winner"), articles.alias("loser")
    statement = (
        select(contradictions, winner.c.document.label("winner"), loser.c.document.label("loser"))
        .join(winner, _is_article(winner, contradictions.c.winner_id))
        .join(loser, _is_article(loser, contradictions.c.loser_id))
        .where(contradictions.c.kept_at.is_(None), *(~_in_quarantine(side) for side in (winner, loser)))
        .order_by(contradictions.c.found_at.desc(), *_columns())
        .limit(LISTED)
    )
    names = ("winner", "loser", "kind", "winner_says", "loser_says", "fingerprint")
    return [Pair(**{name: row[name] for name in names}) for row in (await connection.execute(statement)).mappings()]


async def keep_both(
    connection: AsyncConnection, *, language: str, winner_id: str, loser_id: str, fingerprint: str, by: str
) -> None:
    """Say in the name of *by* that both may stay as they are. Raises IllegalMove where that is not asked any more."""
    settled = await connection.execute(
        update(contradictions)
        .where(
            tuple_(*_columns()) == (language, winner_id, loser_id),
            contradictions.c.fingerprint == fingerprint,
            contradictions.c.kept_at.is_(None),
        )
        .values(kept_by=by, kept_at=func.now())
    )
    if settled.rowcount != 1:
        raise IllegalMove("Somebody settled this already, or one of the two articles changed.")
    await notify(connection, Notice(subject=Subject.KNOWLEDGE))


async def overruled(connection: AsyncConnection) -> dict[Key, frozenset[Key]]:
    """Give those that won, by each article that lost a contradiction which nobody has settled yet."""
    won: dict[Key, set[Key]] = {}
    for row in await connection.execute(select(*_columns()).where(contradictions.c.kept_at.is_(None))):
        won.setdefault((row.loser_id, row.language), set()).add((row.winner_id, row.language))
    return {loser: frozenset(winners) for loser, winners in won.items()}


def _columns() -> list[ColumnElement[Any]]:
    return [contradictions.c[name] for name in KEY]


def _is_article(side: FromClause, article_id: ColumnElement[str]) -> ColumnElement[bool]:
    return and_(side.c.id == article_id, side.c.language == contradictions.c.language)


def _in_quarantine(side: FromClause) -> ColumnElement[bool]:
    return exists().where(quarantines.c.id == side.c.id, quarantines.c.language == side.c.language)
