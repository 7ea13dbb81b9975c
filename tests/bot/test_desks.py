"""The doors for help desks, over real HTTP."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client import REGISTRY

from bot.desks import LARGEST_BODY, DeskReception, add_desk_doors
from bot.offline import Dispatch
from bot.settings import ChatwootSettings, DeskSettings, Settings
from console.app import add_console
from responders.webhook.signing import sign
from storage.database import Database
from tests.storage.escalating import case_of, put_case, replies_of

SECRET, TOKEN = "a secret of the test", "a-token-of-the-test"
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SETTINGS = Settings(desk=DeskSettings(secret=SECRET), chatwoot=ChatwootSettings(webhook_token=TOKEN))


@dataclass
class Door:
    """Brings events as help desks do."""

    client: TestClient
    delivered: list = field(default_factory=list)

    async def bring(self, body, *, at=NOW, secret=SECRET, headers=None):
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        stamp = str(int(at.timestamp()))
        signed = {"Heed-Timestamp": stamp, "Heed-Signature": sign(body, timestamp=stamp, secret=secret)}
        return await self._post("/webhooks/desk", body, signed if headers is None else headers)

    async def chatwoot(self, body, token=TOKEN):
        return await self._post(f"/webhooks/chatwoot/{token}", json.dumps(body).encode(), {})

    async def _post(self, path, body, headers):
        async with self.client.post(path, data=body, headers=headers, allow_redirects=False) as answer:
            return answer.status, await answer.text()


def at_the_door(database, settings=SETTINGS):
    dispatch = Dispatch(settings=settings, database=database, desk=None, clock=lambda: NOW)
    door = Door(client=None)

    async def hear(event):
        door.delivered += await dispatch.hear(event)

    app = web.Application()
    add_desk_doors(app, DeskReception(settings=settings, hear=hear, clock=lambda: NOW))
    door.client = TestClient(TestServer(app))
    return door


@pytest.fixture
async def door(database):
    made = at_the_door(database)
    async with made.client:
        yield made


@pytest.fixture
async def case(database):
    return await case_of(database, await put_case(database, reference="H7K-2QF-9"))


def an_event(**changes):
    return {
        "id": "e-1",
        "reference": "H7K-2QF-9",
        "kind": "reply",
        "text": "It left today.",
        "author": "Ilse",
    } | changes


def counted(door, outcome):
    return REGISTRY.get_sample_value("heed_desk_events_total", {"door": door, "outcome": outcome}) or 0.0


async def test_a_signed_event_is_stored_and_its_reply_is_given_out(door, case, database):
    before = counted("webhook", "taken")
    assert (await door.bring(an_event()))[0] == 200
    (reply,) = await replies_of(database)
    assert (reply.text, door.delivered) == ("It left today.", [reply.id])
    assert counted("webhook", "taken") == before + 1


async def test_an_event_that_comes_again_is_taken_and_says_nothing_again(door, case, database):
    assert [(await door.bring(an_event()))[0] for _ in range(3)] == [200] * 3
    assert len(await replies_of(database)) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Heed-Timestamp": "1763640000"},
        {"Heed-Signature": "v1=00"},
        {"Heed-Timestamp": "soon", "Heed-Signature": "v1=00"},
        {"Heed-Timestamp": str(int(NOW.timestamp())), "Heed-Signature": "v1=" + "0" * 64},
    ],
)
async def test_without_a_right_signature_nothing_is_read(door, case, database, headers):
    status, says = await door.bring(b"not even JSON", headers=headers)
    assert status == 401
    assert "Heed-" in says
    assert await replies_of(database) == []


async def test_another_secret_is_refused(door, case):
    assert (await door.bring(an_event(), secret="another"))[0] == 401


@pytest.mark.parametrize("minutes", [-6, 6])
async def test_a_stale_event_is_refused(door, case, minutes):
    status, says = await door.bring(an_event(), at=NOW + timedelta(minutes=minutes))
    assert (status, "off" in says) == (401, True)


async def test_a_malformed_event_is_named(door, case):
    assert await door.bring(an_event(kind="closed")) == (400, "kind: Input should be 'reply' or 'resolved'.")


async def test_a_text_that_no_message_holds_is_named(door, case):
    status, says = await door.bring(an_event(text="x" * 10_001))
    assert (status, says) == (400, "text: longer than 10000 characters, which a direct message holds.")


async def test_an_unknown_case_is_named(door):
    assert await door.bring(an_event(reference="XXX-XXX-X")) == (404, "There is no case 'XXX-XXX-X'.")


async def test_a_body_that_is_too_large_is_refused(door):
    assert (await door.bring(b"x" * (LARGEST_BODY + 1)))[0] == 413


async def test_while_the_database_is_down_the_event_is_to_come_again():
    async with Database("postgresql://nobody@127.0.0.1:1/nothing") as nowhere:
        door = at_the_door(nowhere)
        async with door.client:
            assert (await door.bring(an_event()))[0] == 503
            status, _ = await door.chatwoot(a_message())
            assert status == 503


def a_message(**changes):
    conversation = {"id": 12, "custom_attributes": {"heed_reference": "H7K-2QF-9"}}
    given = {
        "event": "message_created", "id": 91, "content": "It left today.", "message_type": "outgoing", "private": False,
        "sender": {"name": "Ilse"}, "conversation": conversation,
    }  # fmt: skip
    return given | changes


async def test_a_message_in_chatwoot_is_stored_and_given_out(door, case, database):
    assert (await door.chatwoot(a_message()))[0] == 200
    (reply,) = await replies_of(database)
    assert (reply.text, reply.author, door.delivered) == ("It left today.", "Ilse", [reply.id])


async def test_chatwoots_other_events_are_passed_over(door, case, database):
    before = counted("chatwoot", "passed_over")
    assert (await door.chatwoot(a_message(private=True)))[0] == 200
    assert await replies_of(database) == []
    assert counted("chatwoot", "passed_over") == before + 1


@pytest.mark.parametrize("token", ["wrong", "%C3%A9", TOKEN.upper()])
async def test_a_wrong_token_lets_nothing_in(door, case, database, token):
    assert (await door.chatwoot(a_message(), token))[0] == 401
    assert await replies_of(database) == []


async def test_no_door_is_open_without_its_secret(database):
    door = at_the_door(database, Settings())
    async with door.client:
        assert (await door.bring(an_event()))[0] == 404
        assert (await door.chatwoot(a_message()))[0] == 404


async def test_the_console_beside_them_asks_no_help_desk_for_a_log_in(database, case):
    app, heard = web.Application(), []

    async def hear(event):
        heard.append(event.id)

    async def enqueue(_):
        raise AssertionError

    add_console(app, database=database, settings=SETTINGS, enqueue=enqueue)
    add_desk_doors(app, DeskReception(settings=SETTINGS, hear=hear, clock=lambda: NOW))
    async with TestClient(TestServer(app)) as client:
        door = Door(client)
        assert (await door.bring(an_event()))[0] == (await door.chatwoot(a_message()))[0] == 200
    assert heard == ["e-1", "message 91"]
