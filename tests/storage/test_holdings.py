from __future__ import annotations

import json

from bot.vocabulary import Parent
from storage.erasing import erase_author
from storage.holdings import find_authors, find_holdings
from tests.bot.values import a_mention
from tests.storage.outcomes import heard
from tests.storage.private import ASKED, CONTACT, say, whole_customer


async def held(database, who="@mara_k", channel="x"):
    async with database.begin() as connection:
        return await find_holdings(connection, channel, who)


async def authors(database, who):
    async with database.begin() as connection:
        return await find_authors(connection, "x", who)


async def test_a_customer_is_found_by_handle_however_it_is_written_and_by_id(database):
    await say(database)

    assert [await authors(database, who) for who in ("mara_k", "@Mara_K", "id:7")] == [("7",)] * 3
    assert await authors(database, "nobody") == ()


async def test_all_accounts_that_went_by_a_handle_are_found(database):
    await say(database)
    await say(database, author_id="8", root_id="dm-8")

    assert await authors(database, "mara_k") == ("7", "8")


async def test_everything_of_a_customer_is_found(database):
    await whole_customer(database)
    found = await held(database)

    assert found.counts() == {
        "posts": 2,
        "quotes": 0,
        "contacts": 1,
        "cases": 1,
        "desk_events": 1,
        "replies": 1,
        "own_posts": 1,
        "drafts": 1,
        "handoffs": 0,
        "decisions": 2,
        "judgements": 0,
        "feedback": 1,
        "originals": 0,
        "opt_outs": 1,
        "dialogue_events": 1,
    }
    assert found.posts[0]["text"] == ASKED
    assert (found.contacts[0].contact.email, found.cases[0]["contact"]["number"]) == (CONTACT.email, CONTACT.number)


async def test_what_is_found_can_be_written_as_json(database):
    await whole_customer(database)
    found = await held(database)

    assert ASKED in json.dumps([dict(row) for row in (*found.posts, *found.decisions, *found.replies)], default=str)


async def test_words_that_others_quote_are_found(database):
    await say(database)
    parents = (Parent(post_id="99", author_handle="Mara_K", text="my words"),)
    await heard(database, a_mention("look at this", author_id="8", parents=parents))

    assert [row["text"] for row in (await held(database)).quotes] == ["my words"]


async def test_nobody_elses_posts_are_found(database):
    await whole_customer(database)
    await say(database, "mine alone", author_id="8", author_handle="bo", root_id="dm-8")

    assert [row["text"] for row in (await held(database, "bo")).posts] == ["mine alone"]
    assert not (await held(database, "bo", channel="y")).is_any


async def test_after_erasing_only_the_hollow_rows_are_found_and_by_id_alone(database):
    await whole_customer(database)
    async with database.begin() as connection:
        await erase_author(connection, "x", "mara_k")
    by_id = await held(database, "id:7")

    assert not (await held(database)).is_any
    assert {row["text"] for row in by_id.posts} == {""}
