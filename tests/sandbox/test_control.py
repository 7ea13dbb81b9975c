"""The control API: playing the customers, and hearing every change."""

import asyncio
import json

import pytest

from sandbox.config import SandboxConfig
from sandbox.timeline import Span


async def created(web, **order):
    answer = await web.post("/sandbox/posts", json=order)
    body = await answer.json()
    assert answer.status == 201, body
    return body


async def test_a_thread_is_listed_as_a_tree(web):
    root = await created(web, author="mara_k", text="@TarnwellHelp why?", name="Mara")
    answer = await created(web, author="TarnwellHelp", text="Because. ^AB", in_reply_to=root["id"])
    await created(web, author="mara_k", text="ah", in_reply_to=answer["id"])
    tree = (await (await web.get("/sandbox/posts")).json())["posts"]
    assert [(post["name"], post["text"]) for post in tree] == [("Mara", "@TarnwellHelp why?")]
    assert tree[0]["replies"][0]["replies"][0]["text"] == "ah"
    assert tree[0]["replies"][0]["by_app"] is False


async def test_replies_of_one_post_are_listed(web):
    root = await created(web, author="mara_k", text="hello")
    await created(web, author="jon", text="hi", in_reply_to=root["id"])
    replies = (await (await web.get(f"/sandbox/posts/{root['id']}/replies")).json())["replies"]
    assert [reply["author"] for reply in replies] == ["jon"]


async def test_a_reply_to_any_version_hangs_under_the_newest(web):
    old = await created(web, author="mara_k", text="helo")
    new = await created(web, edit_of=old["id"], text="hello")
    await created(web, author="jon", text="hi", in_reply_to=old["id"])
    tree = (await (await web.get("/sandbox/posts")).json())["posts"]
    assert [(post["id"], len(post["replies"])) for post in tree] == [(new["id"], 1)]
    assert tree[0]["versions"] == [old["id"], new["id"]]


async def test_a_deleted_post_is_gone_unless_replies_hang_on_it(web):
    root = await created(web, author="mara_k", text="hello")
    reply = await created(web, author="jon", text="hi", in_reply_to=root["id"])
    await web.delete(f"/sandbox/posts/{root['id']}")
    tree = (await (await web.get("/sandbox/posts")).json())["posts"]
    assert [post["deleted"] for post in tree] == [True]
    await web.delete(f"/sandbox/posts/{reply['id']}")
    assert (await (await web.get("/sandbox/posts")).json())["posts"] == []


@pytest.mark.parametrize(
    ("order", "sentence"),
    [
        ({"text": "hello"}, "Say who writes"),
        ({"author": "mara k", "text": "hello"}, "'mara k' is no handle"),
        ({"author": "mara_k"}, "a post needs a text"),
        ({"author": "mara_k", "text": " "}, "a post needs a text"),
        ({"author": "mara_k", "text": "x" * 25_001}, "at most 25,000 characters"),
        ({"author": "mara_k", "text": 5}, "text must be a text, in quotes."),
        ({"author": "mara_k", "text": "a", "in_reply_to": "12"}, "There is no post 12"),
        ({"author": "mara_k", "text": "a", "in_reply_to": "1", "edit_of": "2"}, "Give only one of"),
        ({"author": "mara_k", "text": "a", "mood": "sad"}, "Unknown field 'mood'. A post has: author"),
        (["mara_k"], "must be a JSON object"),
    ],
)
async def test_a_post_that_makes_no_sense_is_refused_in_words(web, order, sentence):
    answer = await web.post("/sandbox/posts", json=order)
    assert answer.status == 400
    assert sentence in (await answer.json())["error"]


async def test_a_repost_cannot_be_edited(web):
    root = await created(web, author="mara_k", text="hello")
    shared = await created(web, author="jon", repost_of=root["id"])
    assert shared["text"] == "RT @mara_k: hello"
    answer = await web.post("/sandbox/posts", json={"edit_of": shared["id"], "text": "mine"})
    assert (answer.status, "delete it instead" in await answer.text()) == (400, True)


@pytest.mark.parametrize(
    ("headers", "data", "sentence"),
    [({}, "author=mara_k", "Send JSON"), ({"Content-Type": "application/json"}, "{", "not valid JSON")],
)
async def test_what_is_not_json_is_refused_in_words(web, headers, data, sentence):
    answer = await web.post("/sandbox/posts", data=data, headers=headers)
    assert answer.status == 400
    assert sentence in (await answer.json())["error"]


async def test_deleting_what_is_not_there_is_not_found(web):
    answer = await web.delete("/sandbox/posts/12")
    assert answer.status == 404
    assert (await answer.json())["error"] == "There is no post 12, or it was deleted."


async def test_a_limit_must_be_a_number(web):
    assert (await web.get("/sandbox/posts?limit=all")).status == 400


async def test_another_page_in_the_browser_cannot_write(web):
    answer = await web.post("/sandbox/posts", json={}, headers={"Origin": "https://elsewhere.example"})
    assert answer.status == 403


async def test_a_text_is_weighed_as_x_does(web):
    answer = await web.post("/sandbox/weight", json={"text": "See tarnwell.com 🔋"})
    assert await answer.json() == {"weight": 30, "limit": 280}


async def test_a_direct_message_is_sent_and_listed(web):
    answer = await web.post("/sandbox/messages", json={"author": "mara_k", "to": "TarnwellHelp", "text": "psst"})
    sent = await answer.json()
    assert (answer.status, sent["author"], sent["by_app"]) == (201, "mara_k", False)
    assert (await (await web.get("/sandbox/messages?of=@TarnwellHelp")).json())["messages"] == [sent]


async def test_accounts_are_blocked_and_protected_and_set_free_again(web, world):
    mara = world.accounts.open("mara_k")
    for on in (True, False):
        await web.post("/sandbox/blocks", json={"author": "mara_k", "blocks": "TarnwellHelp", "on": on})
        await web.post("/sandbox/protections", json={"author": "mara_k", "on": on})
        assert (world.blocks(mara, world.brand), world.is_protected(mara)) == (on, on)


@pytest.mark.parametrize(
    ("path", "body", "sentence"),
    [
        ("messages", {"author": "mara_k", "text": "psst"}, "A message needs to."),
        ("messages", {"author": "mara_k", "to": "jon", "text": "psst", "when": "now"}, "Unknown field 'when'"),
        ("blocks", {"author": "mara_k"}, "A block needs blocks."),
        ("blocks", {"author": "mara_k", "blocks": "jon", "on": "yes"}, "on must be true or false."),
        ("blocks", {"author": "mara_k", "blocks": "mara_k"}, "one and the same account"),
        ("protections", {}, "A protection needs author."),
        ("posts", {"author": "mara_k", "text": "hi", "late": "yes"}, "late must be true or false."),
        ("posts", {"author": "mara_k", "text": "hi", "reply_settings": "me"}, "reply_settings must be one of everyone"),
    ],
)
async def test_an_order_that_makes_no_sense_is_refused_in_words(web, path, body, sentence):
    answer = await web.post(f"/sandbox/{path}", json=body)
    assert answer.status == 400
    assert sentence in (await answer.json())["error"]


async def test_messages_of_nobody_are_refused_in_words(web):
    answer = await web.get("/sandbox/messages")
    assert (answer.status, "Say whose messages" in await answer.text()) == (400, True)


async def test_a_late_post_is_among_the_mentions_once_it_is_indexed(web, world):
    late = await created(web, author="mara_k", text="@TarnwellHelp slow", late=True)
    soon = await created(web, author="jon", text="@TarnwellHelp quick")
    assert late["late"] is True
    assert world.mentions(world.brand.id, Span()).ids == (soon["id"],)
    indexed = await (await web.post(f"/sandbox/posts/{late['id']}/index")).json()
    assert indexed == late | {"late": False}
    assert world.mentions(world.brand.id, Span()).ids == (soon["id"], late["id"])


async def test_indexing_what_is_not_there_is_not_found(web):
    assert (await web.post("/sandbox/posts/12/index")).status == 404


async def test_a_message_is_told_as_an_event(web, world):
    async with asyncio.timeout(5):
        events = await web.get("/sandbox/events")
        await events.content.readuntil(b"\n\n")
        sent = world.send("mara_k", "TarnwellHelp", "psst")
        told = await _next_change(events)
    assert (told["kind"], told["message"]["id"], told["message"]["text"]) == ("messaged", sent.id, "psst")
    events.close()


class TestTraffic:
    @pytest.fixture
    def config(self) -> SandboxConfig:
        return SandboxConfig(port=0, limit_scale=0.03)

    async def test_requests_are_counted_and_those_beyond_a_limit_apart(self, web, config):
        for _ in range(4):
            await web.get("/2/webhooks/12", headers={"Authorization": "Bearer unknown"})
            await web.post("/2/webhooks/replay", headers={"Authorization": f"Bearer {config.bearer_token}"})
        assert await (await web.get("/sandbox/traffic")).json() == {
            "requests": 4,
            "refused": 1,
            "endpoints": {"POST /2/webhooks/replay": {"requests": 4, "refused": 1}},
        }


async def test_every_change_is_told_as_an_event(web, world, say):
    async with asyncio.timeout(5):
        events = await web.get("/sandbox/events")
        assert events.content_type == "text/event-stream"
        await events.content.readuntil(b"\n\n")
        first = say("mara_k", "helo")
        second = world.edit(first, "hello").id
        world.delete(second)
        told = [await _next_change(events) for _ in range(3)]
    assert told == [
        {"kind": "posted", "post_id": first, "conversation": first},
        {"kind": "edited", "post_id": second, "conversation": first},
        {"kind": "deleted", "post_id": second, "conversation": first},
    ]
    events.close()


async def _next_change(events):
    lines = (await events.content.readuntil(b"\n\n")).decode().splitlines()
    assert lines[0] == "event: change"
    return json.loads(lines[1].removeprefix("data: "))
