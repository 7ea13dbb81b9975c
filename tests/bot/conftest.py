"""A small knowledge base: settings of its folder, and a database that was trained on it once a run."""

from __future__ import annotations

import asyncio
from itertools import count

import psycopg
import pytest

from bot.nlu.hashing import HashingEncoder
from bot.settings import DataSettings, Settings
from bot.training import index, train
from storage.database import Database
from tests.bot.folders import write_article, write_lessons
from tests.knowledge.shelves import LIBRARY

TAUGHT = "template_taught"
numbers = count(1)


def settings_of(folder):
    for article in LIBRARY:
        write_article(folder / "articles", article)
    write_lessons(folder / "nlu")
    data = DataSettings(
        folder=folder,
        articles=folder / "articles",
        training=folder / "nlu",
        audits=folder / "audits.jsonl",
        private_audits=folder / "audits.private.jsonl",
    )
    return Settings(data=data)


@pytest.fixture
def settings(tmp_path):
    """Settings of a folder with a small knowledge base, a few lessons and no audits."""
    return settings_of(tmp_path)


@pytest.fixture(scope="session")
def taught(server, tmp_path_factory):
    """The address of a database that was trained on the small knowledge base, and the brain from there."""
    address = server.replace("/template_heed?", f"/{TAUGHT}?")
    with psycopg.connect(server.replace("/template_heed?", "/postgres?"), autocommit=True) as connection:
        connection.execute(f"create database {TAUGHT} template template_heed")

    async def teach():
        settings, encoder = settings_of(tmp_path_factory.mktemp("taught")), HashingEncoder()
        async with Database(address) as database:
            await index(settings, database, encoder)
            return await train(settings, database, encoder)

    return address, asyncio.run(teach())


@pytest.fixture
def taught_url(taught, server):
    """The address of a trained database of this test's own."""
    name = f"taught_{next(numbers)}"
    admin = server.replace("/template_heed?", "/postgres?")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"create database {name} template {TAUGHT}")
    yield server.replace("/template_heed?", f"/{name}?")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"drop database {name} with (force)")
