from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.settings import Settings
from console.app import add_console
from console.door import COOKIE
from storage.agents import Agent, Role, create_agent, find_session, open_session

PASSWORD = "correct horse battery"


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """One agent's browser, logged in; it follows no redirects."""

    client: TestClient
    agent: Agent
    csrf: str

    async def get(self, path):
        return await self.client.get(path, allow_redirects=False)

    async def send(self, path, *, headers=None, **fields):
        data = {"csrf": self.csrf, **fields}
        return await self.client.post(path, data=data, headers=headers, allow_redirects=False)


@pytest.fixture
def enqueued():
    """The ids of the replies that got a job."""
    return []


@pytest.fixture
def settings():
    """The settings that hold."""
    return Settings()


@pytest.fixture
async def service(database, enqueued, settings):
    """An application with the console and a page of somebody else."""

    async def enqueue(reply_id, *, after=0.0):
        enqueued.append(reply_id)

    async def health(_):
        return web.Response(text="ok")

    app = web.Application()
    app.router.add_get("/healthz", health)
    add_console(app, database=database, settings=settings, enqueue=enqueue)
    async with TestServer(app) as running:
        yield running


@pytest.fixture
async def stranger(service):
    """A browser that nobody has logged in with."""
    async with TestClient(service) as client:
        yield client


@pytest.fixture
async def browser(database, service):
    """Opens browsers of agents by name."""
    opened = []

    async def open_browser(name="Ann", initials="AN", role=Role.AGENT):
        async with database.begin() as connection:
            agent = await create_agent(connection, name, initials, role, PASSWORD)
            token = await open_session(connection, agent.id, timedelta(hours=1))
            session = await find_session(connection, token)
        client = TestClient(service, cookies={COOKIE: token})
        await client.start_server()
        opened.append(client)
        return Browser(client=client, agent=agent, csrf=session.csrf)

    yield open_browser
    for client in opened:
        await client.close()
