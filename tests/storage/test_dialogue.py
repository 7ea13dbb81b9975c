from __future__ import annotations

from sqlalchemy import text

from storage.dialogue import find_events, forget_events
from tests.storage.private import say, talk


async def talks(database):
    async with database.begin() as connection:
        return list(await connection.scalars(text("select data from dialogue.events order by id")))


async def test_before_rasa_ever_ran_there_is_nothing_to_find_or_forget(database):
    async with database.begin() as connection:
        assert await find_events(connection, [1]) == ()
        assert await forget_events(connection, [1]) == 0


async def test_only_the_talks_of_the_named_conversations_are_found_and_forgotten(database):
    first = await say(database)
    other = await say(database, author_id="8", root_id="dm-8")
    await talk(database, first, "mine")
    await talk(database, other, "theirs")
    async with database.begin() as connection:
        found = await find_events(connection, [first.conversation_id])
        gone = await forget_events(connection, [first.conversation_id])

    assert [row["data"] for row in found] == ["mine"]
    assert (gone, await talks(database)) == (1, ["theirs"])
