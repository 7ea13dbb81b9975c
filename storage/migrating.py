"""Brings the database to the newest form; safe to call from several processes at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from bot.errors import StorageDown

if TYPE_CHECKING:
    from storage.database import Database

LOCK = 0x48656564  # "Heed": any number that no other program on the server takes


def migrate(database: Database, revision: str = "head") -> None:
    """Migrate to *revision*, one process at a time. Blocks its thread. Raises StorageDown."""
    engine = create_engine(database.url)
    try:
        with engine.begin() as connection:
            connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            config = Config()
            config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
    except OperationalError as error:
        raise StorageDown(
            f"The database {database.place} cannot be reached. Check that it runs and that database.url is right."
        ) from error
    finally:
        engine.dispose()
