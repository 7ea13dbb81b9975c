"""Listening: addresses, taken ports, and stopping while somebody still listens."""

import asyncio
import socket

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from sandbox.config import SandboxConfig
from sandbox.server import PortTaken, running
from sandbox.world import NewPost
from tests.sandbox.receiver import Receiver


@pytest.fixture
def taken():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


async def test_port_0_finds_a_free_port(world):
    async with (
        running(world, SandboxConfig(port=0)) as address,
        aiohttp.ClientSession() as session,
        session.get(f"{address.url}/") as answer,
    ):
        assert answer.status == 200


async def test_a_taken_port_is_refused_with_its_number(world, taken):
    with pytest.raises(PortTaken, match=str(taken)):
        async with running(world, SandboxConfig(port=taken)):
            pass


async def test_a_taken_port_gives_way_to_the_next_free_one_when_asked(world, taken):
    async with running(world, SandboxConfig(port=taken), next_free=True) as address:
        assert taken < address.port < taken + 50


async def test_stopping_ends_open_event_streams(world):
    async with asyncio.timeout(5), aiohttp.ClientSession() as session:
        async with running(world, SandboxConfig(port=0)) as address:
            events = await session.get(f"{address.url}/sandbox/events")
            await events.content.readuntil(b"\n\n")
        assert await events.content.read() == b""


async def test_stopping_ends_open_streams(world):
    config = SandboxConfig(port=0)
    async with asyncio.timeout(5), aiohttp.ClientSession() as session:
        async with running(world, config) as address:
            headers = {"Authorization": f"Bearer {config.bearer_token}"}
            stream = await session.get(f"{address.url}/2/activity/stream", headers=headers)
        assert await stream.content.read() == b""


async def test_stopping_does_not_wait_for_an_event_that_nobody_takes(world):
    config = SandboxConfig(port=0)
    receiver = Receiver(config.consumer_secret, statuses=[500])
    headers = {"Authorization": f"Bearer {config.bearer_token}"}
    async with (
        TestServer(receiver.app()) as server,
        aiohttp.ClientSession(headers=headers) as session,
        running(world, config) as address,
    ):
        wish = {"url": str(server.make_url("/hook"))}
        webhook = await (await session.post(f"{address.url}/2/webhooks", json=wish)).json()
        wish = {"event_type": "post.mention.create", "filter": {"user_id": world.brand.id}}
        await session.post(f"{address.url}/2/activity/subscriptions", json=wish | {"webhook_id": webhook["id"]})
        world.post(NewPost(author="mara_k", text="@TarnwellHelp hello?"))
        await receiver.next()
    assert receiver.took.empty()


def test_the_keys_do_not_show_in_a_log():
    assert "secret" not in repr(SandboxConfig())
    assert "token" not in repr(SandboxConfig())
