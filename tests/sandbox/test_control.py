"""The control API: playing the customers, and hearing every change."""

import asyncio
import json

import pytest


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
