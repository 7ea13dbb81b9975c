"""Replies on their way: what is said of them, and what may still be done about them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.settings import XSettings
from bot.vocabulary import Reply
from console.links import Links
from storage.agents import Role
from storage.tables import conversations, drafts, receipts, replies
from tests.console.rows import (
    put_conversation,
    put_draft,
    put_receipts,
    put_reply,
    put_trouble,
    rows_of,
)


async def put_waiting(database, *, kind="agent", author="Ann", text="Look at the cable. ^AN"):
    """Give the ids of a conversation and of a reply that can be undone for a while."""
    conversation_id = await put_conversation(database, state="open", owner=author)
    later = datetime.now(UTC) + timedelta(minutes=5)
    return conversation_id, await put_reply(database, conversation_id, text, kind=kind, author=author, not_before=later)


async def page_of(agent, conversation_id):
    return await (await agent.get(f"/conversations/{conversation_id}")).text()


async def test_a_reply_that_waits_says_when_it_goes_out(browser, database):
    ann = await browser()
    conversation_id, reply_id = await put_waiting(database)

    page = await page_of(ann, conversation_id)

    assert "goes out in <time" in page
    assert f"/replies/{reply_id}/undo" in page


async def test_a_reply_taken_back_is_not_sent_and_its_words_are_in_the_composer_again(browser, database):
    ann = await browser()
    conversation_id, reply_id = await put_waiting(database)

    answer = await ann.send(f"/replies/{reply_id}/undo")
    page = await (await ann.get(answer.headers["Location"])).text()

    assert answer.headers["Location"] == f"/conversations/{conversation_id}?done=undone&again={reply_id}"
    assert (await rows_of(database, replies))[0].state == "cancelled"
    assert ">Look at the cable.</textarea>" in page


async def test_an_approved_draft_taken_back_waits_again_with_the_words_it_had(browser, database):
    ann = await browser()
    conversation_id = await put_conversation(database)
    draft_id = await put_draft(database, conversation_id)
    await ann.send(f"/drafts/{draft_id}/approve", text="Update it, then restart. ^Bot")
    (reply,) = await rows_of(database, replies)

    answer = await ann.send(f"/replies/{reply.id}/undo")
    page = await (await ann.get(answer.headers["Location"])).text()

    assert (await rows_of(database, drafts))[0].state == "pending"
    assert ">Update it, then restart. ^Bot</textarea>" in page


async def test_the_words_of_another_conversation_do_not_come_into_the_composer(browser, database):
    ann = await browser()
    here = await put_conversation(database)
    _, elsewhere = await put_waiting(database, text="A secret ^AN")
    await ann.send(f"/replies/{elsewhere}/undo")

    assert "A secret" not in await (await ann.get(f"/conversations/{here}?done=undone&again={elsewhere}")).text()


@pytest.mark.parametrize("state", ["sending", "sent", "failed"])
async def test_what_has_begun_to_go_out_cannot_be_undone(browser, database, state):
    ann = await browser()
    conversation_id = await put_conversation(database)
    reply_id = await put_reply(database, conversation_id, kind="agent", author="Ann", state=state)

    answer = await ann.send(f"/replies/{reply_id}/undo")

    assert answer.status == 409
    assert (await rows_of(database, replies))[0].state == state
    assert "/undo" not in await page_of(ann, conversation_id)


async def test_another_agents_reply_is_theirs_to_undo(browser, database):
    ben = await browser("Ben", "BE")
    conversation_id, reply_id = await put_waiting(database)

    assert "/undo" not in await page_of(ben, conversation_id)
    assert (await ben.send(f"/replies/{reply_id}/undo")).status == 409
    assert (await rows_of(database, replies))[0].state == "queued"


async def test_ops_may_undo_any_agents_reply(browser, database):
    ops = await browser("Olga", "OL", Role.OPS)
    _, reply_id = await put_waiting(database)

    await ops.send(f"/replies/{reply_id}/undo")

    assert (await rows_of(database, replies))[0].state == "cancelled"


@pytest.mark.parametrize("act", ["undo", "retract"])
async def test_a_reply_that_is_not_there_is_not_found(browser, act):
    ann = await browser()

    assert (await ann.send(f"/replies/99/{act}")).status == 404


async def test_a_reply_says_that_it_waits_for_the_channel_and_what_helps(browser, database):
    ann = await browser()
    conversation_id, _ = await put_waiting(database)
    await put_trouble(database, "post", "spent")

    page = await page_of(ann, conversation_id)

    assert "The channel: out of credits. Top up the credits" in page
    assert "goes out in" not in page


async def test_a_public_reply_does_not_wait_for_direct_messages(browser, database):
    ann = await browser()
    conversation_id, _ = await put_waiting(database)
    await put_trouble(database, "message", "busy")

    assert "goes out in" in await page_of(ann, conversation_id)


async def test_each_part_of_a_long_reply_links_to_its_post(browser, database):
    ann = await browser()
    conversation_id = await put_conversation(database)
    reply_id = await put_reply(database, conversation_id, "Long. " * 90, kind="agent", author="Ann", state="sent")
    await put_receipts(database, reply_id, "501", "502")

    page = await page_of(ann, conversation_id)

    assert page.count(f'id="reply-{reply_id}"') == 1
    for shown in ("1/2</span>", "2/2</span>", "https://x.com/i/web/status/501", "https://x.com/i/web/status/502"):
        assert shown in page


async def test_a_long_reply_on_its_way_says_how_far_it_is(browser, database):
    ann = await browser()
    conversation_id = await put_conversation(database)
    reply_id = await put_reply(database, conversation_id, "Long. " * 90, kind="agent", author="Ann", state="sending")
    await put_receipts(database, reply_id, "501")

    assert "1 of 2 sent" in await page_of(ann, conversation_id)


async def test_a_private_message_links_to_no_public_post(browser, database):
    ann = await browser()
    conversation_id = await put_conversation(database, audience="private")
    reply_id = await put_reply(database, conversation_id, kind="agent", author="Ann", state="sent")
    await put_receipts(database, reply_id, "501")

    page = await page_of(ann, conversation_id)

    assert "x.com/i/web/status" not in page
    assert "/retract" not in page


async def test_a_retracted_reply_is_deleted_by_a_job(browser, database, enqueued):
    ann = await browser()
    conversation_id = await put_conversation(database)
    reply_id = await put_reply(database, conversation_id, kind="agent", author="Ann", state="sent")
    await put_receipts(database, reply_id, "501")

    answer = await ann.send(f"/replies/{reply_id}/retract")

    assert answer.headers["Location"] == f"/conversations/{conversation_id}?done=retracted"
    assert (await rows_of(database, replies))[0].state == "retracted"
    assert enqueued == [reply_id]


async def test_a_retracted_reply_is_gone_only_once_its_posts_are(browser, database):
    ann = await browser()
    conversation_id = await put_conversation(database)
    reply_id = await put_reply(database, conversation_id, kind="agent", author="Ann", state="retracted")
    await put_receipts(database, reply_id, "501")
    before = await page_of(ann, conversation_id)
    async with database.begin() as connection:
        await connection.execute(receipts.update().values(retracted_at=datetime.now(UTC)))

    assert "is being deleted" in before
    assert "deleted again" in await page_of(ann, conversation_id)


async def test_what_was_not_sent_cannot_be_retracted(browser, database, enqueued):
    ann = await browser()
    _, reply_id = await put_waiting(database)

    assert (await ann.send(f"/replies/{reply_id}/retract")).status == 409
    assert enqueued == []


async def test_pausing_says_how_many_waiting_replies_became_drafts(browser, database):
    ops = await browser("Olga", "OL", Role.OPS)
    for _ in range(2):
        await put_reply(database, await put_conversation(database))

    answer = await ops.send("/pause", on="1")
    page = await (await ops.get(answer.headers["Location"])).text()

    assert "2 replies that waited to be sent are drafts now." in page
    assert [draft.state for draft in await rows_of(database, drafts)] == ["pending", "pending"]


async def put_for_a_person(database, **values):
    """Give the id of a conversation in which only a person may reply, with a draft."""
    conversation_id = await put_conversation(database, mention={"summoned": False, "post_id": "77"}, **values)
    await put_draft(database, conversation_id, "Unplug the dock & wait. ^Bot")
    return conversation_id


async def test_where_only_a_person_may_reply_the_draft_goes_along_in_the_agents_name(browser, database):
    ann = await browser()
    conversation_id = await put_for_a_person(database)

    page = await page_of(ann, conversation_id)

    assert "X lets only a person reply to this" in page
    assert "https://x.com/intent/post?in_reply_to=77&amp;text=Unplug%20the%20dock%20%26%20wait.%20%5EAN" in page
    assert f"/conversations/{conversation_id}/reply" not in page
    assert "/approve" not in page


async def test_an_answer_on_the_channel_itself_resolves_the_conversation_and_calls_the_draft_off(browser, database):
    ann = await browser()
    conversation_id = await put_for_a_person(database)

    await ann.send(f"/conversations/{conversation_id}/answered")

    assert (await rows_of(database, conversations))[0].state == "resolved"
    assert (await rows_of(database, drafts))[0].state == "withdrawn"


async def test_another_agents_conversation_is_not_resolved_by_an_answer_elsewhere(browser, database):
    ann = await browser()
    conversation_id = await put_for_a_person(database, owner="Ben", state="open")

    assert (await ann.send(f"/conversations/{conversation_id}/answered")).status == 409
    assert (await rows_of(database, conversations))[0].state == "open"


def test_posts_of_a_sandbox_are_not_looked_for_on_x():
    links = Links.from_settings(XSettings(base_url="http://127.0.0.1:8601"))

    assert links.post(Reply(channel="x", in_reply_to="1", text="Hello"), "2") == ""
