"""A long reply: cut into posts before the agent's eyes, and sent as it was shown."""

from __future__ import annotations

import pytest

from bot.personal import UNSET
from console.parts import preview_of
from responders.counting import MAX_WEIGHT, weighted_length
from responders.splitting import MOST_PARTS
from storage.tables import replies
from tests.console.rows import put_conversation, rows_of

LONG = "This is one sentence of a long answer. " * 12


async def test_a_script_gets_the_parts_alone(browser, database):
    ann = await browser()
    conversation_id = await put_conversation(database)

    answer = await ann.send(f"/conversations/{conversation_id}/parts", text=LONG, headers={"X-Heed-Refresh": "1"})
    shown = await answer.text()

    assert "<html" not in shown
    assert "2 posts" in shown
    assert "1/2 This is one sentence" in shown
    assert "^AN</span>" in shown


async def test_without_a_script_the_page_comes_back_with_the_text_and_its_parts(browser, database):
    ann = await browser()
    conversation_id = await put_conversation(database)

    page = await (await ann.send(f"/conversations/{conversation_id}/parts", text=LONG)).text()

    assert f">{LONG.strip()}</textarea>" in page
    assert "1/2 This is one sentence" in page
    assert await rows_of(database, replies) == []


async def test_the_parts_of_a_conversation_that_is_not_there_are_not_found(browser):
    ann = await browser()

    assert (await ann.send("/conversations/99/parts", text=LONG)).status == 404


def test_every_part_that_is_shown_fits():
    assert all(weighted_length(part) <= MAX_WEIGHT for part in preview_of(LONG, UNSET).parts)


@pytest.mark.parametrize(("text", "told"), [("", "There is nothing to send"), ("Too much. " * 400, "is the most")])
def test_what_cannot_be_sent_says_why(text, told):
    assert told in preview_of(text, UNSET).problem


async def test_a_long_reply_is_queued_whole(browser, database, enqueued):
    ann = await browser()
    conversation_id = await put_conversation(database)

    answer = await ann.send(f"/conversations/{conversation_id}/reply", text=LONG)

    assert answer.status == 303
    (reply,) = await rows_of(database, replies)
    assert reply.text == f"{LONG.strip()} ^AN"
    assert enqueued == [reply.id]


async def test_a_reply_of_too_many_posts_is_refused_and_kept(browser, database):
    ann = await browser()
    conversation_id = await put_conversation(database)
    text = LONG * MOST_PARTS

    answer = await ann.send(f"/conversations/{conversation_id}/reply", text=text)

    assert answer.status == 422
    assert text.strip() in await answer.text()
    assert await rows_of(database, replies) == []


async def test_a_private_message_may_be_long(browser, database):
    ann = await browser()
    conversation_id = await put_conversation(database, audience="private")

    page = await (await ann.get(f"/conversations/{conversation_id}")).text()
    answer = await ann.send(f"/conversations/{conversation_id}/reply", text=LONG * 5)

    assert "Show as posts" not in page
    assert answer.status == 303


async def test_a_private_message_has_an_end_too(browser, database):
    ann = await browser()
    conversation_id = await put_conversation(database, audience="private")

    answer = await ann.send(f"/conversations/{conversation_id}/reply", text="x" * 9_997)

    assert answer.status == 422
    assert "Too long by 1" in await answer.text()
