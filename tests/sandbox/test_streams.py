"""The filtered stream and the activity stream: lines, rules, connections."""

import asyncio
import json
from collections.abc import Callable

import pytest

from sandbox.config import SandboxConfig

RULES = "/2/tweets/search/stream/rules"
SEARCH = "/2/tweets/search/stream"
ACTIVITY = "/2/activity/stream"


@pytest.fixture
def app(web, config) -> Callable:
    """Asks the API as the app; gives the answer, which is still open."""

    async def ask(method, path, **options):
        headers = {"Authorization": f"Bearer {config.bearer_token}"}
        async with asyncio.timeout(5):
            return await web.request(method, path, headers=headers, **options)

    return ask


@pytest.fixture
def add(app) -> Callable:
    """Adds rules; gives the body of the answer."""

    async def post(*rules, **more):
        answer = await app("POST", RULES, json={"add": list(rules)}, **more)
        return await answer.json()

    return post


async def line(stream):
    async with asyncio.timeout(5):
        return json.loads(await stream.content.readuntil(b"\r\n"))


async def test_a_post_that_matches_a_rule_is_sent_in_one_line(app, add, say):
    rules = (await add({"value": "@TarnwellHelp -is:retweet", "tag": "named"}, {"value": "Wi-Fi"}))["data"]
    stream = await app("GET", f"{SEARCH}?expansions=author_id")
    say("jon", "nothing of that kind")
    number = say("mara_k", "@TarnwellHelp no Wi-Fi")
    sent = await line(stream)
    assert sent["data"]["id"] == number
    assert sent["includes"]["users"][0]["username"] == "mara_k"
    assert sent["matching_rules"] == [{"id": rules[0]["id"], "tag": "named"}, {"id": rules[1]["id"]}]
    stream.close()


async def test_protected_late_and_unmatched_posts_are_not_sent(app, add, say, world):
    await add({"value": "hello"})
    stream = await app("GET", SEARCH)
    world.protect("quiet")
    say("quiet", "hello")
    late = say("mara_k", "hello, late", late=True)
    say("jon", "goodbye")
    soon = say("jon", "hello, soon")
    world.index(late)
    assert [(await line(stream))["data"]["id"] for _ in range(2)] == [soon, late]
    stream.close()


async def test_without_rules_there_is_no_stream(app):
    answer = await app("GET", SEARCH)
    assert (answer.status, (await answer.json())["connection_issue"]) == (409, "RuleConfigurationIssue")


async def test_a_disconnect_says_why_and_ends_the_stream(app, web):
    stream = await app("GET", ACTIVITY)
    await web.delete("/sandbox/streams")
    assert (await line(stream))["errors"][0]["disconnect_type"] == "UpstreamOperationalDisconnect"
    assert await stream.content.read() == b""


async def test_events_subscribed_to_come_on_the_activity_stream(app, say, world):
    stream = await app("GET", ACTIVITY)
    wish = {"event_type": "post.mention.create", "filter": {"user_id": world.brand.id}, "tag": "mine"}
    await app("POST", "/2/activity/subscriptions", json=wish)
    say("jon", "nothing")
    number = say("mara_k", "@TarnwellHelp hello")
    sent = (await line(stream))["data"]
    assert (sent["payload"]["id"], sent["event_type"], sent["tag"]) == (number, "post.mention.create", "mine")
    stream.close()


async def test_only_the_app_itself_streams(web, x):
    assert (await web.get(ACTIVITY)).status == 401


async def test_rules_are_listed_and_deleted_by_id_or_value(app, add):
    made = (await add({"value": "one"}, {"value": "two"}, {"value": "three"}))["data"]
    answer = await app("POST", RULES, json={"delete": {"ids": [made[0]["id"], "12"], "values": ["two"]}})
    assert (await answer.json())["meta"]["summary"] == {"deleted": 2, "not_deleted": 1}
    listed = await (await app("GET", RULES)).json()
    assert [rule["value"] for rule in listed["data"]] == ["three"]
    assert listed["meta"]["result_count"] == 1


async def test_a_rule_that_is_there_already_is_named_and_the_others_are_made(add):
    first = (await add({"value": "one"}))["data"][0]
    body = await add({"value": "one"}, {"value": "two"})
    assert body["errors"][0]["id"] == first["id"]
    assert body["errors"][0]["title"] == "DuplicateRule"
    assert body["meta"]["summary"] == {"created": 1, "not_created": 1, "valid": 1, "invalid": 1}


@pytest.mark.parametrize("value", ["(hello", "is:retweet", "colour:red", "x" * 1_025])
async def test_a_rule_that_cannot_be_read_is_invalid(add, value):
    body = await add({"value": value})
    assert body["errors"][0]["type"].endswith("/invalid-rules")
    assert "data" not in body


@pytest.mark.parametrize(
    "body", [{}, {"add": [], "delete": {}}, {"add": "one"}, {"add": [{"tag": "x"}]}, {"delete": {"ids": 5}}]
)
async def test_a_change_of_rules_that_makes_no_sense_is_refused(app, body):
    answer = await app("POST", RULES, json=body)
    assert answer.status == 400


class TestKeepAlive:
    @pytest.fixture
    def config(self) -> SandboxConfig:
        return SandboxConfig(port=0, keep_alive_seconds=0.01)

    async def test_a_silent_stream_sends_empty_lines(self, app):
        stream = await app("GET", ACTIVITY)
        async with asyncio.timeout(5):
            assert await stream.content.readexactly(4) == b"\r\n\r\n"
        stream.close()


class TestConnections:
    @pytest.fixture
    def config(self) -> SandboxConfig:
        return SandboxConfig(port=0, limit_scale=1_000)

    async def test_a_second_connection_is_one_too_many_until_the_first_has_left(self, app, add):
        await add({"value": "hello"})
        first = await app("GET", SEARCH)
        second = await app("GET", SEARCH)
        assert (second.status, (await second.json())["connection_issue"]) == (429, "TooManyConnections")
        first.close()
        async with asyncio.timeout(5):
            while (again := await app("GET", SEARCH)).status != 200:
                await asyncio.sleep(0)
        again.close()
