"""The mood of a post: what was read, what agents say of it, and how it went over the conversation."""

from __future__ import annotations

import re

import pytest

from storage.tables import conversations, corrections, replies
from tests.console.rows import (
    UNDERSTANDING,
    mention_of,
    put_conversation,
    put_decision,
    put_mention,
    put_reply,
    rows_of,
)

RIGHT = "— right?"


async def put_read(database, mood=0.2, **values):
    """Give the ids of a conversation and of the post in it, which was read in that mood."""
    conversation_id = await put_conversation(database, **values)
    await put_decision(database, conversation_id, "answer", understanding={**UNDERSTANDING, "mood": mood})
    return conversation_id, (await mention_of(database, conversation_id)).id


async def page_of(agent, conversation_id):
    page = await (await agent.get(f"/conversations/{conversation_id}")).text()
    return " ".join(page.split())


def pressed(page, name):
    return re.search(rf'id="{name}-\d+"[^>]*aria-pressed="true"', page) is not None


async def test_beside_each_post_that_was_read_stands_its_mood_and_a_question(browser, database):
    ann = await browser()
    conversation_id, _ = await put_read(database, 0.72)
    await put_mention(database, conversation_id, "And now?")
    page = await page_of(ann, conversation_id)

    assert page.count(RIGHT) == 1
    assert "Mood 72% — right?" in page
    assert not pressed(page, "angry")
    assert not pressed(page, "calm")


async def test_an_agent_says_that_a_customer_is_angry_and_a_person_gets_the_conversation(browser, database):
    ann = await browser()
    conversation_id, mention_id = await put_read(database)
    await put_reply(database, conversation_id)
    answer = await ann.send(f"/mentions/{mention_id}/mood", irate="1")
    page = await page_of(ann, conversation_id)

    assert answer.headers["Location"] == f"/conversations/{conversation_id}?done=angry"
    assert "Ann says: angry" in page
    assert (pressed(page, "angry"), pressed(page, "calm")) == (True, False)
    assert "mood 0.20 + urgency 0.00" in page
    (conversation,), (reply,) = await rows_of(database, conversations), await rows_of(database, replies)
    assert (conversation.state, reply.state) == ("open", "cancelled")


async def test_an_agent_says_that_a_customer_is_not_angry_and_nothing_else_happens(browser, database, enqueued):
    ann = await browser()
    conversation_id, mention_id = await put_read(database, 0.9, state="open")
    answer = await ann.send(f"/mentions/{mention_id}/mood", irate="0")
    page = await page_of(ann, conversation_id)

    assert answer.headers["Location"] == f"/conversations/{conversation_id}?done=corrected"
    assert "Ann says: not angry" in page
    assert (pressed(page, "angry"), pressed(page, "calm")) == (False, True)
    assert ((await rows_of(database, conversations))[0].state, enqueued) == ("open", [])


async def test_a_colleague_sees_who_said_so_and_may_say_otherwise(browser, database):
    ann, ben = await browser(), await browser("Ben", "BE")
    conversation_id, mention_id = await put_read(database, owner="Ann", state="open")
    await ann.send(f"/mentions/{mention_id}/mood", irate="1")
    assert not pressed(await page_of(ben, conversation_id), "angry")
    await ben.send(f"/mentions/{mention_id}/mood", irate="0")
    page = await page_of(ann, conversation_id)

    assert "Ann says: angry" in page
    assert "Ben says: not angry" in page
    assert pressed(page, "angry")


async def test_changing_ones_mind_changes_the_one_correction(browser, database):
    ann = await browser()
    _, mention_id = await put_read(database)
    for irate in ("1", "0"):
        await ann.send(f"/mentions/{mention_id}/mood", irate=irate)

    assert [(row.by, row.irate) for row in await rows_of(database, corrections)] == [("Ann", False)]


async def test_a_post_that_was_not_read_offers_nothing_and_the_form_says_why(browser, database):
    ann = await browser()
    conversation_id = await put_conversation(database)
    mention = await mention_of(database, conversation_id)
    answer = await ann.send(f"/mentions/{mention.id}/mood", irate="1")

    assert RIGHT not in await page_of(ann, conversation_id)
    assert (answer.status, "no mood to correct" in await answer.text()) == (409, True)


@pytest.mark.parametrize(("path", "said", "status"), [("4711", "1", 404), ("{id}", "maybe", 400), ("{id}", "", 400)])
async def test_a_form_that_means_nothing_changes_nothing(browser, database, path, said, status):
    ann = await browser()
    _, mention_id = await put_read(database)
    answer = await ann.send(f"/mentions/{path.format(id=mention_id)}/mood", irate=said)

    assert answer.status == status
    assert await rows_of(database, corrections) == []


async def test_a_stranger_corrects_nothing(stranger, database):
    _, mention_id = await put_read(database)
    await stranger.post(f"/mentions/{mention_id}/mood", data={"irate": "1"}, allow_redirects=False)

    assert await rows_of(database, corrections) == []


async def test_the_page_shows_how_the_mood_went(browser, database):
    ann = await browser()
    conversation_id, _ = await put_read(database, 0.12)
    assert "→" not in await page_of(ann, conversation_id)
    for mood in (0.35, 0.81):
        await put_mention(database, conversation_id, "Still nothing", minutes_ago=1)
        await put_decision(database, conversation_id, understanding={**UNDERSTANDING, "mood": mood})

    assert "12% → 35% → 81%" in await page_of(ann, conversation_id)


async def test_of_a_long_conversation_only_the_latest_moods_are_shown(browser, database):
    ann = await browser()
    conversation_id, _ = await put_read(database, 0.99)
    for number in range(1, 7):
        await put_mention(database, conversation_id, "Still nothing", minutes_ago=1)
        await put_decision(database, conversation_id, understanding={**UNDERSTANDING, "mood": number / 10})

    assert ">10% → 20% → 30% → 40% → 50% → 60%<" in await page_of(ann, conversation_id)
