import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import DBAPIError

from bot.errors import SettingsError, StorageDown
from storage.database import Database
from storage.migrating import migrate
from storage.tables import metadata


async def test_a_migrated_database_answers(database):
    await database.ping()


async def test_the_migrations_make_exactly_the_tables_that_the_code_names(database_url):
    engine = create_engine(Database(database_url).url)
    with engine.connect() as connection:
        inspector = inspect(connection)
        made = {name for name in inspector.get_table_names() if not name.startswith(("procrastinate_", "alembic_"))}
        for name, table in metadata.tables.items():
            assert {column["name"] for column in inspector.get_columns(name)} == set(table.columns.keys())
    engine.dispose()

    assert made == set(metadata.tables)


async def test_the_migrations_can_be_undone_and_done_again(database_url):
    database = Database(database_url)
    migrate(database, "head")
    engine = create_engine(database.url)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", "storage/migrations")
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    with engine.connect() as connection:
        left = set(inspect(connection).get_table_names()) - {"alembic_version"}
    engine.dispose()
    migrate(database)

    assert left == set()


async def test_a_database_that_is_down_is_named_with_a_remedy():
    async with Database("postgresql://heed@127.0.0.1:1/heed") as database:
        with pytest.raises(StorageDown, match=r"heed at 127\.0\.0\.1.*database\.url"):
            await database.ping()


def test_another_kind_of_database_is_refused():
    with pytest.raises(SettingsError, match="PostgreSQL only"):
        Database("sqlite:///heed.db")


async def test_an_error_of_the_database_does_not_repeat_what_was_written(database):
    with pytest.raises(DBAPIError) as caught:
        async with database.begin() as connection:
            await connection.execute(text("select cast(:text as text), 1 / 0"), {"text": "my battery is swollen"})

    assert "swollen" not in str(caught.value)


async def test_a_decision_can_never_be_changed(database):
    async with database.begin() as connection:
        conversation = await connection.scalar(
            text(
                "insert into conversations (channel, author_id, author_handle, root_id)"
                " values ('x', '1', 'a', '1') returning id"
            )
        )
        mention = await connection.scalar(
            text(
                "insert into mentions (conversation_id, channel, post_id, chain_id, author_id, author_handle, text,"
                " posted_at, root_id, kind, addressed)"
                " values (:c, 'x', '1', '1', '1', 'a', 'hi', now(), '1', 'post', true) returning id"
            ),
            {"c": conversation},
        )
        await connection.execute(
            text(
                "insert into decisions"
                " (mention_id, route, reasons, rules, priority, confidence, certified, candidates, versions)"
                " values (:m, 'ignore', '{}', '[]', 0, 0, false, '[]', '{}')"
            ),
            {"m": mention},
        )
    with pytest.raises(Exception, match="never changed"):
        async with database.begin() as connection:
            await connection.execute(text("update decisions set route = 'answer'"))
