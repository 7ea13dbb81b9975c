from __future__ import annotations

import pytest
from aiohttp import web

from bot.errors import DataError
from knowledge.importers.forum import TRIES, open_forum
from tests.knowledge.importers.board import Board, a_topic

BUSY = {"status": 429, "headers": {"Retry-After": "0"}}


async def test_a_page_of_topics_tells_whether_there_are_more(opened):
    async with opened(Board([a_topic(1), a_topic(2), a_topic(3)])) as forum:
        first, last = await forum.topics(0), await forum.topics(1)

    assert ([topic.id for topic in first.topics], bool(first.more_topics_url)) == ([1, 2], True)
    assert ([topic.id for topic in last.topics], bool(last.more_topics_url)) == ([3], False)


async def test_a_forum_that_is_busy_or_down_is_asked_again(opened):
    board = Board([a_topic(1)])
    board.instead = [web.Response(**BUSY), web.Response(status=502), web.Response(status=429)]
    async with opened(board) as forum:
        assert await forum.topic(1) is not None

    assert board.asked["/t/1.json"] == 4


@pytest.mark.parametrize(("answer", "said"), [(BUSY, "asks for fewer requests"), ({"status": 503}, "answers 503")])
async def test_a_forum_that_stays_so_is_given_up(opened, answer, said):
    board = Board([a_topic(1)])
    board.instead = [web.Response(**answer) for _ in range(TRIES)]
    async with opened(board) as forum:
        with pytest.raises(DataError, match=rf"/t/1\.json: {said}, {TRIES} times in a row\. Try again later"):
            await forum.topic(1)

    assert board.asked["/t/1.json"] == TRIES


async def test_a_forum_that_asks_for_a_long_wait_is_left_for_later(opened):
    board = Board([a_topic(1)])
    board.instead = [web.Response(status=429, headers={"Retry-After": "3600"})]
    async with opened(board) as forum:
        with pytest.raises(DataError, match="asks to wait for 3600 seconds"):
            await forum.topic(1)


async def test_a_forum_that_nobody_serves_is_an_error():
    async with open_forum("http://127.0.0.1:1", pause=0) as forum:
        with pytest.raises(DataError, match=r"http://127\.0\.0\.1:1/t/1\.json: cannot be reached"):
            await forum.topic(1)


async def test_a_redirect_is_not_followed_so_that_a_key_stays_where_it_belongs(opened):
    board = Board([a_topic(1)])
    board.instead = [web.Response(status=301, headers={"Location": "https://elsewhere.example/"})]
    async with opened(board, "secret") as forum:
        with pytest.raises(DataError, match=r"leads to https://elsewhere\.example/\. Give that address"):
            await forum.topic(1)


@pytest.mark.parametrize(
    ("key", "headers"),
    [
        ("", {}),
        ("secret\n", {"Api-Key": "secret"}),
        ("secret\nsystem\n", {"Api-Key": "secret", "Api-Username": "system"}),
    ],
)
async def test_a_key_is_sent_with_every_request(opened, key, headers):
    board = Board([a_topic(1)])
    async with opened(board, key) as forum:
        await forum.topic(1)

    assert {name: value for name, value in board.headers[0].items() if name.startswith("Api-")} == headers


@pytest.mark.parametrize("status", [403, 404, 410])
async def test_what_is_gone_or_hidden_is_none(opened, status):
    board = Board([a_topic(1)])
    board.instead = [web.Response(status=status) for _ in range(2)]
    async with opened(board) as forum:
        assert await forum.topic(1) is None
        with pytest.raises(DataError, match="is not there, or needs a key"):
            await forum.topics(0)


@pytest.mark.parametrize(
    "answer",
    [
        web.Response(text="<html>Log in</html>"),
        web.json_response({"topics": []}),
        web.json_response({"topic_list": {"topics": [{"id": "one"}]}}),
    ],
    ids=["no JSON", "another shape", "a wrong field"],
)
async def test_an_answer_that_no_forum_gives_is_an_error(opened, answer):
    board = Board()
    board.instead = [answer]
    async with opened(board) as forum:
        with pytest.raises(DataError, match=r"Is this the address of a Discourse forum\?"):
            await forum.topics(0)


async def test_a_refused_request_is_an_error(opened):
    board = Board()
    board.instead = [web.Response(status=400)]
    async with opened(board) as forum:
        with pytest.raises(DataError, match="answers 400 Bad Request"):
            await forum.topics(0)


@pytest.mark.parametrize("address", ["", "forum", "ftp://forum.example", "https://", "http://[bad"])
async def test_what_is_no_address_is_refused(address):
    with pytest.raises(DataError, match="is no address"):
        async with open_forum(address):
            pass
