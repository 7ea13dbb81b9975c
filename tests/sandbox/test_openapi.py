"""The sandbox against X's own description of its API, in the file that X_OPENAPI names (version 2.166)."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from oauthlib.oauth1 import Client

from sandbox.config import SandboxConfig
from sandbox.limits import PER_WINDOW, Caller, Endpoint
from tests.sandbox.description import Description
from tests.sandbox.receiver import Receiver

FILE = os.environ.get("X_OPENAPI", "")
pytestmark = pytest.mark.skipif(not FILE, reason="X_OPENAPI names no description of X's API")

EVERYTHING = (
    "tweet.fields=author_id,conversation_id,created_at,display_text_range,edit_controls,entities,in_reply_to_user_id,"
    "lang,note_tweet,possibly_sensitive,public_metrics,referenced_tweets,reply_settings,source"
    "&expansions=author_id,referenced_tweets.id,referenced_tweets.id.author_id,in_reply_to_user_id,"
    "entities.mentions.username,edit_history_tweet_ids"
    "&user.fields=created_at,description,protected,public_metrics,verified,verified_type,connection_status,"
    "receives_your_dm,subscription_type"
)
MESSAGES = "dm_event.fields=created_at,dm_conversation_id,event_type,id,participant_ids,sender_id,text,entities"
PEOPLE = "user.fields=created_at,protected,public_metrics,verified,receives_your_dm,connection_status"


@dataclass(frozen=True)
class Call:
    """One request; the braces in path and body are filled from the stage."""

    endpoint: Endpoint
    path: str
    body: dict | None = None
    status: int = 200

    def __str__(self) -> str:
        return f"{self.endpoint.value.split(' ')[0]} {self.path.split('?')[0]} {self.status}"


E = Endpoint
CALLS = (
    Call(E.ME, f"/2/users/me?{PEOPLE}"),
    Call(E.USER, f"/2/users/{{mara}}?{PEOPLE}"),
    Call(E.USER, "/2/users/12"),
    Call(E.USER, "/2/users/me_not", status=400),
    Call(E.USERS, f"/2/users?ids={{mara}},12&{PEOPLE}"),
    Call(E.USERS_BY, f"/2/users/by?usernames=mara_k,nobody_here&{PEOPLE}"),
    Call(E.BLOCKING, f"/2/users/{{brand}}/blocking?{PEOPLE}"),
    Call(E.MENTIONS, f"/2/users/{{brand}}/mentions?max_results=100&{EVERYTHING}"),
    Call(E.MENTIONS, "/2/users/{brand}/mentions?max_results=5"),
    Call(E.MENTIONS, "/2/users/{mara}/mentions?since_id={last}"),
    Call(E.MENTIONS, "/2/users/{brand}/mentions?max_results=4", status=400),
    Call(E.MENTIONS, "/2/users/12/mentions"),
    Call(E.PUBLISHED, f"/2/users/{{brand}}/tweets?exclude=replies&{EVERYTHING}"),
    Call(E.LOOK_UP, f"/2/tweets/{{long}}?{EVERYTHING}"),
    Call(E.LOOK_UP, f"/2/tweets/{{edited}}?{EVERYTHING}"),
    Call(E.LOOK_UP, f"/2/tweets/{{hidden}}?{EVERYTHING}"),
    Call(E.LOOK_UP, "/2/tweets/{gone}"),
    Call(E.LOOK_UP_MANY, f"/2/tweets?ids={{question}},{{gone}},{{hidden}},{{orphan}}&{EVERYTHING}"),
    Call(E.SEARCH, f"/2/tweets/search/recent?query=%40TarnwellHelp%20-is%3Aretweet&max_results=10&{EVERYTHING}"),
    Call(E.SEARCH, "/2/tweets/search/recent?query=is%3Aretweet", status=400),
    Call(E.CREATE, "/2/tweets", {"text": "Hello. ^Bot", "reply": {"in_reply_to_tweet_id": "{question}"}}, status=201),
    Call(E.CREATE, "/2/tweets", {"text": "Hello?", "reply": {"in_reply_to_tweet_id": "{gone}"}}, status=403),
    Call(E.CREATE, "/2/tweets", {"text": "Hello?", "reply": {"in_reply_to_tweet_id": "{unasked}"}}, status=403),
    Call(E.CREATE, "/2/tweets", {"text": "x" * 281}, status=400),
    Call(E.CREATE, "/2/tweets", {"text": "x", "reply": {}}, status=400),
    Call(E.DELETE, "/2/tweets/{news}"),
    Call(E.DELETE, "/2/tweets/{question}", status=403),
    Call(E.HIDE, "/2/tweets/{answer}/hidden", {"hidden": True}),
    Call(E.MESSAGES, f"/2/dm_events?{MESSAGES}"),
    Call(E.MESSAGES_WITH, f"/2/dm_conversations/with/{{mara}}/dm_events?{MESSAGES}"),
    Call(E.SEND, "/2/dm_conversations/with/{mara}/messages", {"text": "Hello in private."}, status=201),
    Call(E.SEND, "/2/dm_conversations/with/{jon}/messages", {"text": "Hello in private."}, status=403),
    Call(E.RULES, "/2/tweets/search/stream/rules"),
    Call(E.CHANGE_RULES, "/2/tweets/search/stream/rules", {"add": [{"value": "new", "tag": "t"}, {"value": "hello"}]}),
    Call(E.CHANGE_RULES, "/2/tweets/search/stream/rules", {"add": [{"value": "(unclosed"}]}),
    Call(E.CHANGE_RULES, "/2/tweets/search/stream/rules", {"delete": {"values": ["hello", "none"]}}),
    Call(E.CHANGE_RULES, "/2/tweets/search/stream/rules", {}, status=400),
    Call(E.SUBSCRIPTIONS, "/2/activity/subscriptions"),
    Call(E.SUBSCRIBE, "/2/activity/subscriptions", {"event_type": "dm.received", "filter": {"user_id": "{brand}"}}),
    Call(E.SUBSCRIBE, "/2/activity/subscriptions", {"event_type": "dm.received"}, status=400),
    Call(E.UNSUBSCRIBE, "/2/activity/subscriptions/{subscription}"),
    Call(E.UNSUBSCRIBE, "/2/activity/subscriptions/12", status=400),
    Call(E.WEBHOOKS, "/2/webhooks"),
    Call(E.CREATE_WEBHOOK, "/2/webhooks", {"url": "{hook}?second"}),
    Call(E.CREATE_WEBHOOK, "/2/webhooks", {"url": "http://tarnwell.example/"}, status=400),
    Call(E.CHECK_WEBHOOK, "/2/webhooks/{webhook}"),
    Call(E.CHECK_WEBHOOK, "/2/webhooks/12", status=400),
    Call(E.DELETE_WEBHOOK, "/2/webhooks/{webhook}"),
    Call(
        E.REPLAY,
        "/2/webhooks/replay",
        {"webhook_id": "{webhook}", "from_date": "202611210900", "to_date": "202611211000"},
    ),
    Call(E.REPLAY, "/2/webhooks/replay", {"webhook_id": "12"}, status=400),
)
STREAMS = (
    Call(E.SEARCH_STREAM, f"/2/tweets/search/stream?{EVERYTHING}"),
    Call(E.ACTIVITY_STREAM, "/2/activity/stream"),
)


@pytest.fixture(scope="module")
def description() -> Description:
    return Description(Path(FILE))


@dataclass
class Asking:
    """Asks as the brand where its account is wanted, and else as the app."""

    web: object
    config: SandboxConfig
    names: dict[str, str] = field(default_factory=dict)

    async def __call__(self, call: Call, *, caller: Caller | None = None, signed: bool = True):
        method, path = call.endpoint.value.split(" ")[0], self._filled(call.path)
        user = (call.endpoint, Caller.USER) in PER_WINDOW if caller is None else caller is Caller.USER
        headers = {"Content-Type": "application/json"} | (self._keys(method, path, user=user) if signed else {})
        body = None if call.body is None else self._filled(json.dumps(call.body))
        return await self.web.request(method, path, headers=headers, data=body)

    def _keys(self, method: str, path: str, *, user: bool) -> dict[str, str]:
        if not user:
            return {"Authorization": f"Bearer {self.config.bearer_token}"}
        keys = (self.config.consumer_key, self.config.consumer_secret)
        signer = Client(*keys, self.config.access_token, self.config.access_token_secret)
        return signer.sign(f"https://api.twitter.com{path}", method)[1]

    def _filled(self, text: str) -> str:
        for name, value in self.names.items():
            text = text.replace(f"{{{name}}}", value)
        return text


@pytest.fixture
async def hook(config) -> AsyncIterator[str]:
    async with TestServer(Receiver(config.consumer_secret).app()) as server:
        yield str(server.make_url("/hook"))


@pytest.fixture
async def ask(web, world, config, say, hook, clock) -> Asking:
    """A world in which every kind of post, account and message is found by name."""
    asking = Asking(web, config, {"hook": hook, "brand": world.brand.id})
    names = asking.names
    names["news"] = say("TarnwellHelp", "New firmware: https://tarnwell.example/news #news $TRN")
    names["question"] = say("mara_k", "@TarnwellHelp why & how? https://tarnwell.example/a <b>")
    names["answer"] = say("jon", "same here", reply_to=say("TarnwellHelp", "All is well."))
    names["unasked"] = say("jon", "my tablet is slow")
    names["long"] = say("sofia", "@TarnwellHelp " + "word " * 100)
    names["edited"] = world.edit(say("sofia", "@TarnwellHelp helo"), "@TarnwellHelp hello").id
    say("sofia", repost_of=names["question"])
    say("sofia", "@TarnwellHelp look", quote_of=names["news"])
    names["gone"] = say("mara_k", "oops")
    names["orphan"] = say("mara_k", "@TarnwellHelp what?", reply_to=names["gone"])
    world.delete(names["gone"])
    names["hidden"] = say("quiet", "@TarnwellHelp psst")
    world.protect("quiet")
    world.block("TarnwellHelp", "troll")
    names["last"] = say("mara_k", "@TarnwellHelp bye")
    world.send("mara_k", "TarnwellHelp", "my order is TN-1")
    for handle in ("mara_k", "jon"):
        names[handle.split("_")[0]] = world.accounts.open(handle).id
    names["webhook"] = (await _made(asking, Call(E.CREATE_WEBHOOK, "", {"url": hook})))["id"]
    wish = {"event_type": "post.mention.create", "filter": {"user_id": world.brand.id}, "tag": "mine"}
    made = await _made(asking, Call(E.SUBSCRIBE, "", wish))
    names["subscription"] = made["data"]["subscription"]["subscription_id"]
    await _made(asking, Call(E.CHANGE_RULES, "", {"add": [{"value": "hello"}]}))
    return asking


async def _made(ask: Asking, call: Call):
    path = call.endpoint.value.split(" ")[1]
    return await (await ask(Call(call.endpoint, path, call.body), caller=Caller.APP)).json()


async def _check(description: Description, call: Call, answer) -> None:
    body = await answer.json()
    assert answer.status == call.status, body
    description.check(call.endpoint, answer.status, answer.content_type, body)


@pytest.mark.parametrize("call", CALLS, ids=str)
async def test_an_answer_is_as_described(ask, description, call):
    await _check(description, call, await ask(call))


def test_every_endpoint_is_asked():
    assert {call.endpoint for call in CALLS if call.status < 400} | {call.endpoint for call in STREAMS} == set(Endpoint)


@pytest.mark.parametrize("call", [*CALLS, *STREAMS], ids=str)
async def test_a_refusal_of_strangers_is_as_described(ask, description, call):
    await _check(description, Call(call.endpoint, call.path, call.body, 401), await ask(call, signed=False))


@pytest.mark.parametrize("call", [*CALLS, *STREAMS], ids=str)
async def test_a_refusal_of_the_wrong_kind_of_token_is_as_described(ask, description, call):
    for caller in (one for one in Caller if (call.endpoint, one) not in PER_WINDOW):
        answer = await ask(call, caller=caller)
        await _check(description, Call(call.endpoint, call.path, call.body, 403), answer)


@pytest.mark.parametrize(
    ("fault", "status"),
    [("rate_limit", 429), ("usage_cap", 429), ("spend_cap", 403), ("credits", 402), ("status", 503)],
)
async def test_an_outage_is_as_described(ask, description, web, fault, status):
    await web.post("/sandbox/faults", json={"kind": fault})
    await _check(description, Call(E.ME, "/2/users/me", status=status), await ask(CALLS[0]))


async def test_a_line_of_the_filtered_stream_is_as_described(ask, description, say):
    stream = await ask(STREAMS[0])
    say("mara_k", "@TarnwellHelp hello & goodbye")
    await _check_line(description, E.SEARCH_STREAM, stream)


async def test_a_line_of_the_activity_stream_is_an_event_as_described(ask, description, say):
    stream = await ask(STREAMS[1])
    say("mara_k", "@TarnwellHelp hello & goodbye")
    event = await _line(stream)
    assert event["data"].keys() == {"event_uuid", "event_type", "filter", "tag", "payload", "includes"}
    description.check_schema("ActivityEventId", event["data"]["event_uuid"])
    description.check_schema("ActivitySubscriptionFilter", event["data"]["filter"])
    description.check_schema("Tweet", event["data"]["payload"])
    description.check_schema("Expansions", event["data"]["includes"])


@pytest.mark.parametrize("call", STREAMS, ids=str)
async def test_the_end_of_a_stream_is_as_described(ask, description, web, call):
    stream = await ask(call)
    await web.delete("/sandbox/streams")
    await _check_line(description, call.endpoint, stream)


async def _check_line(description: Description, endpoint: Endpoint, stream) -> None:
    description.check(endpoint, stream.status, stream.content_type, await _line(stream))


async def _line(stream):
    async with asyncio.timeout(5):
        line = await stream.content.readuntil(b"\r\n")
    stream.close()
    return json.loads(line)
