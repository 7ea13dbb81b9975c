"""Contacts: who a handle is, from what the customer said and agreed to have kept, for as long as they agreed to."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import TIMESTAMP, Integer, and_, cast, delete, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import JSONB, insert

from bot.errors import IllegalMove
from bot.vocabulary import Audience, Consent, Contact, EscalationState
from storage.dialogue import forget_events
from storage.mentions import storable
from storage.tables import contacts, conversations, escalations

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Row, Select
    from sqlalchemy.ext.asyncio import AsyncConnection

REACHED_BY = ("name", "email", "phone")
"""The parts of a contact that are kept beyond its case."""

BLANK: Mapping[str, str] = asdict(Contact())
"""What is left of a contact in a case, once the customer's leave to keep it is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptContact:
    """A stored contact with the consent that it is kept under."""

    channel: str
    author_id: str
    contact: Contact  #: Without a number: that belongs to a case.
    consent: Consent
    mention_id: int  #: The post with which the customer agreed.
    expires_at: datetime


async def keep(
    connection: AsyncConnection,
    *,
    channel: str,
    author_id: str,
    contact: Contact,
    consent: Consent,
    mention_id: int,
) -> None:
    """Keep how a customer can be reached, in place of what they gave before, until their *consent* ends.

    *mention_id* is the post with which they agreed. The number of an order or a device is not kept: it belongs to the
    case, not to the customer.
    """
    given = {
        **{name: storable(getattr(contact, name)) for name in REACHED_BY},
        "purpose": storable(consent.purpose),
        "keep_days": consent.keep_days,
        "mention_id": mention_id,
        "consented_at": consent.given_at,
        "expires_at": consent.given_at + timedelta(days=consent.keep_days),
    }
    kept = insert(contacts).values(channel=channel, author_id=author_id, **given)
    await connection.execute(kept.on_conflict_do_update(index_elements=["channel", "author_id"], set_=given))


async def find(connection: AsyncConnection, channel: str, author_ids: Collection[str]) -> tuple[KeptContact, ...]:
    """Give what is kept of customers and may still be."""
    own = (contacts.c.channel == channel, contacts.c.author_id.in_(author_ids), _in_time())
    rows = await connection.execute(select(contacts).where(*own).order_by(contacts.c.id))
    return tuple(_kept(row) for row in rows)


async def find_of_conversation(connection: AsyncConnection, conversation_id: int) -> KeptContact | None:
    """Give what is kept of the customer of a conversation and may still be; None where nothing is."""
    same = and_(contacts.c.channel == conversations.c.channel, contacts.c.author_id == conversations.c.author_id)
    statement = select(contacts).join(conversations, same).where(conversations.c.id == conversation_id, _in_time())
    row = (await connection.execute(statement)).first()
    return _kept(row) if row is not None else None


async def correct(
    connection: AsyncConnection, channel: str, author_ids: Sequence[str], changed: Mapping[str, str]
) -> KeptContact:
    """Put *changed* parts of a contact, some of `REACHED_BY`, in place of what the customer had given, and give it.

    Cases that nobody has resolved get them too. Raises IllegalMove where nothing is kept, or of several accounts.
    """
    kept = await find(connection, channel, author_ids)
    if len(kept) != 1:
        raise IllegalMove("No contact is kept." if not kept else "Several accounts have this handle; name one by id.")
    author_id = kept[0].author_id
    given = {name: storable(value) for name, value in changed.items()}
    own = (contacts.c.channel == channel, contacts.c.author_id == author_id)
    await connection.execute(update(contacts).where(*own).values(**given))
    await connection.execute(
        update(escalations)
        .where(escalations.c.conversation_id.in_(_places(channel, [author_id])), escalations.c.contact != _blank())
        .where(escalations.c.state != EscalationState.RESOLVED)
        .values(contact=escalations.c.contact.concat(cast(given, JSONB)))
    )
    return (await find(connection, channel, [author_id]))[0]


async def drop(connection: AsyncConnection, channel: str, author_ids: Collection[str]) -> int:
    """Delete what is kept of customers; say of how many."""
    own = (contacts.c.channel == channel, contacts.c.author_id.in_(author_ids))
    return (await connection.execute(delete(contacts).where(*own))).rowcount


async def drop_expired(connection: AsyncConnection) -> int:
    """Delete contacts whose time is over, here, in cases and in what Rasa keeps; say of how many customers or cases.

    A case that is still on its way keeps its contact until a desk has it or it is given up.
    """
    over = await connection.execute(
        delete(contacts).where(~_in_time()).returning(contacts.c.channel, contacts.c.author_id)
    )
    authors = [tuple(row) for row in over]
    own = tuple_(conversations.c.channel, conversations.c.author_id).in_(authors)
    talks = select(conversations.c.id).where(own, conversations.c.audience == Audience.PRIVATE)
    await forget_events(connection, (await connection.scalars(talks)).all())
    until = cast(escalations.c.consent["given_at"].astext, TIMESTAMP(timezone=True)) + func.make_interval(
        0, 0, 0, cast(escalations.c.consent["keep_days"].astext, Integer)
    )
    blanked = await connection.execute(
        update(escalations)
        .where(until <= func.clock_timestamp(), escalations.c.contact != _blank())
        .where(escalations.c.state != EscalationState.QUEUED)
        .values(contact=BLANK)
    )
    return len(authors) + blanked.rowcount


def _in_time() -> ColumnElement[bool]:
    return contacts.c.expires_at > func.clock_timestamp()


def _blank() -> ColumnElement[Any]:
    return cast(BLANK, JSONB)


def _places(channel: str, author_ids: Collection[str]) -> Select[tuple[int]]:
    return select(conversations.c.id).where(
        conversations.c.channel == channel, conversations.c.author_id.in_(author_ids)
    )


def _kept(row: Row[Any]) -> KeptContact:
    return KeptContact(
        channel=row.channel,
        author_id=row.author_id,
        contact=Contact(**{name: getattr(row, name) for name in REACHED_BY}),
        consent=Consent(purpose=row.purpose, keep_days=row.keep_days, given_at=row.consented_at),
        mention_id=row.mention_id,
        expires_at=row.expires_at,
    )
