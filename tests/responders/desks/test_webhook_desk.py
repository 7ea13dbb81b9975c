"""Cases by signed webhook, against a real HTTP server."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from bot.errors import DeskDown, DeskRefused
from bot.settings import DeskSettings
from responders.webhook.desk import WebhookDesk
from responders.webhook.signing import verify
from tests.responders.desks.contract import PATIENCE_SECONDS, DeskContract
from tests.responders.desks.values import DELIVERY, ESCALATION

SECRET = "a secret of the test"
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@dataclass
class Crm:
    """Somebody's help desk, which checks signatures and knows deliveries again."""

    status: int = 200
    answer: str = ""
    hangs: bool = False
    posts: dict = field(default_factory=dict)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request):
        if self.hangs:
            await self.released.wait()
        body = await request.read()
        verify(
            body,
            timestamp=request.headers["Heed-Timestamp"],
            signature=request.headers["Heed-Signature"],
            secret=SECRET,
            now=NOW,
            tolerance_seconds=1,
        )
        if self.status == 200:
            self.posts[request.headers["Heed-Delivery"]] = body
        answer = self.answer or json.dumps({"id": f"T-{len(self.posts)}"})
        return web.Response(status=self.status, text=answer, headers={"Location": "/elsewhere"})


@dataclass
class Stage:
    crm: Crm
    server: TestServer
    desk: WebhookDesk

    def cases(self):
        return [body.decode() for body in self.crm.posts.values()]

    def refuse(self):
        self.crm.status = 422
        self.crm.answer = "no, mara@example.org"

    def break_down(self):
        self.crm.status = 500
        self.crm.answer = "oh, mara@example.org"

    def hang(self):
        self.crm.hangs = True

    async def leave(self):
        await self.server.close()


@pytest.fixture
async def crm():
    return Crm()


@pytest.fixture
async def stage(crm):
    app = web.Application()
    app.add_routes([web.post("/cases", crm.take)])
    async with TestServer(app) as server, ClientSession() as session:
        settings = DeskSettings(url=str(server.make_url("/cases")), secret=SECRET, timeout_seconds=PATIENCE_SECONDS)
        yield Stage(crm=crm, server=server, desk=WebhookDesk(session, settings, lambda: NOW))
        crm.released.set()


class TestWebhookDesk(DeskContract):
    @pytest.fixture
    def stage(self, stage):
        return stage


async def test_the_id_in_the_answer_is_the_desks_own(stage, crm):
    crm.answer = '{"id": 4711}'
    assert await stage.desk.open(ESCALATION, DELIVERY) == "4711"


@pytest.mark.parametrize("answer", ["fine", "[]", '{"id": null}', '{"id": true}', "{}", "[" * 60_000])
async def test_a_desk_that_names_no_id_knows_the_case_by_its_delivery(stage, crm, answer):
    crm.answer = answer
    assert await stage.desk.open(ESCALATION, DELIVERY) == DELIVERY


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410, 413, 422])
async def test_what_the_desk_finds_wrong_with_a_case_is_a_refusal(stage, crm, status):
    crm.status = status
    with pytest.raises(DeskRefused, match=str(status)):
        await stage.desk.open(ESCALATION, DELIVERY)


@pytest.mark.parametrize("status", [302, 307, 408, 425, 429, 500, 502, 503, 504])
async def test_what_waiting_may_cure_is_tried_again(stage, crm, status):
    crm.status = status
    with pytest.raises(DeskDown, match=str(status)):
        await stage.desk.open(ESCALATION, DELIVERY)


async def test_the_body_holds_no_numbers_of_our_database(stage, crm):
    await stage.desk.open(ESCALATION, DELIVERY)
    given = json.loads(crm.posts[DELIVERY])
    assert set(given) == {
        "event", "delivery_id", "reference", "channel", "handle", "language", "goal", "words", "contact", "consent",
        "opened_at",
    }  # fmt: skip
