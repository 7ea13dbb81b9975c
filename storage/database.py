"""The engine: connections in transactions, and foreign database errors turned into ours."""

from __future__ import annotations

import contextlib
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from psycopg import OperationalError as PsycopgOperationalError
from sqlalchemy import URL, make_url, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from bot.errors import SettingsError, StorageDown

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

CONNECT_SECONDS = 5


class Database:
    """One PostgreSQL database. Open it with `async with`; it closes its connections at the end."""

    def __init__(self, url: str, *, pool: int = 10) -> None:
        self.url = _with_driver(url)
        self.closing = contextlib.ExitStack()  #: What was opened beside the pool, and closes with it.
        self._engine = create_async_engine(
            self.url,
            pool_size=pool,
            max_overflow=0,
            pool_pre_ping=True,
            pool_timeout=30,
            hide_parameters=True,  # an error must not carry what people wrote into a log
            connect_args={"connect_timeout": CONNECT_SECONDS},
        )

    @property
    def conninfo(self) -> str:
        """The address as psycopg takes it."""
        return self.url.set(drivername="postgresql").render_as_string(hide_password=False)

    @property
    def place(self) -> str:
        """Where the database is, without credentials, for messages."""
        host = self.url.host or self.url.query.get("host", "localhost")
        return f"{self.url.database} at {host}"

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection inside a transaction, committed at the end. Raises StorageDown."""
        try:
            async with self._engine.begin() as connection:
                yield connection
        except (DBAPIError, PoolTimeout, OSError, PsycopgOperationalError) as error:
            if not _is_outage(error):
                raise
            raise StorageDown(
                f"The database {self.place} cannot be reached: {_first_line(error)}. "
                "Check that it runs and that database.url is right; Heed goes on when it is back."
            ) from error

    async def ping(self) -> None:
        """Do nothing if the database answers. Raises StorageDown."""
        async with self.begin() as connection:
            await connection.execute(text("select 1"))

    async def __aenter__(self) -> Database:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.closing.close()
        with contextlib.suppress(SQLAlchemyError, PsycopgOperationalError):
            await self._engine.dispose()


def _with_driver(url: str) -> URL:
    try:
        parsed = make_url(url)
    except SQLAlchemyError as error:
        raise SettingsError("database.url: not an address; write postgresql://user:password@host/name") from error
    if not parsed.drivername.startswith("postgres"):
        raise SettingsError(f"database.url: {parsed.drivername} is not supported; Heed runs on PostgreSQL only")
    return parsed.set(drivername="postgresql+psycopg")


def _is_outage(error: Exception) -> bool:
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or isinstance(error.orig, PsycopgOperationalError)
    return True


def _first_line(error: Exception) -> str:
    origin = error.orig if isinstance(error, DBAPIError) else error
    return (str(origin).strip().splitlines() or [type(origin).__name__])[0].rstrip(".")
