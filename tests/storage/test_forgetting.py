from __future__ import annotations

import pytest
from sqlalchemy import text

from storage.erasing import erase_author, erase_posts
from storage.forgetting import WITHDRAWN
from storage.tables import (
    contacts,
    conversations,
    decisions,
    desk_events,
    drafts,
    escalations,
    feedback,
    opt_outs,
    replies,
)
from tests.storage.outcomes import rows
from tests.storage.private import SECRETS, answer, escalate, keep_contact, say, talk, whole_customer
from tests.storage.test_dialogue import talks
from tests.storage.test_erasing import everything


async def erased(database, who="@mara_k"):
    async with database.begin() as connection:
        return await erase_author(connection, "x", who)


async def test_of_a_customer_nothing_is_left_that_tells_who_they_are_or_what_they_said(database):
    await whole_customer(database)
    counted = await erased(database)
    held = (await everything(database)).lower() + "".join(await talks(database))

    assert [secret for secret in SECRETS if secret in held] == []
    assert (counted.posts, counted.contacts, counted.cases, counted.desk_events) == (2, 1, 1, 1)
    assert (counted.replies, counted.feedback, counted.dialogue_events, counted.under_way) == (2, 1, 1, 0)


async def test_what_explains_the_bot_and_what_protects_the_customer_stays(database):
    await whole_customer(database)
    await erased(database)
    [case] = await rows(database, escalations)

    assert (case.reference, case.state, case.consent["keep_days"]) == ("H7K-2QF-9", "open", 90)
    assert len(await rows(database, decisions)) == 2
    assert [row.author_id for row in await rows(database, opt_outs)] == ["7"]


async def test_cases_that_a_desk_has_are_named_since_the_desk_has_a_copy(database):
    await whole_customer(database)

    assert (await erased(database)).at_desks == ("H7K-2QF-9",)


@pytest.mark.parametrize("state", ["queued", "dead"])
async def test_a_case_that_no_desk_has_goes_nowhere_any_more(database, state):
    await escalate(database, await say(database), state=state)
    counted = await erased(database)
    [case] = await rows(database, escalations)

    assert (case.state, case.problem, counted.at_desks) == ("resolved", WITHDRAWN, ())


async def test_others_keep_what_is_theirs(database):
    await whole_customer(database)
    other = await say(database, "I am Bo Other", author_id="8", author_handle="bo", root_id="dm-8")
    await keep_contact(database, other)
    await escalate(database, other, reference="OTHER")
    await talk(database, other, "Bo said")
    await erased(database)

    assert [row.author_id for row in await rows(database, contacts)] == ["8"]
    assert {row.reference: row.words for row in await rows(database, escalations)} == {
        "H7K-2QF-9": "",
        "OTHER": "I am Bo Other",
    }
    assert await talks(database) == ["Bo said"]
    assert {row.author_handle for row in await rows(database, conversations)} == {"", "bo"}


async def test_a_reply_that_may_be_on_its_way_keeps_its_words_since_it_is_looked_for_by_them(database):
    said = await say(database)
    await answer(database, said, state="sending")
    counted = await erased(database)

    assert (counted.replies, counted.under_way) == (0, 1)
    assert [row.text != "" for row in await rows(database, replies)] == [True]


async def test_who_is_erased_already_is_found_by_the_channels_own_id(database):
    said = await say(database)
    async with database.begin() as connection:
        await erase_posts(connection, "x", [said.mention.post_id])
    await keep_contact(database, said)

    assert (await erased(database)).contacts == 0
    assert (await erased(database, "id:7")).contacts == 1


async def test_an_author_without_a_name_is_not_everybody_without_a_name(database):
    said = await say(database)
    other = await say(database, "look", author_id="8", author_handle="", root_id="dm-8")
    await keep_contact(database, other)
    await erased(database, "id:7")

    assert [row.author_id for row in await rows(database, contacts)] == ["8"]
    assert said.conversation_id != other.conversation_id


async def test_a_post_that_is_deleted_goes_from_its_case_and_from_what_rasa_keeps(database):
    first = await say(database)
    second = await say(database, "it fell down")
    await escalate(database, first)
    async with database.begin() as connection:
        await connection.execute(
            text("update escalations set words = :words"), {"words": f"{first.mention.text}\nit fell down"}
        )
    await talk(database, first)
    async with database.begin() as connection:
        await erase_posts(connection, "x", [first.mention.post_id])
    [case] = await rows(database, escalations)

    assert (case.words, case.goal, case.contact["name"]) == ("it fell down", "", "Mara Klein")
    assert await talks(database) == []
    assert second.mention.text == "it fell down"


async def test_a_deleted_post_leaves_cases_without_its_words_alone(database):
    first, second = await say(database), await say(database, "it fell down")
    await escalate(database, second)
    async with database.begin() as connection:
        await erase_posts(connection, "x", [first.mention.post_id])

    assert [row.words for row in await rows(database, escalations)] == ["it fell down"]


async def test_erasing_again_finds_nothing_more(database):
    await whole_customer(database)
    await erased(database)
    again = await erased(database, "id:7")

    assert (again.posts, again.contacts, again.desk_events, again.replies, again.feedback) == (0, 0, 0, 0, 0)
    assert [(row.text, row.author) for row in await rows(database, desk_events)] == [("", "")]
    assert [(row.text, row.final_text) for row in await rows(database, drafts)] == [("", None)]
    assert await rows(database, feedback) == []
