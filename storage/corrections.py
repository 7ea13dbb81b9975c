"""Corrections: what agents say of the mood that was read in a mention. They test the heads and never teach them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Float, cast, delete, exists, func, literal, or_, select, type_coerce
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on, insert

from bot.errors import IllegalMove
from bot.vocabulary import PRIORITY_WEIGHTS, ConversationState, Priority
from storage.mentions import words_read
from storage.notices import Notice, Subject, notify
from storage.tables import conversations, corrections, decisions, mentions
from storage.threads import answered_by_person, call_off, wait_for_batches

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import ColumnElement, Row
    from sqlalchemy.ext.asyncio import AsyncConnection

_MOOD = cast(decisions.c.understanding["mood"].astext, Float)


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """One agent's word on the mood of one mention; it may say that the mood was right."""

    mention_id: int
    by: str  #: The agent's name.
    irate: bool  #: Whether the customer is, as the agent finds.
    mood: float  #: As the heads read it, 0 to 1.
    heads: str  #: Fingerprint of those heads; empty where the decision does not say.
    corrected_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectedText:
    """What was read for a decision, and agents' last word on its mood: a case that heads are tested with."""

    text: str  #: Burst included, as `Admitted.words` gives it; without what is masked.
    irate: bool
    language: str | None  #: As it was detected, ISO 639-1; None where that was unsure.
    mood: float  #: As the heads of that time read it, 0 to 1.
    corrected_at: datetime


async def correct(connection: AsyncConnection, mention_id: int, *, irate: bool, by: str) -> bool:
    """Note that the agent *by* finds the author of a mention irate, or not; a later word of theirs takes its place.

    Where the bot has the conversation of somebody irate, and no person has answered since, it goes to a person and
    automatic replies that wait are cancelled; says whether that happened. Nothing else is done or sent. Raises
    IllegalMove where no mood was read, or the mention is erased.
    """
    read = (
        select(decisions.c.mention_id, literal(by), literal(irate))
        .join(mentions, mentions.c.id == decisions.c.mention_id)
        .where(mentions.c.id == mention_id, mentions.c.erased_at.is_(None), _MOOD.is_not(None))
    )
    noted = insert(corrections).from_select(["mention_id", "by", "irate"], read)
    changed = {"irate": irate, "corrected_at": func.clock_timestamp()}
    put = noted.on_conflict_do_update(index_elements=["mention_id", "by"], set_=changed)
    if await connection.scalar(put.returning(corrections.c.mention_id)) is None:
        raise IllegalMove("There is no mood to correct: this post was not read, or it is erased.")
    where = select(mentions.c.conversation_id).where(mentions.c.id == mention_id)
    place = (await connection.execute(where)).scalar_one()
    given = irate and await _give_to_person(connection, mention_id, place, by=by)
    await notify(connection, Notice(subject=Subject.SETTLED, conversation_id=place, mention_id=mention_id))
    return given


async def find_corrections(connection: AsyncConnection, conversation_id: int) -> tuple[Correction, ...]:
    """Give what agents said of the moods in a conversation, oldest first."""
    statement = (
        select(corrections, _MOOD.label("mood"), decisions.c.versions["heads"].astext.label("heads"))
        .join(mentions, mentions.c.id == corrections.c.mention_id)
        .join(decisions, decisions.c.mention_id == mentions.c.id)
        .where(mentions.c.conversation_id == conversation_id)
        .order_by(corrections.c.corrected_at)
    )
    return tuple(_correction(row) for row in await connection.execute(statement))


async def corrected_texts(connection: AsyncConnection) -> tuple[CorrectedText, ...]:
    """Give each mention whose mood was corrected once, with the newest word on it, oldest word first."""
    newest = (
        select(corrections)
        .ext(distinct_on(corrections.c.mention_id))
        .order_by(corrections.c.mention_id, corrections.c.corrected_at.desc())
        .subquery()
    )
    statement = (
        select(
            words_read().label("text"),
            newest.c.irate,
            decisions.c.understanding["language"].astext.label("language"),
            _MOOD.label("mood"),
            newest.c.corrected_at,
        )
        .select_from(newest)
        .join(mentions, mentions.c.id == newest.c.mention_id)
        .join(decisions, decisions.c.mention_id == mentions.c.id)
        .where(mentions.c.erased_at.is_(None), mentions.c.text != "")
        .order_by(newest.c.corrected_at, newest.c.mention_id)
    )
    return tuple(CorrectedText(**row) for row in (await connection.execute(statement)).mappings())


async def drop(connection: AsyncConnection, mention_ids: Collection[int]) -> None:
    """Delete what was said of these mentions, and of those that were read together with one of them."""
    erased = cast(list(mention_ids), ARRAY(BigInteger))
    with_one = exists().where(
        decisions.c.mention_id == corrections.c.mention_id,
        type_coerce(decisions.c.together, ARRAY(BigInteger)).overlap(erased),
    )
    await connection.execute(delete(corrections).where(or_(corrections.c.mention_id.in_(mention_ids), with_one)))


def as_irate(fixed: Priority) -> Priority:
    """Give the *fixed* parts of a priority as they are once an agent finds the customer irate."""
    return replace(fixed, mood=PRIORITY_WEIGHTS.mood)


async def _give_to_person(connection: AsyncConnection, mention_id: int, place: int, *, by: str) -> bool:
    # As where a person answers on the channel: what a batch under way makes must be there to be called off.
    await wait_for_batches(connection, [place])
    statement = (
        select(mentions.c.posted_at, decisions.c.deadline, decisions.c.priority_parts)
        .join(decisions, decisions.c.mention_id == mentions.c.id)
        .join(conversations, conversations.c.id == mentions.c.conversation_id)
        .where(mentions.c.id == mention_id, *_left_to_the_bot())
    )
    row = (await connection.execute(statement)).first()
    if row is None:
        return False
    becomes = {
        "state": ConversationState.OPEN,
        "priority": as_irate(Priority(**row.priority_parts)).total,
        "waiting_since": row.posted_at,
        "due_at": row.deadline or func.clock_timestamp(),
    }
    await call_off(connection, [place], because=f"{by} finds the customer angry.", becomes=becomes)
    return True


def _left_to_the_bot() -> tuple[ColumnElement[bool], ...]:
    is_pending = conversations.c.state == ConversationState.PENDING
    return is_pending, conversations.c.owner.is_(None), ~answered_by_person()


def _correction(row: Row[Any]) -> Correction:
    return Correction(
        mention_id=row.mention_id,
        by=row.by,
        irate=row.irate,
        mood=row.mood,
        heads=row.heads or "",
        corrected_at=row.corrected_at,
    )
