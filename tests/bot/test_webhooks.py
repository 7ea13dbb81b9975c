"""X's events over HTTP, signed by hand, and our client on the sandbox."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client import REGISTRY
from sqlalchemy import select

from bot.settings import Settings, XSettings
from bot.webhooks import LARGEST_BODY, Reception, add_x_webhook
from console.app import add_console
from responders.x.asking import TRIES
from responders.x.client import open_client
from responders.x.subscribing import PATH
from responders.x.webhook import SIGNATURE
from sandbox.config import SandboxConfig
from sandbox.faults import Fault, FaultKind
from sandbox.server import create_app
from sandbox.state import SANDBOX
from sandbox.world import NewPost, World
from storage.database import Database
from storage.inbox import find_cursor
from storage.tables import mentions
from tests.sandbox.receiver import signed

KEYS = SandboxConfig()
PATIENCE_SECONDS = 10


@dataclass
class Bell:
    """Counts how often something new was heard."""

    rings: int = 0
    rung: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self):
        self.rings += 1
        self.rung.set()


@dataclass
class Post:
    """Brings events to the door, signed as X signs them."""

    client: TestClient

    async def bring(self, event, *, signature=None):
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        headers = {SIGNATURE: signed(KEYS.consumer_secret, body) if signature is None else signature}
        async with self.client.post(PATH, data=body, headers=headers) as answer:
            return answer.status


@pytest.fixture
def world():
    return World()


@pytest.fixture
async def platform(world):
    async with TestServer(create_app(world, KEYS)) as running:
        yield running


@pytest.fixture
async def x(platform):
    settings = XSettings(
        enabled=True,
        base_url=str(platform.make_url("/")),
        consumer_key=KEYS.consumer_key,
        consumer_secret=KEYS.consumer_secret,
        access_token=KEYS.access_token,
        access_token_secret=KEYS.access_token_secret,
        bearer_token=KEYS.bearer_token,
    )
    async with open_client(settings) as client:
        yield client


@pytest.fixture
def bell():
    return Bell()


@pytest.fixture
def reception(database, x, bell):
    return Reception(database=database, client=x, settings=Settings(), secret=KEYS.consumer_secret, heard=bell)


async def at_the_door(reception):
    app = web.Application()
    add_x_webhook(app, reception)
    return TestClient(TestServer(app))


@pytest.fixture
async def post(reception):
    async with await at_the_door(reception) as client:
        yield Post(client)


@pytest.fixture
def event(world):
    """Make an event of a post, with as little of it as X gives."""

    def made(post, kind="post.mention.create", **more):
        payload = {"id": post.id, "author_id": post.author.id, **more}
        return {
            "data": {
                "event_uuid": f"-{post.id}",
                "event_type": kind,
                "filter": {"user_id": world.brand.id},
                "payload": payload,
                "includes": {},
            }
        }

    return made


def asked(world, text="@TarnwellHelp it does not start", **references):
    return world.post(NewPost(author="mara_k", text=text, **references))


async def stored(database):
    async with database.begin() as connection:
        return (await connection.execute(select(mentions).order_by(mentions.c.id))).all()


async def test_xs_challenge_is_answered(post):
    async with post.client.get(PATH, params={"crc_token": "abc123"}) as answer:
        assert await answer.json() == {"response_token": signed(KEYS.consumer_secret, b"abc123")}


async def test_a_challenge_without_a_token_is_refused(post):
    async with post.client.get(PATH) as answer:
        assert answer.status == 400


async def test_the_console_beside_it_asks_x_for_no_log_in(reception, event, world, database):
    app = web.Application()
    add_console(app, database=database, settings=Settings(), enqueue=Bell())
    add_x_webhook(app, reception)
    async with TestClient(TestServer(app)) as client:
        async with client.get(PATH, params={"crc_token": "abc123"}) as answer:
            assert answer.status == 200
        assert await Post(client).bring(event(asked(world))) == 200


async def test_an_event_is_stored_before_it_is_acknowledged_and_wakes_the_deciding(post, event, world, database, bell):
    assert await post.bring(event(asked(world))) == 200
    [row] = await stored(database)
    assert (row.author_handle, row.text, row.addressed) == ("mara_k", "@TarnwellHelp it does not start", True)
    assert bell.rings == 1


async def test_a_quote_is_known_as_one_of_ours_though_the_event_does_not_say_so(post, event, world, database):
    ours = world.post(NewPost(author="TarnwellHelp", text="New firmware is out."))
    quote = asked(world, "does it help?", quote_of=ours.id)
    assert await post.bring(event(quote, "post.quote.create")) == 200
    [row] = await stored(database)
    assert (row.kind, row.addressed, row.summoned) == ("quote", True, True)


async def test_two_events_of_one_post_and_a_second_delivery_make_one_mention(post, event, world, database, bell):
    ours = world.post(NewPost(author="TarnwellHelp", text="Hello"))
    reply = asked(world, reply_to=ours.id)
    for kind in ("post.mention.create", "post.reply.create", "post.mention.create"):
        assert await post.bring(event(reply, kind)) == 200
    assert len(await stored(database)) == 1
    assert bell.rings == 1


async def test_a_wrong_signature_is_refused_and_stores_nothing(post, event, world, database):
    assert await post.bring(event(asked(world)), signature="sha256=AAAA") == 403
    assert await post.bring(event(asked(world)), signature="") == 403
    assert await stored(database) == []


async def test_a_body_that_is_too_large_is_refused(post):
    assert await post.bring(b" " * (LARGEST_BODY + 1)) == 413


async def test_what_heed_does_not_know_is_acknowledged_and_passed_over(post, event, world, database):
    assert await post.bring(event(asked(world), "like.create")) == 200
    assert await post.bring(b"no json") == 200
    assert await post.bring({"for_user_id": "1"}) == 200
    assert await stored(database) == []


async def test_events_about_another_account_are_passed_over(post, event, world, database):
    foreign = event(asked(world))
    foreign["data"]["filter"]["user_id"] = "7"
    assert await post.bring(foreign) == 200
    assert await stored(database) == []


async def test_a_post_that_is_gone_already_is_acknowledged(post, event, world, database):
    gone = asked(world)
    world.delete(gone.id)
    assert await post.bring(event(gone)) == 200
    assert await stored(database) == []


async def test_a_deleted_post_is_erased(post, event, world, database):
    gone = asked(world)
    await post.bring(event(gone))
    assert await post.bring(event(gone, "post.delete")) == 200
    [row] = await stored(database)
    assert (row.text, row.author_handle) == ("", "")


async def test_a_direct_message_is_stored_in_private(post, world, database):
    mara = asked(world).author
    message = {
        "type": "message_create",
        "id": "901",
        "created_timestamp": "1763802000000",
        "message_create": {
            "target": {"recipient_id": world.brand.id},
            "sender_id": mara.id,
            "message_data": {"text": "hello there", "entities": {}},
        },
    }
    payload = {"direct_message_events": [message], "users": {mara.id: {"data": {"id": mara.id, "username": "mara_k"}}}}
    kind, about = "dm.received", {"user_id": world.brand.id}
    assert (
        await post.bring({"data": {"event_uuid": "1", "event_type": kind, "filter": about, "payload": payload}}) == 200
    )
    [row] = await stored(database)
    assert (row.audience, row.author_handle, row.text) == ("private", "mara_k", "hello there")


async def test_while_the_database_is_away_x_is_asked_to_come_again(reception, event, world):
    async with Database("postgresql://heed@127.0.0.1:1/heed") as away:
        reception = Reception(
            database=away, client=reception.client, settings=reception.settings, secret=reception.secret, heard=Bell()
        )
        async with await at_the_door(reception) as client:
            assert await Post(client).bring(event(asked(world))) == 503


async def test_while_x_cannot_tell_the_rest_of_a_post_it_is_asked_to_come_again(post, event, world, platform, database):
    incomplete = event(asked(world))
    platform.app[SANDBOX].faults.add(Fault(kind=FaultKind.STATUS, path="/2/tweets", times=TRIES))
    assert await post.bring(incomplete) == 503
    assert await stored(database) == []


async def test_an_event_does_not_move_the_cursor_of_the_mentions(post, event, world, database):
    await post.bring(event(asked(world)))
    async with database.begin() as connection:
        assert await find_cursor(connection, "x") is None


def counted(outcome):
    return REGISTRY.get_sample_value("heed_events_total", {"channel": "x", "outcome": outcome}) or 0


async def test_what_became_of_each_event_is_counted(post, event, world):
    before = counted("stored"), counted("known")
    told = event(asked(world))
    await post.bring(told)
    await post.bring(told)
    assert (counted("stored"), counted("known")) == (before[0] + 1, before[1] + 1)


@pytest.mark.parametrize("kind", ["post.mention.create", "post.reply.create", "post.quote.create", "dm.received"])
async def test_what_x_itself_delivers_is_stored(kind, post, world, x, database, bell):
    webhook = await x.register_webhook(str(post.client.make_url(PATH)))
    await x.subscribe(kind, world.brand.id, webhook)
    ours = world.post(NewPost(author="TarnwellHelp", text="New firmware is out."))
    match kind:
        case "post.mention.create":
            asked(world)
        case "post.reply.create":
            asked(world, "how?", reply_to=ours.id)
        case "post.quote.create":
            asked(world, "really?", quote_of=ours.id)
        case "dm.received":
            world.send("mara_k", "TarnwellHelp", "hello there")
    async with asyncio.timeout(PATIENCE_SECONDS):
        await bell.rung.wait()
    [row] = await stored(database)
    assert (row.author_handle, row.addressed) == ("mara_k", True)
