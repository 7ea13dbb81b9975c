"""What open pages hear."""

from __future__ import annotations

import asyncio
import json

import pytest

from console.feed import BACKLOG, Feed, FeedFull
from console.keys import FEED
from storage.notices import Notice, Subject, notify
from tests.console.rows import put_conversation

PATIENCE_SECONDS = 10


async def next_event(stream):
    """Give the next event's name and data."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        name = ""
        while True:
            line = (await stream.content.readline()).decode().rstrip()
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            if line.startswith("data: "):
                return name, json.loads(line.removeprefix("data: "))


async def until_ready(stream):
    while (await next_event(stream))[0] != "ready":
        pass


async def test_a_committed_change_is_heard(browser, database):
    ann = await browser()
    conversation_id = await put_conversation(database)
    async with ann.client.get("/events") as stream:
        await until_ready(stream)
        await ann.send(f"/conversations/{conversation_id}/take-over")

        assert await next_event(stream) == ("change", {"subject": "settled", "conversation": conversation_id})


async def test_a_change_that_is_rolled_back_is_not_heard(browser, database):
    ann = await browser()
    async with ann.client.get("/events") as stream:
        await until_ready(stream)
        async with database.begin() as connection:
            await notify(connection, Notice(subject=Subject.HEARD, conversation_id=1))
            await connection.rollback()
        async with database.begin() as connection:
            await notify(connection, Notice(subject=Subject.HEARD, conversation_id=2))

        assert (await next_event(stream))[1]["conversation"] == 2


async def test_a_stream_is_not_kept_by_anybody_between(browser):
    ann = await browser()
    async with ann.client.get("/events") as stream:
        assert stream.headers["Content-Type"] == "text/event-stream"
        assert stream.headers["X-Accel-Buffering"] == "no"
        assert "Content-Security-Policy" in stream.headers


async def test_streams_end_when_the_server_stops(browser, service):
    ann = await browser()
    async with ann.client.get("/events") as stream:
        await until_ready(stream)
        service.app[FEED].dismiss()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await stream.read()


async def test_only_so_many_browsers_listen(database):
    feed = Feed(database, clients=1)
    with feed.subscribe(), pytest.raises(FeedFull), feed.subscribe():
        pass


async def test_a_browser_that_left_makes_room(database):
    feed = Feed(database, clients=1)
    with feed.subscribe():
        pass
    with feed.subscribe() as queue:
        assert queue.get_nowait() is not None


async def test_a_browser_that_is_too_slow_is_sent_away(database):
    feed = Feed(database)
    with feed.subscribe() as queue:
        for _ in range(BACKLOG + 1):
            feed._tell(b"event: change\n\n")

        assert queue.get_nowait() is None


async def test_an_unreachable_database_is_told_to_open_pages_and_tried_again(database, monkeypatch):
    monkeypatch.setattr("console.feed.FIRST_PAUSE_SECONDS", 0.01)
    address = database.url
    feed = Feed(database)
    database.url = database.url.set(database="nowhere")
    with feed.subscribe() as queue:
        feed.start()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                assert b"away" in await queue.get()
                database.url = address
                assert b"ready" in await queue.get()
        finally:
            await feed.stop()
