"""A case is written, with the contact that the customer agreed to have kept."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from bot.vocabulary import Audience, ConversationState
from storage import contacts
from storage.mentions import storable
from storage.tables import conversations, escalations, mentions

if TYPE_CHECKING:
    from sqlalchemy import ScalarSelect
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.vocabulary import Escalation

BEGINNING = timedelta(days=14)
"""How far back the public post may be with which a private case began."""


async def open_case(
    connection: AsyncConnection, escalation: Escalation, *, consent_mention_id: int, desk: str
) -> int | None:
    """Write *escalation*, to be handed over to *desk* at once, and give its id; the contact is kept with the consent.

    *consent_mention_id* is the post with which the customer agreed. None where its mention opened a case already: then
    nothing is changed.
    """
    author = await connection.scalar(select(mentions.c.author_id).where(mentions.c.id == escalation.mention_id))
    statement = insert(escalations).values(
        **_row(escalation), public_mention_id=_beginning(escalation, author or ""), desk=desk, delivery_id=str(uuid4())
    )
    once = statement.on_conflict_do_nothing(index_elements=["mention_id"]).returning(escalations.c.id)
    case_id: int | None = await connection.scalar(once)
    if case_id is not None:
        await contacts.keep(
            connection,
            channel=escalation.channel,
            author_id=author or "",
            contact=escalation.contact,
            consent=escalation.consent,
            mention_id=consent_mention_id,
        )
    return case_id


def _row(escalation: Escalation) -> dict[str, Any]:
    as_they_are = ("reference", "conversation_id", "mention_id", "language", "opened_at")
    consent = escalation.consent
    return {
        **{name: getattr(escalation, name) for name in as_they_are},
        "goal": storable(escalation.goal),
        "words": storable(escalation.words),
        "contact": {name: storable(value) for name, value in asdict(escalation.contact).items()},
        "consent": {**asdict(consent), "given_at": consent.given_at.isoformat()},
        "next_try_at": escalation.opened_at,
    }


def _beginning(escalation: Escalation, author_id: str) -> ScalarSelect[Any]:
    """The newest post in which the customer spoke to us before everybody, where that is not settled."""
    return (
        select(mentions.c.id)
        .join(conversations)
        .where(
            mentions.c.channel == escalation.channel,
            mentions.c.author_id == author_id,
            mentions.c.audience == Audience.PUBLIC,
            mentions.c.addressed,
            ~mentions.c.ours,
            mentions.c.erased_at.is_(None),
            mentions.c.heard_at > escalation.opened_at - BEGINNING,
            conversations.c.state.in_([ConversationState.OPEN, ConversationState.PENDING]),
        )
        .order_by(mentions.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
