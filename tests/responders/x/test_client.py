"""The real tweepy client on the sandbox, and on whatever else may stand in X's place."""

from __future__ import annotations

import logging
from contextlib import AsyncExitStack

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from bot.errors import (
    ChannelBusy,
    ChannelDown,
    ChannelError,
    ChannelSpent,
    CredentialsRefused,
    DuplicateRefused,
    OutcomeUnknown,
    PostGone,
    PostRefused,
    SettingsError,
)
from responders.x.client import open_client
from sandbox.faults import Fault, FaultKind
from tests.responders.conftest import settings_for


def html(method="*", status=503):
    return Fault(kind=FaultKind.STATUS, method=method, status=status, html=True)


@pytest.fixture
async def broken():
    """Start a server that answers everything in one way, and give its origin."""
    async with AsyncExitStack() as stack:

        async def start(respond):
            app = web.Application()
            app.router.add_route("*", "/{path:.*}", respond)
            server = await stack.enter_async_context(TestServer(app))
            return str(server.make_url("/"))

        yield start


async def test_the_account_is_that_of_the_tokens(client, world):
    us = await client.me()
    assert (us.id, us.handle) == (world.brand.id, "TarnwellHelp")


async def test_a_mention_comes_with_its_author_and_parent(client, world, say):
    parent = say("TarnwellHelp", "New firmware is out.")
    reply = say("mara_k", "it does not start", reply_to=parent)
    page = await client.mentions(world.brand.id, "1")
    assert [post.id for post in page.posts] == [reply]
    assert page.users[page.posts[0].author_id].username == "mara_k"
    assert page.parents[parent].author_id == world.brand.id


async def test_only_newer_posts_than_asked_for_come(client, world, say):
    first, second = [say("mara_k", f"@TarnwellHelp {number}") for number in range(2)]
    page = await client.mentions(world.brand.id, first)
    assert [post.id for post in page.posts] == [second]


async def test_a_reply_gives_the_id_of_the_new_post(client, world, say):
    post_id = await client.create_reply("Hold the power key. ^Bot", say("mara_k", "@TarnwellHelp help"))
    assert world.get(post_id).body == "Hold the power key. ^Bot"


async def test_a_text_with_every_awkward_character_arrives_as_it_is(client, world, say):
    text = "a&b <c> 100% *\"'+= ñ 日本 🙂\nnext: line; ^Bot"
    post_id = await client.create_reply(text, say("mara_k", "@TarnwellHelp help"))
    assert world.get(post_id).body == text


async def test_one_post_can_be_looked_up(client, say):
    post_id = say("mara_k", "@TarnwellHelp help")
    assert (await client.post(post_id)).text == "@TarnwellHelp help"


async def test_looking_up_a_deleted_post_names_it(client, world, say):
    post_id = say("mara_k", "@TarnwellHelp help")
    world.delete(post_id)
    with pytest.raises(PostGone, match=post_id):
        await client.post(post_id)


async def test_a_post_of_ours_can_be_deleted(client, world, say):
    post_id = await client.create_reply("Oops. ^Bot", say("mara_k", "@TarnwellHelp help"))
    await client.delete(post_id)
    assert world.find(post_id) is None


async def test_a_timeline_of_nobody_is_no_empty_timeline(client):
    with pytest.raises(ChannelError, match=r"x\.access_token"):
        await client.mentions("1", "1")


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        (html(), ChannelDown, "503"),
        (Fault(kind=FaultKind.STATUS, status=500), ChannelDown, "Internal Server Error"),
        (Fault(kind=FaultKind.EMPTY_401), CredentialsRefused, r"x\.access_token_secret"),
        (Fault(kind=FaultKind.RATE_LIMIT), ChannelBusy, "Too Many Requests"),
        (Fault(kind=FaultKind.RATE_LIMIT, headers=False), ChannelBusy, "Too Many Requests"),
        (Fault(kind=FaultKind.RESET, times=2), ChannelDown, "broke the connection"),
    ],
    ids=lambda value: str(value)[:24],
)
async def test_a_fault_while_reading_is_named_with_its_remedy(client, sandbox, fault, kind, words):
    sandbox.faults.add(fault)
    with pytest.raises(kind, match=words):
        await client.mentions(sandbox.world.brand.id, "1")


async def test_a_rate_limit_says_how_long_to_wait(client, sandbox):
    sandbox.faults.add(Fault(kind=FaultKind.RATE_LIMIT))
    with pytest.raises(ChannelBusy) as caught:
        await client.me()
    assert 800 < caught.value.retry_after <= 900


async def test_a_rate_limit_without_headers_leaves_the_wait_open_and_asks_once(client, sandbox):
    sandbox.faults.add(Fault(kind=FaultKind.RATE_LIMIT, headers=False, times=2))
    with pytest.raises(ChannelBusy) as caught:
        await client.me()
    assert caught.value.retry_after is None
    assert [fault.times for fault in sandbox.faults] == [1]


async def test_revoked_tokens_are_named(client, sandbox):
    sandbox.credentials.revoked = True
    with pytest.raises(CredentialsRefused, match=r"x\.consumer_key"):
        await client.me()


async def test_a_wrong_secret_is_named(platform, clock):
    settings = settings_for(str(platform.make_url("/")), access_token_secret="not-the-secret")
    async with open_client(settings, clock) as client:
        with pytest.raises(CredentialsRefused, match=r"x\.access_token_secret"):
            await client.me()


async def test_an_address_where_nobody_listens_is_named(clock):
    origin = f"http://127.0.0.1:{unused_port()}"
    async with open_client(settings_for(origin), clock) as client:
        with pytest.raises(ChannelDown, match=rf"{origin}.*x\.base_url"):
            await client.me()


async def test_a_reply_to_an_address_where_nobody_listens_was_certainly_not_posted(clock):
    origin = f"http://127.0.0.1:{unused_port()}"
    async with open_client(settings_for(origin), clock) as client:
        with pytest.raises(ChannelDown):
            await client.create_reply("Hello. ^Bot", "1")


@pytest.mark.parametrize(
    ("fault", "stored"),
    [
        (html("POST"), []),
        (Fault(kind=FaultKind.STATUS, method="POST"), []),
        (Fault(kind=FaultKind.RESET, method="POST"), []),
        (Fault(kind=FaultKind.LOST, method="POST"), ["Hello. ^Bot"]),
    ],
    ids=["HTML 503", "JSON 503", "reset before it was stored", "lost after it was stored"],
)
async def test_a_reply_that_may_have_been_posted_is_in_doubt(client, sandbox, ask, fault, stored):
    question = ask()
    sandbox.faults.add(fault)
    with pytest.raises(OutcomeUnknown):
        await client.create_reply("Hello. ^Bot", question.id)
    assert question.answers == stored


async def test_a_reply_stored_and_never_answered_is_in_doubt(platform, sandbox, clock, ask):
    question = ask()
    sandbox.faults.add(Fault(kind=FaultKind.HELD, method="POST"))
    async with open_client(settings_for(str(platform.make_url("/")), timeout_seconds=0.2), clock) as client:
        with pytest.raises(OutcomeUnknown, match="in time"):
            await client.create_reply("Hello. ^Bot", question.id)
    await sandbox.release()
    assert question.answers == ["Hello. ^Bot"]


async def test_a_reply_that_is_rate_limited_was_certainly_not_posted(client, sandbox, ask):
    question = ask()
    sandbox.faults.add(Fault(kind=FaultKind.RATE_LIMIT, method="POST"))
    with pytest.raises(ChannelBusy):
        await client.create_reply("Hello. ^Bot", question.id)
    assert question.answers == []


async def test_the_same_reply_twice_is_a_duplicate(client, say):
    post_id = say("mara_k", "@TarnwellHelp help")
    await client.create_reply("Hello. ^Bot", post_id)
    with pytest.raises(DuplicateRefused):
        await client.create_reply("Hello. ^Bot", post_id)


async def test_a_reply_to_a_deleted_post_is_too_late(client, world, say):
    post_id = say("mara_k", "@TarnwellHelp help")
    world.delete(post_id)
    with pytest.raises(PostGone):
        await client.create_reply("Hello. ^Bot", post_id)


async def test_a_reply_to_who_did_not_summon_us_is_refused(client, say):
    with pytest.raises(PostRefused, match="person"):
        await client.create_reply("Hello. ^Bot", say("mara_k", "my laptop is slow"))


async def test_a_reply_that_is_too_long_is_refused(client, say):
    with pytest.raises(PostRefused, match="Shorten"):
        await client.create_reply("word " * 80, say("mara_k", "@TarnwellHelp help"))


async def test_spent_credits_are_no_outage(broken, clock):
    async def respond(_):
        problem = {"title": "CreditsDepleted", "type": "https://api.x.com/2/problems/credits"}
        return web.json_response(problem, status=402)

    async with open_client(settings_for(await broken(respond)), clock) as client:
        with pytest.raises(ChannelSpent, match="Top up"):
            await client.create_reply("Hello. ^Bot", "1")


async def test_a_success_without_an_id_leaves_a_reply_in_doubt(broken, clock):
    async def respond(_):
        return web.json_response({"data": {"text": "Hello. ^Bot"}}, status=201)

    async with open_client(settings_for(await broken(respond)), clock) as client:
        with pytest.raises(OutcomeUnknown):
            await client.create_reply("Hello. ^Bot", "1")


@pytest.mark.parametrize("data", [{"id": 5}, {"id": "5"}, "somebody", None])
async def test_an_account_of_an_unknown_shape_is_named(broken, clock, data):
    async def respond(_):
        return web.json_response({"data": data})

    async with open_client(settings_for(await broken(respond)), clock) as client:
        with pytest.raises(ChannelError, match="X"):
            await client.me()


async def test_a_redirect_is_not_followed_with_our_signature(broken, clock):
    asked = []

    async def respond(request):
        asked.append(request.path)
        raise web.HTTPFound("/elsewhere")

    async with open_client(settings_for(await broken(respond)), clock) as client:
        with pytest.raises(ChannelError, match=r"x\.base_url"):
            await client.create_reply("Hello. ^Bot", "1")
    assert asked == ["/2/tweets"]


async def test_a_page_of_html_from_something_in_between_is_named(broken, clock):
    async def respond(_):
        return web.Response(text="<html>Log in to the hotel's network</html>", content_type="text/html")

    async with open_client(settings_for(await broken(respond)), clock) as client:
        with pytest.raises(ChannelDown, match="not JSON"):
            await client.me()


@pytest.mark.parametrize("address", ["localhost:8601", "", "/2/", "not an address"])
async def test_an_address_that_is_none_is_named(address):
    with pytest.raises(SettingsError, match=r"x\.base_url"):
        async with open_client(settings_for(address)):
            pass


async def test_no_secret_reaches_the_log(platform, clock, caplog, say):
    caplog.set_level(logging.DEBUG)
    settings = settings_for(str(platform.make_url("/")))
    async with open_client(settings, clock) as client:
        await client.create_reply("Hello. ^Bot", say("mara_k", "@TarnwellHelp help"))
        with pytest.raises(PostGone):
            await client.post("1")
    secrets = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
    assert [name for name in secrets if getattr(settings, name).get_secret_value() in caplog.text] == []
    assert "oauth" not in caplog.text.lower()


async def test_the_session_is_closed_at_the_end(settings, clock):
    async with open_client(settings, clock) as client:
        await client.me()
    with pytest.raises(RuntimeError, match="closed"):
        await client.me()
