"""The whole service on real parts: a trained database made once a run, copied for each test, and a sandbox."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import psycopg
import pytest

from bot import service
from bot.cli.demo import sandboxed
from bot.settings import load_settings
from sandbox.config import SandboxConfig
from sandbox.server import running as sandbox_running
from sandbox.world import World
from storage.database import Database
from tests.acceptance.stage import Stage
from tests.databases import a_database

TRAINED = "template_trained"


@pytest.fixture(scope="session")
def trained(server):
    """The address of a trained database without a mention, and the brain that was trained there."""
    address = server.replace("/template_heed?", f"/{TRAINED}?")
    with psycopg.connect(server.replace("/template_heed?", "/postgres?"), autocommit=True) as connection:
        connection.execute(f"create database {TRAINED} template template_heed")

    async def prepare():
        settings = sandboxed(load_settings(environ={}), "http://127.0.0.1")
        async with Database(address) as database:
            return await service.prepare(settings, database)

    return address, asyncio.run(prepare())


@pytest.fixture
def brain(trained):
    """What was trained."""
    return trained[1]


@asynccontextmanager
async def a_stage_on(trained_url):
    """Open a sandbox, with quick settings for a service on it."""
    world = World()
    async with sandbox_running(world, SandboxConfig(port=0, limit_scale=100.0)) as address:
        settings = sandboxed(load_settings(environ={}), address.url)
        quick = {
            "database": {"url": trained_url},
            "web": {**settings.web.model_dump(), "port": 0},
            "worker": {
                **settings.worker.model_dump(),
                "heartbeat_seconds": 0.5,
                "stalled_seconds": 2,
                "sweep_seconds": 0.5,
            },
            "x": {**settings.x.model_dump(), "timeout_seconds": 1.0, "settle_seconds": 0.5},
        }
        settings = type(settings).model_validate({**settings.model_dump(), **quick})
        async with Database(trained_url) as database:
            yield Stage(world=world, url=address.url, settings=settings, database=database)


@pytest.fixture
def trained_url(trained, server):
    """The address of a trained database of this test's own."""
    with a_database(server, TRAINED) as address:
        yield address


@pytest.fixture
async def stage(trained_url):
    """A sandbox that runs, and quick settings for a service on it."""
    async with a_stage_on(trained_url) as stage:
        yield stage


@pytest.fixture(scope="session")
def a_stage(trained, server):
    """Opens a stage on a trained database of its own, for as long as somebody wants."""

    @asynccontextmanager
    async def opened():
        with a_database(server, TRAINED) as address:
            async with a_stage_on(address) as stage:
                yield stage

    return opened
