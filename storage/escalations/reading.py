"""Cases as they are stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, select

from bot.errors import HeedError
from bot.ports import KnownCase
from bot.vocabulary import Consent, Contact, Escalation, EscalationState
from storage.tables import conversations, escalations, mentions

if TYPE_CHECKING:
    from sqlalchemy import RowMapping, Select
    from sqlalchemy.ext.asyncio import AsyncConnection


class NoSuchCase(HeedError):
    """There is no case with that reference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A stored case, and how far it has come."""

    id: int
    escalation: Escalation
    state: EscalationState
    desk: str  #: Where it went or is to go, such as "email".
    delivery_id: str  #: The same for all tries.
    desk_id: str | None  #: The desk's own id of it; None before it has it.
    attempts: int  #: Tries begun.
    problem: str | None  #: Why the last try failed; None where none did.
    next_try_at: datetime
    sent_at: datetime | None
    resolved_at: datetime | None


_AS_THEY_ARE = (
    "id", "desk", "delivery_id", "desk_id", "attempts", "problem", "next_try_at", "sent_at", "resolved_at",
)  # fmt: skip
_OF_THE_ESCALATION = (
    "reference", "conversation_id", "mention_id", "channel", "handle", "language", "goal", "words", "opened_at",
)  # fmt: skip


async def find(connection: AsyncConnection, reference: str) -> Case:
    """Give the case *reference*. Raises NoSuchCase."""
    found = (await connection.execute(case_rows().where(escalations.c.reference == reference))).mappings().first()
    if found is None:
        raise NoSuchCase(f"There is no case {reference!r}; `heed cases list` shows those that there are.")
    return case_of(found)


async def listing(connection: AsyncConnection, state: EscalationState | None = None) -> tuple[Case, ...]:
    """Give all cases, or those in *state*, newest first."""
    statement = case_rows().order_by(escalations.c.id.desc())
    if state is not None:
        statement = statement.where(escalations.c.state == state)
    return tuple(case_of(row) for row in (await connection.execute(statement)).mappings())


async def count(connection: AsyncConnection, state: EscalationState) -> int:
    """Give how many cases are in *state*."""
    number: int | None = await connection.scalar(
        select(func.count()).select_from(escalations).where(escalations.c.state == state)
    )
    return number or 0


async def of_customer(connection: AsyncConnection, conversation_id: int) -> tuple[KnownCase, ...]:
    """Give the cases of the customer of a conversation, from all their conversations, newest first."""
    own = conversations.alias("own")
    same = and_(own.c.channel == conversations.c.channel, own.c.author_id == conversations.c.author_id)
    statement = (
        select(escalations.c.reference, escalations.c.state, escalations.c.opened_at)
        .join(conversations, conversations.c.id == escalations.c.conversation_id)
        .join(own, same)
        .where(own.c.id == conversation_id)
        .order_by(escalations.c.id.desc())
    )
    return tuple(
        KnownCase(reference=row.reference, state=EscalationState(row.state), opened_at=row.opened_at)
        for row in await connection.execute(statement)
    )


def case_rows() -> Select[Any]:
    """Give the statement whose rows `case_of` reads."""
    return select(escalations, mentions.c.channel, mentions.c.author_handle.label("handle")).join(
        mentions, mentions.c.id == escalations.c.mention_id
    )


def case_of(row: RowMapping) -> Case:
    """Give the case that a row of `case_rows` holds."""
    consent = row["consent"]
    return Case(
        state=EscalationState(row["state"]),
        escalation=Escalation(
            contact=Contact(**row["contact"]),
            consent=Consent(**{**consent, "given_at": datetime.fromisoformat(consent["given_at"])}),
            **{name: row[name] for name in _OF_THE_ESCALATION},
        ),
        **{name: row[name] for name in _AS_THEY_ARE},
    )
