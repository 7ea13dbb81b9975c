"""The real tweepy client on the sandbox, and on whatever else may stand in X's place."""

from __future__ import annotations

import logging
import traceback
from contextlib import AsyncExitStack

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port
from prometheus_client import REGISTRY

from bot.errors import (
    ChannelBusy,
    ChannelCapped,
    ChannelDown,
    ChannelError,
    ChannelSpent,
    CredentialsRefused,
    DuplicateRefused,
    NotSummoned,
    OutcomeUnknown,
    PostGone,
    PostRefused,
    SettingsError,
)
from responders.x.asking import TRIES
from responders.x.client import open_client
from responders.x.posts import message_text
from responders.x.windows import FIRST_SECONDS
from sandbox.faults import Fault, FaultKind
from tests.responders.conftest import settings_for


def html(method="*", times=1):
    return Fault(kind=FaultKind.STATUS, method=method, html=True, times=times)


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
        (html(times=0), ChannelDown, "503"),
        (Fault(kind=FaultKind.STATUS, status=500, times=0), ChannelDown, "Internal Server Error"),
        (Fault(kind=FaultKind.EMPTY_401), CredentialsRefused, r"x\.access_token_secret"),
        (Fault(kind=FaultKind.RATE_LIMIT), ChannelBusy, "Too Many Requests"),
        (Fault(kind=FaultKind.RATE_LIMIT, headers=False), ChannelBusy, "Too Many Requests"),
        (Fault(kind=FaultKind.RESET, times=0), ChannelDown, "broke the connection"),
        (Fault(kind=FaultKind.CREDITS), ChannelSpent, "Top up"),
        (Fault(kind=FaultKind.USAGE_CAP), ChannelCapped, "Raise the plan"),
        (Fault(kind=FaultKind.SPEND_CAP), ChannelCapped, "Raise the spending limit"),
    ],
    ids=lambda value: str(value)[:24],
)
async def test_a_fault_while_reading_is_named_with_its_remedy(client, sandbox, fault, kind, words):
    sandbox.faults.add(fault)
    with pytest.raises(kind, match=words):
        await client.mentions(sandbox.world.brand.id, "1")


@pytest.mark.parametrize("fault", [html(times=TRIES - 1), Fault(kind=FaultKind.STATUS, status=500)])
async def test_a_read_is_tried_again_while_x_is_down(client, sandbox, fault):
    sandbox.faults.add(fault)
    assert (await client.me()).handle == "TarnwellHelp"


async def test_a_read_is_not_tried_for_ever(client, sandbox):
    sandbox.faults.add(html(times=TRIES + 5))
    with pytest.raises(ChannelDown):
        await client.me()
    assert [fault.times for fault in sandbox.faults] == [5]


@pytest.mark.parametrize("fault", [html("POST", times=3), Fault(kind=FaultKind.RESET, method="POST", times=3)])
async def test_a_write_is_never_tried_again(client, sandbox, ask, fault):
    question = ask()
    sandbox.faults.add(fault)
    with pytest.raises(OutcomeUnknown):
        await client.create_reply("Hello. ^Bot", question.id)
    assert [left.times for left in sandbox.faults] == [2]


async def test_a_rate_limit_says_how_long_to_wait(client, sandbox):
    sandbox.faults.add(Fault(kind=FaultKind.RATE_LIMIT))
    with pytest.raises(ChannelBusy) as caught:
        await client.me()
    assert 800 < caught.value.retry_after <= 900


async def test_a_rate_limit_without_headers_is_waited_for_and_asked_once(client, sandbox):
    sandbox.faults.add(Fault(kind=FaultKind.RATE_LIMIT, headers=False, times=3))
    for _ in range(5):
        with pytest.raises(ChannelBusy) as caught:
            await client.me()
        assert 0 < caught.value.retry_after <= FIRST_SECONDS
    assert [fault.times for fault in sandbox.faults] == [2]


async def test_a_second_rate_limit_without_headers_is_waited_for_longer(client, clock, sandbox):
    sandbox.faults.add(Fault(kind=FaultKind.RATE_LIMIT, headers=False, times=2))
    waits = []
    for _ in range(2):
        with pytest.raises(ChannelBusy) as caught:
            await client.me()
        waits.append(caught.value.retry_after)
        clock.move(seconds=waits[-1] + 1)
    assert waits == [FIRST_SECONDS, 2 * FIRST_SECONDS]
    await client.me()


async def test_a_window_that_is_used_up_is_not_asked_again_until_it_resets(client, clock, sandbox):
    for _ in range(75):
        await client.me()
    assert client.allowance("me").remaining == 0
    sandbox.faults.add(html(times=0))  # whatever reached X now would meet this
    with pytest.raises(ChannelBusy) as caught:
        await client.me()
    sandbox.faults.clear()
    clock.move(seconds=caught.value.retry_after + 1)
    await client.me()
    assert client.allowance("me").remaining == 74


async def test_the_allowance_of_one_verb_is_not_that_of_another(client, world):
    await client.mentions(world.brand.id, "1")
    assert client.allowance("mentions").remaining == 299
    assert 890 < client.allowance("mentions").seconds <= 901
    assert client.allowance("create_reply").remaining is None


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
    with pytest.raises(NotSummoned, match="person"):
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


async def test_a_success_with_another_content_type_is_read_all_the_same(broken, clock):
    async def respond(_):
        return web.Response(text='{"data": {"id": "5", "username": "tarnwell"}}', content_type="text/html")

    async with open_client(settings_for(await broken(respond)), clock) as client:
        assert (await client.me()).handle == "tarnwell"


SECRETS = ("consumer_key", "consumer_secret", "access_token", "access_token_secret", "bearer_token")


def secrets_in(text, settings):
    return [name for name in SECRETS if getattr(settings, name).get_secret_value() in text]


async def test_no_secret_reaches_the_log(platform, clock, caplog, say):
    caplog.set_level(logging.DEBUG)
    settings = settings_for(str(platform.make_url("/")))
    async with open_client(settings, clock) as client:
        await client.create_reply("Hello. ^Bot", say("mara_k", "@TarnwellHelp help"))
        await client.webhooks()
        with pytest.raises(PostGone):
            await client.post("1")
    assert secrets_in(caplog.text, settings) == []
    assert "oauth" not in caplog.text.lower()


@pytest.mark.parametrize("kind", [FaultKind.EMPTY_401, FaultKind.RESET, FaultKind.STATUS, FaultKind.RATE_LIMIT])
async def test_no_secret_is_in_an_error_or_its_traceback(client, sandbox, settings, kind):
    sandbox.faults.add(Fault(kind=kind, times=0))
    for ask in (client.me, client.webhooks):
        with pytest.raises(ChannelError) as caught:
            await ask()
        told = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
        assert secrets_in(told, settings) == []
        assert "oauth_signature" not in told


async def test_the_brands_other_accounts_and_the_rule_of_summons_come_from_the_settings(platform, clock):
    settings = settings_for(
        str(platform.make_url("/")), also_ours=("@Tarnwell", "tarnwell_news"), summoned_by="replying"
    )
    async with open_client(settings, clock) as client:
        us = await client.me()
    assert (us.also_ours, us.summoned_by) == ({"tarnwell", "tarnwell_news"}, "replying")


async def test_several_posts_are_looked_up_and_the_missing_are_named(client, world, say):
    here, gone = say("mara_k", "one"), say("mara_k", "two")
    world.delete(gone)
    page = await client.posts([here, gone])
    assert ([post.id for post in page.posts], page.missing) == ([here], (gone,))


async def test_when_nothing_is_left_of_several_posts_all_are_named(client, world, say):
    gone = [say("mara_k", text) for text in ("one", "two")]
    for post_id in gone:
        world.delete(post_id)
    assert set((await client.posts(gone)).missing) == set(gone)


async def test_of_no_posts_none_are_asked_for(client):
    assert (await client.posts([])).posts == ()
    assert client.allowance("posts").remaining is None


async def test_posts_are_found_by_what_they_say_within_bounds(client, say):
    said = [say("mara_k", f"@TarnwellHelp charger {number}") for number in range(4)]
    page = await client.search("@TarnwellHelp charger", since_id=said[0], until_id=said[3])
    assert [post.id for post in page.posts] == [said[2], said[1]]
    assert page.users[page.posts[0].author_id].username == "mara_k"


async def test_a_direct_message_is_sent_and_heard_on_both_sides(client, world):
    world.send("mara_k", "TarnwellHelp", "my order <1234>")
    mara = world.accounts.named("mara_k")
    sent = await client.send_message(mara.id, "Thank you. ^MK")
    for page in (await client.messages(), await client.messages_with(mara.id)):
        assert [(message_text(each), each.sender_id) for each in page.messages] == [
            ("Thank you. ^MK", world.brand.id),
            ("my order <1234>", mara.id),
        ]
        assert page.messages[0].id == sent
        assert page.users[mara.id].username == "mara_k"


async def test_a_message_to_who_takes_none_is_refused(client, world):
    world.send("mara_k", "TarnwellHelp", "hello")
    world.block("mara_k", "TarnwellHelp")
    with pytest.raises(PostRefused):
        await client.send_message(world.accounts.named("mara_k").id, "Hello. ^MK")


async def test_without_the_apps_token_webhooks_are_not_asked_for(platform, clock):
    settings = settings_for(str(platform.make_url("/")), bearer_token="")
    async with open_client(settings, clock) as client:
        with pytest.raises(SettingsError, match=r"x\.bearer_token"):
            await client.webhooks()


def counted(name, **labels):
    return REGISTRY.get_sample_value(name, {"channel": "x", **labels}) or 0


async def test_requests_and_their_errors_are_counted_by_verb(client, sandbox):
    requests, errors = "heed_channel_requests_total", "heed_channel_request_errors_total"
    before = counted(requests, verb="me"), counted(errors, verb="me", kind="ChannelDown")
    sandbox.faults.add(html())
    await client.me()
    after = counted(requests, verb="me"), counted(errors, verb="me", kind="ChannelDown")
    assert (after[0] - before[0], after[1] - before[1]) == (2, 1)


async def test_the_session_is_closed_at_the_end(settings, clock):
    async with open_client(settings, clock) as client:
        await client.me()
    with pytest.raises(RuntimeError, match="closed"):
        await client.me()
