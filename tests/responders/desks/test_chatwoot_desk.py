"""Cases as conversations in Chatwoot, against a small one over real HTTP."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from bot.errors import DeskDown, DeskRefused, SettingsError
from bot.settings import ChatwootSettings
from responders.chatwoot.desk import REFERENCE, ChatwootDesk
from tests.responders.desks.chatwoot import INBOX, FakeChatwoot
from tests.responders.desks.contract import PATIENCE_SECONDS, DeskContract
from tests.responders.desks.values import DELIVERY, ESCALATION


def settings_for(origin, seconds=PATIENCE_SECONDS):
    return ChatwootSettings(url=origin, inbox=INBOX, timeout_seconds=seconds)


@dataclass
class Stage:
    chatwoot: FakeChatwoot
    server: TestServer
    desk: ChatwootDesk

    def cases(self):
        """All messages of each conversation: a case that was written twice into one would show."""
        contacts = self.chatwoot.contacts
        return [
            "\n".join([str(contacts[each["source_id"]]), *(message["content"] for message in each["messages"])])
            for each in self.chatwoot.conversations.values()
        ]

    def refuse(self):
        self.chatwoot.status = 422

    def break_down(self):
        self.chatwoot.status = 500

    def hang(self):
        self.chatwoot.hangs = True

    async def leave(self):
        await self.server.close()


@pytest.fixture
async def stage():
    chatwoot = FakeChatwoot()
    async with TestServer(chatwoot.app()) as server, ClientSession() as session:
        desk = ChatwootDesk(session, settings_for(str(server.make_url("/"))))
        yield Stage(chatwoot=chatwoot, server=server, desk=desk)
        chatwoot.released.set()


class TestChatwootDesk(DeskContract):
    @pytest.fixture
    def stage(self, stage):
        return stage


@pytest.mark.parametrize("answered", [0, 1, 2, 3])
async def test_a_try_that_fails_on_the_way_is_finished_by_the_next(stage, answered):
    stage.chatwoot.status, stage.chatwoot.after = 500, answered
    with pytest.raises(DeskDown):
        await stage.desk.open(ESCALATION, DELIVERY)
    stage.chatwoot.status = 0
    assert await stage.desk.open(ESCALATION, DELIVERY) == "1"
    (conversation,) = stage.chatwoot.conversations.values()
    assert len(conversation["messages"]) == len(stage.chatwoot.contacts) == 1


async def test_the_conversation_names_the_case(stage):
    await stage.desk.open(ESCALATION, DELIVERY)
    assert stage.chatwoot.conversations[1]["custom_attributes"][REFERENCE] == "H7K-2QF-9"


async def test_the_contact_is_the_customer(stage):
    await stage.desk.open(ESCALATION, DELIVERY)
    contact = stage.chatwoot.contacts[DELIVERY]
    assert (contact["name"], contact["email"], contact["phone_number"]) == (
        "Mara König", "mara@example.org", "+4930901820",
    )  # fmt: skip


async def test_an_inbox_that_does_not_exist_is_a_refusal(stage):
    stage.chatwoot.status = 404
    with pytest.raises(DeskRefused, match="404"):
        await stage.desk.open(ESCALATION, DELIVERY)


@pytest.mark.parametrize(
    "answer", ["<html>", "[]", "{}", json.dumps([{"id": "x"}]), json.dumps([1]), "x" * 1_100_000, "[" * 60_000]
)
async def test_a_server_that_is_no_chatwoot_is_named(answer):
    async def page(_):
        return web.Response(text=answer)

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", page)
    async with TestServer(app) as server, ClientSession() as session:
        desk = ChatwootDesk(session, settings_for(str(server.make_url("/")), seconds=10))
        with pytest.raises(DeskDown, match="none of its API"):
            await desk.open(ESCALATION, DELIVERY)


async def test_an_address_that_is_none_is_named():
    async with ClientSession() as session:
        with pytest.raises(SettingsError, match=r"chatwoot\.url"):
            ChatwootDesk(session, settings_for("help.example"))
