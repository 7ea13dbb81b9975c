"""Agents, their passwords, and the sessions that their browsers hold."""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.errors import HeedError
from storage.tables import agents, sessions

if TYPE_CHECKING:
    from datetime import timedelta

    from sqlalchemy.ext.asyncio import AsyncConnection

    from storage.database import Database

MIN_PASSWORD = 8  #: Characters (NIST SP 800-63B, 5.1.1.1).

_HASHER = PasswordHasher()
_INITIALS = re.compile(r"[A-Z]{2,3}")


class AgentRefused(HeedError):
    """The agent's name, initials or password cannot be accepted."""


class Role(StrEnum):
    """What an agent may do."""

    AGENT = "agent"  #: Works on conversations.
    OPS = "ops"  #: That, and decides how much the bot may do.


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """A human who works in the console."""

    id: int
    name: str
    initials: str  #: Two or three capitals that sign this agent's replies.
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One log-in of one agent in one browser."""

    agent: Agent
    csrf: str  #: What every form of this session must carry.


async def create_agent(connection: AsyncConnection, name: str, initials: str, role: Role, password: str) -> Agent:
    """Add an agent. Raises AgentRefused where the name is taken or something is not fit."""
    _check(name, initials, password)
    hashed = await asyncio.to_thread(_HASHER.hash, password)
    values = {"name": name, "initials": initials, "role": role, "password_hash": hashed}
    statement = insert(agents).values(values).on_conflict_do_nothing().returning(agents.c.id)
    added = await connection.scalar(statement)
    if added is None:
        raise AgentRefused(f"There is already an agent named {name}.")
    return Agent(id=added, name=name, initials=initials, role=role)


async def ensure_agent(connection: AsyncConnection, name: str, initials: str, role: Role, password: str) -> Agent:
    """Make sure that the agent exists with exactly these values. Raises AgentRefused."""
    row = (await connection.execute(select(agents).where(agents.c.name == name))).first()
    if row is None:
        return await create_agent(connection, name, initials, role, password)
    _check(name, initials, password)
    known = await asyncio.to_thread(_matches, row.password_hash, password)
    hashed = row.password_hash if known else await asyncio.to_thread(_HASHER.hash, password)
    values = {"initials": initials, "role": role, "password_hash": hashed}
    await connection.execute(update(agents).where(agents.c.id == row.id).values(values))
    return Agent(id=row.id, name=name, initials=initials, role=role)


async def authenticate(database: Database, name: str, password: str) -> Agent | None:
    """Give the agent whose name and password these are, or None. Takes as long for a name that nobody has.

    No connection is held while the password is hashed. A hash of weaker parameters is renewed.
    """
    async with database.begin() as connection:
        row = (await connection.execute(select(agents).where(agents.c.name == name))).first()
    known = row.password_hash if row else await asyncio.to_thread(_nobodys_hash)
    right = await asyncio.to_thread(_matches, known, password)
    if row is None or not right:
        return None
    if _HASHER.check_needs_rehash(known):
        await _rehash(database, known, password)
    return Agent(id=row.id, name=row.name, initials=row.initials, role=Role(row.role))


async def open_session(connection: AsyncConnection, agent_id: int, lifetime: timedelta) -> str:
    """Start a session and give its token, which is stored nowhere; expired sessions of all agents go."""
    await connection.execute(delete(sessions).where(sessions.c.expires_at < func.now()))
    token = secrets.token_urlsafe(32)
    values = {"token_hash": _digest(token), "agent_id": agent_id, "csrf": secrets.token_urlsafe(32)}
    await connection.execute(insert(sessions).values(**values, expires_at=func.now() + lifetime))
    return token


async def find_session(connection: AsyncConnection, token: str) -> Session | None:
    """Give the living session of *token*, or None."""
    statement = (
        select(agents.c.id, agents.c.name, agents.c.initials, agents.c.role, sessions.c.csrf)
        .join(agents, agents.c.id == sessions.c.agent_id)
        .where(sessions.c.token_hash == _digest(token), sessions.c.expires_at > func.now())
    )
    row = (await connection.execute(statement)).first()
    if row is None:
        return None
    agent = Agent(id=row.id, name=row.name, initials=row.initials, role=Role(row.role))
    return Session(agent=agent, csrf=row.csrf)


async def close_session(connection: AsyncConnection, token: str) -> None:
    """End the session of *token*, if there is one."""
    await connection.execute(delete(sessions).where(sessions.c.token_hash == _digest(token)))


def _check(name: str, initials: str, password: str) -> None:
    if not name.strip() or not name.isprintable():
        raise AgentRefused("An agent needs a name.")
    if name.startswith("@"):
        raise AgentRefused("An agent's name does not begin with '@'; such names stand for people who answer on X.")
    if not _INITIALS.fullmatch(initials):
        raise AgentRefused("Initials are two or three capital letters, such as AB.")
    if len(password) < MIN_PASSWORD:
        raise AgentRefused(f"A password has at least {MIN_PASSWORD} characters.")


def _matches(hashed: str, password: str) -> bool:
    try:
        return _HASHER.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys_hash() -> str:
    return _HASHER.hash(secrets.token_urlsafe(32))


async def _rehash(database: Database, known: str, password: str) -> None:
    hashed = await asyncio.to_thread(_HASHER.hash, password)
    async with database.begin() as connection:
        await connection.execute(update(agents).where(agents.c.password_hash == known).values(password_hash=hashed))


def _digest(token: str) -> bytes:
    # A cookie may hold bytes that are no UTF-8; they must miss, not fail.
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
