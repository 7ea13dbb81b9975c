"""Tells every process of a change the moment it is committed, over the database's own LISTEN and NOTIFY."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import psycopg
from sqlalchemy import text

from bot.errors import StorageDown

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy.ext.asyncio import AsyncConnection

    from storage.database import Database

CHANNEL = "heed"


class Subject(StrEnum):
    """What changed."""

    HEARD = "heard"  #: A mention was stored.
    DECIDED = "decided"  #: A mention got its decision.
    SETTLED = "settled"  #: A draft or a takeover was settled by a person.
    DELIVERED = "delivered"  #: A reply was sent, refused or cancelled.
    SWITCHED = "switched"  #: A switch was turned.
    CERTIFICATE = "certificate"  #: A certificate was made or revoked, or an answer was drawn or judged.
    KNOWLEDGE = "knowledge"  #: Articles or quarantines changed, or something was trained anew.
    CHANNEL = "channel"  #: A channel got into trouble or out of it, or cannot give everything any more.


_KNOWN = frozenset(Subject)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One change; says where to look, never what it says there."""

    subject: Subject
    conversation_id: int = 0  #: 0 where the change is of no single conversation.
    mention_id: int = 0


async def notify(connection: AsyncConnection, *notices: Notice) -> None:
    """Announce *notices* when the transaction of *connection* commits, and not if it does not."""
    if notices:
        await connection.execute(
            text("select pg_notify(:channel, payload) from unnest(cast(:payloads as text[])) as payload"),
            {"channel": CHANNEL, "payloads": [json.dumps(asdict(notice)) for notice in notices]},
        )


@asynccontextmanager
async def listening(database: Database) -> AsyncIterator[AsyncIterator[Notice]]:
    """Give the notices committed from now on; nothing is missed between opening and reading. Raises StorageDown."""
    try:
        connection = await psycopg.AsyncConnection.connect(database.conninfo, autocommit=True)
    except psycopg.OperationalError as error:
        raise StorageDown(f"The database {database.place} cannot be reached.") from error
    try:
        await connection.execute(f"listen {CHANNEL}")
        yield _read(connection, database.place)
    finally:
        # Not the connection's own context: it would commit, and wait for ever for a reader that was left waiting.
        await connection.close()


async def _read(connection: psycopg.AsyncConnection, place: str) -> AsyncIterator[Notice]:
    try:
        async for message in connection.notifies():
            given = json.loads(message.payload)
            if given["subject"] not in _KNOWN:
                continue  # A process of a newer release speaks of what this one does not know.
            yield Notice(**{**given, "subject": Subject(given["subject"])})
    except psycopg.OperationalError as error:
        raise StorageDown(f"The database {place} went away.") from error
