from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import func, select, update

from bot.vocabulary import Circumstances, Outcome, Reply, Route
from storage.decisions import record
from storage.inbox import admit, count_waiting, find_cursor, save_cursor, take
from storage.tables import conversations, mentions, replies
from tests.bot.values import a_decision, a_mention


async def stored(database, *heard):
    async with database.begin() as connection:
        return await admit(connection, heard)


async def taken(database, limit=64):
    async with database.begin() as connection:
        return await take(connection, limit)


async def count(database, table):
    async with database.begin() as connection:
        return await connection.scalar(select(func.count()).select_from(table))


async def answered(database, admitted):
    reply = Reply(channel="x", in_reply_to=admitted.mention.post_id, text="Hold the key. ^Bot")
    async with database.begin() as connection:
        await record(connection, [Outcome(admitted=admitted, decision=a_decision(Route.ANSWER), made=reply)], {})


async def test_a_mention_comes_back_as_it_was_heard(database):
    heard = a_mention("Où est mon colis? \U0001f62d", in_reply_to="1", followers=9, author_name="Ana", addressed=False)
    await stored(database, heard)
    [admitted] = await taken(database)

    assert admitted.mention.id > 0
    assert admitted.conversation_id > 0
    assert admitted.circumstances == Circumstances()
    for name in ("text", "post_id", "posted_at", "in_reply_to", "kind", "followers", "author_name", "addressed"):
        assert getattr(admitted.mention, name) == getattr(heard, name)


async def test_a_mention_that_is_heard_twice_is_stored_once(database):
    heard = a_mention()

    assert (await stored(database, heard), await stored(database, heard)) == (1, 0)
    assert await count(database, mentions) == 1


async def test_a_mention_that_comes_twice_in_one_batch_is_stored_once(database):
    heard = a_mention()

    assert await stored(database, heard, heard) == 1


async def test_only_what_is_new_of_a_batch_is_stored(database):
    old, new = a_mention(), a_mention()
    await stored(database, old)

    assert await stored(database, old, new) == 1
    assert await count(database, mentions) == 2


async def test_the_same_id_on_another_channel_is_another_post(database):
    assert await stored(database, a_mention(post_id="5"), a_mention(post_id="5", channel="email")) == 2


async def test_nothing_heard_is_nothing_stored(database):
    assert await stored(database) == 0


async def test_two_processes_that_hear_the_same_post_store_it_once(database):
    heard = a_mention()
    first, second = await asyncio.gather(stored(database, heard), stored(database, heard))

    assert first + second == 1
    assert await count(database, conversations) == 1


async def test_two_customers_under_one_post_have_a_conversation_each(database):
    await stored(database, a_mention(author_id="1", root_id="9"), a_mention(author_id="2", root_id="9"))

    assert len({admitted.conversation_id for admitted in await taken(database)}) == 2


async def test_one_customer_under_one_post_has_one_conversation(database):
    await stored(database, a_mention(root_id="9"))
    await stored(database, a_mention(root_id="9"))

    assert len({admitted.conversation_id for admitted in await taken(database)}) == 1


async def test_mentions_are_taken_oldest_first_and_only_so_many(database):
    heard = [a_mention() for _ in range(3)]
    await stored(database, *heard)

    assert [a.mention.post_id for a in await taken(database, 2)] == [m.post_id for m in heard[:2]]


async def test_taking_without_recording_leaves_a_mention_waiting(database):
    await stored(database, a_mention())
    await taken(database)

    async with database.begin() as connection:
        assert await count_waiting(connection) == 1


async def test_what_another_process_has_taken_is_passed_over(database):
    await stored(database, *[a_mention() for _ in range(3)])
    async with database.begin() as one, database.begin() as other:
        first = await take(one, 2)
        second = await take(other, 2)

    assert (len(first), len(second)) == (2, 1)
    assert not {a.mention.id for a in first} & {a.mention.id for a in second}


@pytest.mark.parametrize(("older", "newer"), [("100", "101"), ("999", "1000")])
async def test_a_newer_version_supersedes_an_older_one(database, older, newer):
    await stored(database, a_mention(post_id=newer, chain_id="99"), a_mention(post_id=older, chain_id="99"))
    superseded = {a.mention.post_id: a.circumstances.superseded for a in await taken(database)}

    assert superseded == {older: True, newer: False}


async def test_another_posts_versions_supersede_nothing(database):
    await stored(database, a_mention(post_id="100"), a_mention(post_id="101"))

    assert not any(a.circumstances.superseded for a in await taken(database))


async def test_a_later_version_of_an_answered_post_is_answered_already(database):
    await stored(database, a_mention(post_id="100", chain_id="100", root_id="100"))
    await answered(database, (await taken(database))[0])
    async with database.begin() as connection:
        await connection.execute(update(replies).values(state="sent"))
    await stored(database, a_mention(post_id="101", chain_id="100", root_id="100"))
    [edited] = await taken(database)

    assert edited.circumstances.answered


async def test_a_mention_whose_conversation_an_agent_owns_says_so(database):
    await stored(database, a_mention())
    async with database.begin() as connection:
        await connection.execute(update(conversations).values(owner="Ann"))

    assert (await taken(database))[0].circumstances.with_agent


async def test_a_channel_has_no_cursor_at_first(database):
    async with database.begin() as connection:
        assert await find_cursor(connection, "x") is None


async def test_a_cursor_moves_on_its_own_channel_only(database):
    async with database.begin() as connection:
        await save_cursor(connection, "x", "1")
        await save_cursor(connection, "email", "a")
        await save_cursor(connection, "x", "2")

        assert (await find_cursor(connection, "x"), await find_cursor(connection, "email")) == ("2", "a")


async def test_a_post_with_a_null_character_does_not_stop_the_others(database):
    assert await stored(database, a_mention("before\x00after"), a_mention()) == 2
    assert (await taken(database))[0].mention.text == "beforeafter"


async def test_a_post_with_half_a_surrogate_pair_does_not_stop_the_others(database):
    assert await stored(database, a_mention("half \ud83d"), a_mention()) == 2
