"""Audits: answers that the bot gave alone, or would have given, and what people found them."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from sqlalchemy import cast, delete, func, literal, or_, select, type_coerce, update
from sqlalchemy.dialects.postgresql import ARRAY, array, insert
from sqlalchemy.types import Text

from bot.errors import IllegalMove
from bot.vocabulary import HELD_BACK, Audience, AuditSource, Reason, Reply, Route
from storage.mentions import words_read
from storage.notices import Notice, Subject, notify
from storage.tables import audits, decisions, mentions, replies

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.vocabulary import Outcome

COSMETIC = 0.9
"""Likeness from which an edited draft still says what the draft said."""

COUNTED = 2_000
"""Judged answers that certify at most, the latest; older ones tell of another time."""

LOOKED_AT = 5_000
"""Decisions that are searched for recent answers, so that the search stays short however many there are."""

_SIGNATURE = re.compile(r"\s*\^\w+$")
_NUMBER = re.compile(r"\d+")
_INHERENT = cast(array(sorted(set(Reason) - HELD_BACK)), ARRAY(Text))


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingAudit:
    """An automatic answer that was drawn for a person to judge."""

    id: int
    conversation_id: int
    asked: str  #: What the customer said.
    answered: str  #: What the bot replied.
    article_id: str
    topic: str
    confidence: float
    drawn_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedAnswer:
    """An answer that a person found right or wrong."""

    id: int
    asked: str  #: What the customer said.
    article_id: str  #: What the bot answered with.
    right: bool
    judged_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One judgement, without the words it is about."""

    topic: str
    confidence: float
    right: bool


async def judge_draft(
    connection: AsyncConnection, mention_id: int, source: AuditSource, *, right: bool, by: str
) -> None:
    """Write down what a settled draft says of the bot, if only threshold, certificate or ops made it a draft."""
    verdict = {"source": source, "right": right, "judged_by": by}
    await _insert(connection, decisions.c.mention_id == mention_id, verdict, judged_at=func.now())


def judgement(drafted: str, sent: str) -> tuple[AuditSource, bool]:
    """Judge a draft by what an agent sent instead: as it was, in other words that say the same, or something else.

    Other words say the same when they are nearly the same, signature and white space aside, with the same numbers.
    """
    if drafted == sent:
        return AuditSource.APPROVED, True
    before, after = _bare(drafted), _bare(sent)
    alike = SequenceMatcher(a=before, b=after, autojunk=False).ratio() >= COSMETIC
    return AuditSource.EDITED, alike and _NUMBER.findall(before) == _NUMBER.findall(after)


async def draw(connection: AsyncConnection, outcomes: Sequence[Outcome], share: float) -> None:
    """Put a *share* of the automatic answers among *outcomes*, which are stored, before a person."""
    answered = [outcome.admitted.mention.id for outcome in outcomes if isinstance(outcome.made, Reply)]
    drawn = [number for number in answered if is_drawn(number, share)]
    if drawn:
        await _insert(connection, decisions.c.mention_id.in_(drawn), {"source": AuditSource.RANDOM})
        await notify(connection, Notice(subject=Subject.CERTIFICATE))


def is_drawn(mention_id: int, share: float) -> bool:
    """Say whether the answer to a mention belongs to the *share*, 0 to 1, that people judge; always the same ones."""
    digest = hashlib.sha256(str(mention_id).encode()).digest()
    return int.from_bytes(digest[:8]) < share * 2**64


async def withdraw(connection: AsyncConnection, mention_ids: Sequence[int]) -> None:
    """Forget what was drawn or judged of answers that were not sent after all; they are judged when they are."""
    by_hand = audits.c.source.in_([AuditSource.APPROVED, AuditSource.EDITED])
    await connection.execute(
        delete(audits).where(audits.c.mention_id.in_(mention_ids), or_(audits.c.right.is_(None), by_hand))
    )


async def waiting_audits(connection: AsyncConnection, limit: int) -> tuple[WaitingAudit, ...]:
    """Give the drawn answers that nobody has judged, oldest first, *limit* of them at most."""
    statement = (
        select(
            audits.c.id,
            replies.c.conversation_id,
            words_read().label("asked"),
            replies.c.text.label("answered"),
            audits.c.article_id,
            audits.c.topic,
            audits.c.confidence,
            audits.c.drawn_at,
        )
        .join(mentions, mentions.c.id == audits.c.mention_id)
        .join(decisions, decisions.c.id == audits.c.decision_id)
        .join(replies, (replies.c.mention_id == mentions.c.id) & (replies.c.kind == "automatic"))
        .where(audits.c.right.is_(None), replies.c.state != "cancelled", mentions.c.erased_at.is_(None))
        .order_by(audits.c.id)
        .limit(limit)
    )
    return tuple(WaitingAudit(**row) for row in (await connection.execute(statement)).mappings())


async def count_waiting(connection: AsyncConnection) -> int:
    """Say how many drawn answers nobody has judged."""
    drawn = select(func.count()).select_from(audits).join(mentions, mentions.c.id == audits.c.mention_id)
    count = await connection.scalar(drawn.where(audits.c.right.is_(None), mentions.c.erased_at.is_(None)))
    return int(count or 0)


async def judge(connection: AsyncConnection, audit_id: int, *, right: bool, by: str) -> None:
    """Judge a drawn answer. Raises IllegalMove where it does not wait for that."""
    judged = await connection.execute(
        update(audits)
        .where(audits.c.id == audit_id, audits.c.right.is_(None))
        .values(right=right, judged_by=by, judged_at=func.now())
    )
    if judged.rowcount != 1:
        raise IllegalMove("This answer does not wait to be judged; somebody was faster.")
    await notify(connection, Notice(subject=Subject.CERTIFICATE))


async def judged_answers(
    connection: AsyncConnection, audience: Audience, *, since: datetime | None = None
) -> tuple[JudgedAnswer, ...]:
    """Give the latest judged answers to *audience*, oldest first; only those judged after *since* where given."""
    statement = (
        select(audits.c.id, words_read().label("asked"), audits.c.article_id, audits.c.right, audits.c.judged_at)
        .join(mentions, mentions.c.id == audits.c.mention_id)
        .join(decisions, decisions.c.id == audits.c.decision_id)
        .where(audits.c.right.is_not(None), audits.c.audience == audience, *_judged_after(since))
        .where(mentions.c.erased_at.is_(None))
        .order_by(audits.c.judged_at.desc(), audits.c.id.desc())
        .limit(COUNTED)
    )
    rows = (await connection.execute(statement)).mappings().all()
    return tuple(JudgedAnswer(**row) for row in reversed(rows))


async def verdicts_since(connection: AsyncConnection, moment: datetime) -> tuple[Verdict, ...]:
    """Give what was judged after *moment* of public answers decided after it, oldest first, the latest thousands."""
    statement = (
        select(audits.c.topic, audits.c.confidence, audits.c.right)
        .join(decisions, decisions.c.id == audits.c.decision_id)
        .where(*_judged_after(moment), audits.c.audience == Audience.PUBLIC, decisions.c.decided_at > moment)
        .order_by(audits.c.judged_at.desc(), audits.c.id.desc())
        .limit(COUNTED)
    )
    rows = (await connection.execute(statement)).mappings().all()
    return tuple(Verdict(**row) for row in reversed(rows))


async def recent_confidences(connection: AsyncConnection, moment: datetime, limit: int) -> tuple[float, ...]:
    """Give the confidences of the latest public answers after *moment* that went out alone, or that only ops held."""
    columns = (decisions.c[name] for name in ("id", "mention_id", "decided_at", "route", "reasons", "confidence"))
    latest = select(*columns).order_by(decisions.c.id.desc()).limit(LOOKED_AT).subquery()
    held = cast(array([Reason.CONFIDENT, Reason.DRAFT_MODE, Reason.PAUSED]), ARRAY(Text))
    statement = (
        select(latest.c.confidence)
        .join(mentions, mentions.c.id == latest.c.mention_id)
        .where(
            mentions.c.audience == Audience.PUBLIC,
            latest.c.decided_at > moment,
            latest.c.route.in_([Route.ANSWER, Route.DRAFT]),
            type_coerce(latest.c.reasons, ARRAY(Text)).contained_by(held),
        )
        .order_by(latest.c.id.desc())
        .limit(limit)
    )
    return tuple(await connection.scalars(statement))


async def _insert(
    connection: AsyncConnection, which: ColumnElement[bool], verdict: dict[str, Any], **computed: ColumnElement[Any]
) -> None:
    """Make audits of the decisions that *which* names, of those that would be answers but for threshold and ops."""
    best = decisions.c.candidates[0]
    columns = {
        "mention_id": decisions.c.mention_id,
        "decision_id": decisions.c.id,
        "article_id": best["article_id"].astext,
        "topic": best["topic"].astext,
        "audience": mentions.c.audience,
        "confidence": decisions.c.confidence,
        **{name: literal(value, audits.c[name].type) for name, value in verdict.items()},
        **computed,
    }
    is_answer = decisions.c.route.in_([Route.ANSWER, Route.DRAFT])
    is_sound = ~type_coerce(decisions.c.reasons, ARRAY(Text)).overlap(_INHERENT)
    of_mention = decisions.join(mentions, mentions.c.id == decisions.c.mention_id)
    found = select(*(column.label(name) for name, column in columns.items())).select_from(of_mention)
    rows = found.where(which, is_answer, is_sound)
    await connection.execute(
        insert(audits).from_select(list(columns), rows).on_conflict_do_nothing(index_elements=["decision_id"])
    )


def _judged_after(moment: datetime | None) -> tuple[ColumnElement[bool], ...]:
    return (audits.c.judged_at > moment,) if moment is not None else ()


def _bare(text: str) -> str:
    plain = unicodedata.normalize("NFKC", _SIGNATURE.sub("", text.strip())).casefold()
    return " ".join(plain.split())
