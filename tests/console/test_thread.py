"""The thread: whose words they are, who reads them, and what was read together."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from bot.personal import Personal
from bot.vocabulary import Audience
from console.pleas import PLEAS
from console.wording import personal
from responders.counting import MAX_WEIGHT, weighted_length
from storage.tables import conversations, drafts
from tests.console.rows import (
    UNDERSTANDING,
    put_conversation,
    put_decision,
    put_draft,
    put_mention,
    put_receipts,
    put_reply,
    rows_of,
)

PARENT = {"post_id": "900", "author_handle": "ben", "text": "Anybody else?"}
QUOTED = {"post_id": "901", "author_handle": "", "text": "A first post"}


async def page_of(agent, conversation_id):
    return await (await agent.get(f"/conversations/{conversation_id}")).text()


async def test_what_a_post_replies_to_stands_above_it_once_farthest_first(browser, database):
    ann = await browser()
    parents = [PARENT, QUOTED]
    conversation_id = await put_conversation(database, "Me too", mention={"parents": parents})
    await put_mention(database, conversation_id, "Still so", parents=parents)

    page = await page_of(ann, conversation_id)

    assert page.count("Anybody else?") == 1
    assert page.index("A first post") < page.index("Anybody else?") < page.index("Me too")


async def test_our_own_reply_is_not_repeated_as_what_a_post_replies_to(browser, database):
    ann = await browser()
    conversation_id = await put_conversation(database)
    reply_id = await put_reply(database, conversation_id, "Try the driver. ^Bot", state="sent")
    await put_receipts(database, reply_id, "900")
    await put_mention(database, conversation_id, "Did so", parents=[{**PARENT, "text": "Try the driver. ^Bot"}])

    assert (await page_of(ann, conversation_id)).count("Try the driver.") == 1


async def test_a_post_of_a_person_of_the_brand_is_marked_as_such(browser, database):
    ann = await browser()
    conversation_id = await put_conversation(database, state="open")
    await put_mention(database, conversation_id, "I am on it", ours=True, author_handle="brand")

    page = await page_of(ann, conversation_id)

    assert "posted on X by a person" in page
    assert "waits for the bot" in page.split("I am on it")[0]
    assert "waits for the bot" not in page.split("I am on it")[1]


async def test_any_agent_may_give_the_bot_back_what_a_person_answered_on_the_channel_itself(browser, database):
    ann = await browser()
    conversation_id = await put_conversation(database, state="open", owner="@brand on X")

    page = await page_of(ann, conversation_id)
    await ann.send(f"/conversations/{conversation_id}/return")

    assert "Return to the bot" in page
    assert (await rows_of(database, conversations))[0].owner is None


async def test_posts_decided_together_are_shown_as_one_burst(browser, database):
    ann = await browser()
    conversation_id = await put_conversation(database, "My wifi drops")
    await put_decision(database, conversation_id, "ignore", reasons=("continued",))
    await put_mention(database, conversation_id, "after every sleep")
    await put_decision(database, conversation_id, together=[1])

    page = await page_of(ann, conversation_id)

    assert "Read as one with the next post" in page
    assert "Read as one with the post before" in page


async def test_a_withdrawn_draft_says_why_it_is_gone(browser, database):
    ann = await browser()
    conversation_id = await put_conversation(database)
    await put_draft(database, conversation_id)
    gone = {"state": "withdrawn", "settled_by": "the bot: The customer wrote again.", "settled_at": datetime.now(UTC)}
    async with database.begin() as connection:
        await connection.execute(update(drafts).values(gone))

    page = await page_of(ann, conversation_id)

    assert "The draft was withdrawn. The customer wrote again." in page
    assert "/approve" not in page


async def test_an_erased_post_says_so_and_cannot_be_answered(browser, database):
    ann = await browser()
    gone = {"erased_at": datetime.now(UTC)}
    conversation_id = await put_conversation(database, "", name="", handle="", mention=gone)

    page = await page_of(ann, conversation_id)

    assert "This post was erased" in page
    assert "Erased author" in page
    assert "<textarea" not in page


@pytest.mark.parametrize("language", ["en", "es", "de"])
async def test_personal_data_in_public_brings_words_that_ask_to_delete_it(browser, database, language):
    ann = await browser()
    conversation_id = await put_conversation(database, mention={"masked": [Personal.PHONE]})
    await put_decision(database, conversation_id, understanding={**UNDERSTANDING, "language": language})

    page = await page_of(ann, conversation_id)

    assert "This post shows a phone number" in page
    assert PLEAS[language] in page


async def test_personal_data_in_private_is_nobodys_business(browser, database):
    ann = await browser()
    conversation_id = await put_conversation(database, audience=Audience.PRIVATE, mention={"masked": [Personal.PHONE]})

    assert "This post shows" not in await page_of(ann, conversation_id)


@pytest.mark.parametrize("language", PLEAS)
def test_a_plea_fits_into_one_post_with_its_signature(language):
    assert weighted_length(f"{PLEAS[language]} ^ABC") <= MAX_WEIGHT


def test_personal_data_is_named_in_a_sentence():
    assert personal([Personal.PHONE]) == "a phone number"
    assert personal([Personal.CARD, Personal.IBAN, Personal.EMAIL]) == "a card number, an IBAN and an e-mail address"


@pytest.mark.parametrize(("audience", "marked"), [("private", True), ("public", False)])
async def test_private_messages_are_marked_in_the_thread_and_in_the_queue(browser, database, audience, marked):
    ann = await browser()
    conversation_id = await put_conversation(database, state="open", audience=audience)

    assert ("Quote nothing of them in public." in await page_of(ann, conversation_id)) is marked
    assert ('class="chip private"' in await (await ann.get("/queue")).text()) is marked
