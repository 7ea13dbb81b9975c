"""Webhooks: how one is registered, and what is delivered to it, when and how often."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestServer

from sandbox.deliveries import PAUSES
from sandbox.webhooks import MOST_WEBHOOKS
from tests.sandbox.receiver import Receiver

ALL = ("post.mention.create", "post.reply.create", "post.quote.create", "post.delete", "dm.received")


@pytest.fixture
def receiver(config) -> Receiver:
    return Receiver(config.consumer_secret)


@pytest.fixture
async def hook(receiver) -> AsyncIterator[str]:
    """The address of the receiver."""
    async with TestServer(receiver.app()) as server:
        yield str(server.make_url("/hook"))


@pytest.fixture
def app(web, config) -> Callable:
    """Asks the API as the app, with its bearer token; gives the status and the body."""

    async def ask(method, path, **options):
        headers = {"Authorization": f"Bearer {config.bearer_token}"}
        answer = await web.request(method, path, headers=headers, **options)
        return answer.status, await answer.json()

    return ask


@pytest.fixture
def subscribe(app, hook, world) -> Callable:
    """Registers the receiver for events about the brand; gives the webhook's id."""

    async def make(*kinds, **more):
        _, webhook = await app("POST", "/2/webhooks", json={"url": hook})
        for kind in kinds:
            wish = {"event_type": kind, "filter": {"user_id": world.brand.id}, "webhook_id": webhook["id"], **more}
            status, body = await app("POST", "/2/activity/subscriptions", json=wish)
            assert status == 200, body
        return webhook["id"]

    return make


async def test_a_receiver_that_knows_the_secret_is_registered(app, hook):
    status, webhook = await app("POST", "/2/webhooks", json={"url": hook})
    assert (status, webhook["url"], webhook["valid"]) == (200, hook, True)
    assert await app("GET", "/2/webhooks") == (200, {"data": [webhook], "meta": {"result_count": 1}})


@pytest.mark.parametrize("wrong", [{"secret": "another"}, {"crc_status": 500}, {"crc_status": 302}])
async def test_a_receiver_that_fails_the_check_is_refused(app, receiver, hook, wrong):
    for name, value in wrong.items():
        setattr(receiver, name, value)
    status, body = await app("POST", "/2/webhooks", json={"url": hook})
    assert (status, body["title"]) == (400, "Invalid Request")
    assert body["errors"][0]["message"].startswith("CrcValidationFailed: ")
    assert await app("GET", "/2/webhooks") == (200, {"meta": {"result_count": 0}})


async def test_a_receiver_that_is_not_there_is_refused(app, unused_tcp_port):
    _, body = await app("POST", "/2/webhooks", json={"url": f"http://127.0.0.1:{unused_tcp_port}/hook"})
    assert body["errors"][0]["message"].startswith("CrcValidationFailed: ")


@pytest.mark.parametrize(
    "url",
    [
        "http://tarnwell.example/hook",
        "https://tarnwell.example:8443/hook",
        f"https://tarnwell.example/{'x' * 200}",
        "ftp://127.0.0.1/hook",
        "nonsense",
        "https://[",
    ],
)
async def test_an_address_that_x_would_not_call_is_refused(app, url):
    status, body = await app("POST", "/2/webhooks", json={"url": url})
    assert status == 400
    assert body["errors"][0]["message"].startswith("UrlValidationFailed: ")


async def test_one_address_is_registered_once(app, hook):
    await app("POST", "/2/webhooks", json={"url": hook})
    _, body = await app("POST", "/2/webhooks", json={"url": hook})
    assert body["errors"][0]["message"].startswith("DuplicateUrlFailed: ")


async def test_an_app_has_only_so_many_webhooks(app, hook):
    for number in range(MOST_WEBHOOKS):
        await app("POST", "/2/webhooks", json={"url": f"{hook}?n={number}"})
    _, body = await app("POST", "/2/webhooks", json={"url": hook})
    assert body["errors"][0]["message"].startswith("WebhookLimitExceeded: ")


async def test_a_webhook_is_invalid_after_a_failed_check_until_the_next_one(app, receiver, hook):
    _, webhook = await app("POST", "/2/webhooks", json={"url": hook})
    receiver.crc_status = 500
    status, _ = await app("PUT", f"/2/webhooks/{webhook['id']}")
    assert (status, (await app("GET", "/2/webhooks"))[1]["data"][0]["valid"]) == (400, False)
    receiver.crc_status = 200
    assert await app("PUT", f"/2/webhooks/{webhook['id']}") == (200, {"data": {"attempted": True}})
    assert (await app("GET", "/2/webhooks"))[1]["data"][0]["valid"] is True


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_an_unknown_webhook_is_named(app, method):
    status, body = await app(method, "/2/webhooks/12")
    assert (status, body["errors"][0]["message"].split(":")[0]) == (400, "WebhookIdInvalid")


async def test_only_the_app_itself_has_webhooks(x, web):
    status = (await web.get("/2/webhooks")).status
    assert status == 401


async def test_a_mention_is_delivered_with_its_post(subscribe, receiver, say, world):
    await subscribe("post.mention.create", tag="mentions")
    number = say("mara_k", "hey @TarnwellHelp, it is <hot>")
    event = await receiver.next()
    assert (event["event_type"], event["tag"]) == ("post.mention.create", "mentions")
    assert event["filter"] == {"user_id": world.brand.id}
    assert event["payload"]["id"] == number
    assert event["payload"]["text"] == "hey @TarnwellHelp, it is &lt;hot&gt;"
    assert event["payload"]["author_id"] == event["includes"]["users"][0]["id"]


async def test_a_reply_that_names_the_brand_makes_two_events(subscribe, receiver, say):
    await subscribe(*ALL)
    own = say("TarnwellHelp", "New firmware is out.")
    say("mara_k", "@TarnwellHelp finally!", reply_to=own)
    events = [await receiver.next(), await receiver.next()]
    assert [event["event_type"] for event in events] == ["post.mention.create", "post.reply.create"]
    assert events[0]["event_uuid"] != events[1]["event_uuid"]
    assert events[1]["payload"]["in_reply_to_tweet_id"] == own


async def test_being_carried_along_by_a_reply_makes_no_mention(subscribe, receiver, say):
    await subscribe(*ALL)
    own = say("TarnwellHelp", "New firmware is out.")
    finally_there = say("mara_k", "finally!", reply_to=own)
    say("jon", "same here", reply_to=finally_there)
    say("sofia", "@TarnwellHelp and mine?")
    kinds = [(await receiver.next())["event_type"] for _ in range(2)]
    assert kinds == ["post.reply.create", "post.mention.create"]


async def test_a_quote_is_an_event_and_a_repost_is_none(subscribe, receiver, say):
    await subscribe(*ALL)
    own = say("TarnwellHelp", "We are here.")
    say("jon", repost_of=own)
    say("sofia", "really?", quote_of=own)
    event = await receiver.next()
    assert event["event_type"] == "post.quote.create"
    assert event["payload"]["referenced_tweets"] == [{"type": "quoted", "id": own}]


async def test_a_deletion_of_an_own_post_is_told(subscribe, receiver, say, world):
    await subscribe(*ALL)
    own = say("TarnwellHelp", "Oops")
    world.delete(own)
    event = await receiver.next()
    assert event["event_type"] == "post.delete"
    assert event["payload"] == {"id": own, "author_id": world.brand.id}


async def test_a_direct_message_is_delivered_in_the_older_shape(subscribe, receiver, world):
    await subscribe(*ALL)
    sent = world.send("mara_k", "TarnwellHelp", "my order is TN-1")
    message = (await receiver.next())["payload"]["direct_message_events"][0]
    assert (message["id"], message["message_create"]["sender_id"]) == (sent.id, sent.sender.id)
    assert message["message_create"]["message_data"]["text"] == "my order is TN-1"


async def test_posts_of_protected_and_blocked_accounts_are_never_delivered(subscribe, receiver, say, world):
    await subscribe(*ALL)
    world.protect("quiet")
    world.block("TarnwellHelp", "troll")
    world.block("offended", "TarnwellHelp")
    for author in ("quiet", "troll", "offended", "mara_k"):
        say(author, f"@TarnwellHelp from {author}")
    assert (await receiver.next())["payload"]["text"] == "@TarnwellHelp from mara_k"


async def test_a_late_post_is_delivered_once_it_is_indexed(subscribe, receiver, say, world):
    await subscribe(*ALL)
    late = say("mara_k", "@TarnwellHelp slow", late=True)
    soon = say("jon", "@TarnwellHelp quick")
    world.index(late)
    assert [(await receiver.next())["payload"]["id"] for _ in range(2)] == [soon, late]


async def test_an_event_is_delivered_again_until_it_is_acknowledged(subscribe, receiver, say, web, pauses):
    await subscribe(*ALL)
    receiver.statuses += [503, 500]
    say("mara_k", "@TarnwellHelp hello?")
    uuids = {(await receiver.next())["event_uuid"] for _ in range(3)}
    assert (len(uuids), pauses.seconds) == (1, list(PAUSES[:2]))
    say("mara_k", "@TarnwellHelp again")
    await receiver.next()
    log = (await (await web.get("/sandbox/deliveries")).json())["deliveries"]
    assert [(one["attempt"], one["status"]) for one in log[:3]] == [(1, 503), (2, 500), (3, 200)]
    assert {one["event_uuid"] for one in log[:3]} == uuids


async def test_an_event_is_given_up_in_the_end(subscribe, receiver, say, world):
    await subscribe(*ALL)
    receiver.statuses += [500] * (len(PAUSES) + 1)
    say("mara_k", "@TarnwellHelp hello?")
    first = [await receiver.next() for _ in range(len(PAUSES) + 1)]
    say("mara_k", "@TarnwellHelp again")
    assert (await receiver.next())["event_uuid"] not in {event["event_uuid"] for event in first}


async def test_nothing_is_delivered_to_an_invalid_webhook(subscribe, receiver, say, app):
    number = await subscribe(*ALL)
    receiver.crc_status = 500
    await app("PUT", f"/2/webhooks/{number}")
    say("mara_k", "@TarnwellHelp lost")
    receiver.crc_status = 200
    await app("PUT", f"/2/webhooks/{number}")
    say("mara_k", "@TarnwellHelp heard")
    assert (await receiver.next())["payload"]["text"] == "@TarnwellHelp heard"


async def test_past_events_are_replayed_under_the_same_uuid(subscribe, receiver, say, app, clock):
    number = await subscribe(*ALL)
    say("mara_k", "@TarnwellHelp early")
    early = await receiver.next()
    clock.move(hours=2)
    say("mara_k", "@TarnwellHelp late")
    await receiver.next()
    minute = "%Y%m%d%H%M"
    past = (clock.now - timedelta(hours=3), clock.now - timedelta(hours=1))
    span = {"from_date": past[0].strftime(minute), "to_date": past[1].strftime(minute)}
    status, _ = await app("POST", "/2/webhooks/replay", json={"webhook_id": number, **span})
    assert (status, await receiver.next()) == (200, early)


async def test_subscriptions_are_listed_and_ended(subscribe, receiver, say, app):
    await subscribe(*ALL[:2])
    _, listed = await app("GET", "/2/activity/subscriptions")
    assert [one["event_type"] for one in listed["data"]] == list(ALL[:2])
    status, body = await app("DELETE", f"/2/activity/subscriptions/{listed['data'][0]['subscription_id']}")
    assert (status, body) == (200, {"data": {"deleted": True}, "meta": {"total_subscriptions": 1}})
    own = say("TarnwellHelp", "News")
    say("mara_k", "@TarnwellHelp thanks", reply_to=own)
    assert (await receiver.next())["event_type"] == "post.reply.create"


@pytest.mark.parametrize(
    "wish",
    [
        {"event_type": "post.mention.create"},
        {"event_type": "weather.change", "filter": {"user_id": "1"}},
        {"event_type": "dm.received", "filter": {"user_id": "me"}},
        {"event_type": "dm.received", "filter": {"user_id": "1", "colour": "red"}},
        {"event_type": "dm.received", "filter": {"user_id": "1"}, "webhook_id": "12"},
        {"event_type": "dm.received", "filter": {"user_id": "1"}, "tag": "x" * 201},
        {"event_type": "dm.received", "filter": {"user_id": "1"}, "colour": "red"},
    ],
)
async def test_a_subscription_that_makes_no_sense_is_refused(app, wish):
    status, body = await app("POST", "/2/activity/subscriptions", json=wish)
    assert (status, body["type"].rsplit("/", 1)[1]) == (400, "invalid-request")


class TestFaults:
    @pytest.fixture(autouse=True)
    async def _subscribed(self, subscribe):
        await subscribe(*ALL)

    @pytest.fixture
    def arm(self, web):
        async def add(**fault):
            assert (await web.post("/sandbox/faults", json=fault)).status == 201

        return add

    @pytest.fixture
    def texts(self, receiver):
        async def collect(count):
            return [(await receiver.next())["payload"]["text"].split()[-1] for _ in range(count)]

        return collect

    async def test_an_event_comes_twice_under_one_uuid(self, arm, receiver, say):
        await arm(kind="event_twice")
        say("mara_k", "@TarnwellHelp once")
        assert await receiver.next() == await receiver.next()

    async def test_an_event_comes_after_the_next_one(self, arm, say, texts):
        await arm(kind="event_late")
        for word in ("one", "two", "three"):
            say("mara_k", f"@TarnwellHelp {word}")
        assert await texts(3) == ["two", "one", "three"]

    async def test_an_event_that_is_held_back_comes_when_faults_are_cleared(self, arm, say, texts, web):
        await arm(kind="event_late")
        say("mara_k", "@TarnwellHelp alone")
        await web.delete("/sandbox/faults")
        assert await texts(1) == ["alone"]

    async def test_an_event_is_dropped(self, arm, say, texts):
        await arm(kind="event_dropped", event="post.mention.create")
        say("mara_k", "@TarnwellHelp one")
        say("mara_k", "@TarnwellHelp two")
        assert await texts(1) == ["two"]

    async def test_a_forged_event_has_a_wrong_signature_and_does_not_come_again(self, arm, receiver, say):
        await arm(kind="event_forged")
        receiver.statuses += [401]
        say("mara_k", "@TarnwellHelp one")
        say("mara_k", "@TarnwellHelp two")
        signatures = [
            (event["payload"]["text"][-3:], right) for event, right in [await receiver.next_signed() for _ in range(2)]
        ]
        assert signatures == [("one", False), ("two", True)]
