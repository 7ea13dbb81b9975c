"""What all tests share: one embedded server a run, and a migrated, empty database for each test that asks."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import psycopg
import pytest

from storage.database import Database
from storage.embedded import embedded_server
from storage.migrating import migrate
from tests.databases import TEMPLATE, a_database


@pytest.fixture(scope="session")
def server():
    """The address of an embedded server that lives as long as the run."""
    # Not pytest's own folder: the server's unprivileged user must be able to enter every folder above.
    folder = Path(tempfile.mkdtemp(prefix="heed-tests-"))
    folder.chmod(0o755)
    try:
        with embedded_server(folder / "postgres", TEMPLATE) as address:
            _never_sync(address)
            migrate(Database(address))
            yield address
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _never_sync(address):
    """Spare the server the waiting for its disk: nothing here outlives the run."""
    with psycopg.connect(address, autocommit=True) as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(f"alter system set {setting} = off")
        connection.execute("select pg_reload_conf()")


@pytest.fixture
def database_url(server):
    """The address of a database made for one test from the migrated template."""
    with a_database(server) as address:
        yield address


@pytest.fixture
async def database(database_url):
    """An open, migrated, empty database."""
    async with Database(database_url) as opened:
        yield opened
