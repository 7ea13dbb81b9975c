"""Talking to a Rasa server, here a stand-in on a real port that answers as Rasa does."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.dialogue.client import Address, RasaDialogue, made_of, read_messages
from bot.errors import DialogueDown
from tests.bot.values import NOW, a_mention

TOKEN = "between-us-and-rasa"
ANSWER = [{"recipient_id": "heed-9", "text": "Hello."}, {"recipient_id": "heed-9", "custom": {"heed": "opt_out"}}]
EVENTS = [
    {"event": "user", "text": "hi", "metadata": {"mention_id": 4}},
    {"event": "bot", "text": "Hello.", "data": {"custom": None}},
    {"event": "user", "text": "stop", "metadata": {"mention_id": 5}},
    {"event": "slot", "name": "opted_out", "value": True},
    {"event": "bot", "text": None, "data": {"custom": {"heed": "opt_out"}}},
    {"event": "bot", "text": "No more.", "data": {"custom": None}},
    {"event": "user", "text": "really", "metadata": {"mention_id": 6}},
]


@asynccontextmanager
async def rasa(answer=None, *, kept=(), timeout_seconds=5.0):
    """A dialogue whose server answers with *answer* and has *kept* these events, and what the server was asked."""
    asked = []

    async def reply(request):
        asked.append(request)
        await request.read()  # keeps the body for the test
        made = answer(request) if callable(answer) else answer
        return await made if hasattr(made, "__await__") else made

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", reply)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        address = Address(url=str(server.make_url("/")), token=TOKEN)
        yield dialogue_at(session, address, kept=kept, timeout_seconds=timeout_seconds), asked


def dialogue_at(session, address, *, kept=(), timeout_seconds=5.0):
    """A dialogue with the server at *address*."""

    async def events(conversation_id):
        assert conversation_id == 9
        return kept

    return RasaDialogue(session, lambda: address, events=events, timeout_seconds=timeout_seconds)


async def test_a_message_goes_to_our_channel_with_its_token_and_number():
    async with rasa(lambda _: web.json_response(ANSWER)) as (dialogue, asked):
        turn = await dialogue.turn(9, a_mention("hi", id=5), repeated=False)

        (request,) = asked
    assert request.path == "/webhooks/heed/webhook"
    assert request.headers["Authorization"] == f"Bearer {TOKEN}"
    assert await request.json() == {
        "sender": "heed-9",
        "message": "hi",
        "metadata": {"mention_id": 5, "said_at": NOW.isoformat()},
    }
    assert (turn.texts, turn.orders) == (("Hello.",), ({"heed": "opt_out"},))


async def test_a_message_that_rasa_had_already_is_not_given_again():
    async with rasa(kept=EVENTS) as (dialogue, asked):
        turn = await dialogue.turn(9, a_mention("stop", id=5), repeated=True)

    assert asked == []
    assert (turn.texts, turn.orders) == (("No more.",), ({"heed": "opt_out"},))


async def test_a_repeated_message_that_never_reached_rasa_is_given_now():
    async with rasa(lambda _: web.json_response(ANSWER), kept=EVENTS) as (dialogue, asked):
        turn = await dialogue.turn(9, a_mention("hi", id=7), repeated=True)

    assert len(asked) == 1
    assert turn.texts == ("Hello.",)


@pytest.mark.parametrize("status", [401, 404, 500, 503])
async def test_a_server_that_answers_badly_is_down(status):
    async with rasa(lambda _: web.Response(status=status)) as (dialogue, _):
        with pytest.raises(DialogueDown, match=str(status)):
            await dialogue.turn(9, a_mention("hi", id=5), repeated=False)
        assert not await dialogue.is_up()


async def test_a_server_that_says_no_json_is_down():
    async with rasa(lambda _: web.Response(text="<html>")) as (dialogue, _):
        with pytest.raises(DialogueDown):
            await dialogue.turn(9, a_mention("hi", id=5), repeated=False)


async def test_a_server_that_hangs_is_down_after_its_time():
    async def hang(_):
        await asyncio.Event().wait()

    async with rasa(hang, timeout_seconds=0.05) as (dialogue, _):
        with pytest.raises(DialogueDown):
            await dialogue.turn(9, a_mention("hi", id=5), repeated=False)


async def test_a_server_that_is_not_there_is_down():
    async with aiohttp.ClientSession() as session:
        nowhere = dialogue_at(session, Address(url="http://127.0.0.1:9", token=TOKEN))
        never = dialogue_at(session, None)
        for dialogue in (nowhere, never):
            with pytest.raises(DialogueDown):
                await dialogue.turn(9, a_mention("hi", id=5), repeated=False)
            assert not await dialogue.is_up()


def test_what_was_made_of_a_message_ends_where_the_next_begins():
    assert made_of(EVENTS, 4).texts == ("Hello.",)
    assert made_of(EVENTS, 6).texts == ()
    assert made_of(EVENTS, 7) is None


def test_messages_without_words_of_ours_say_nothing():
    turn = read_messages([{"recipient_id": "heed-9", "image": "https://x.example/a.png"}, {"text": ""}])

    assert (turn.texts, turn.orders) == ((), ())
