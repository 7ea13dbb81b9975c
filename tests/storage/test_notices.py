from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text

from bot.errors import StorageDown
from bot.vocabulary import Switch
from storage.database import Database
from storage.inbox import admit
from storage.notices import Notice, Subject, listening, notify
from storage.switches import turn
from tests.bot.values import a_mention

PATIENCE_SECONDS = 10


async def following(notices):
    async with asyncio.timeout(PATIENCE_SECONDS):
        return await anext(notices)


def settled(number):
    return Notice(subject=Subject.SETTLED, conversation_id=number, mention_id=number)


async def test_a_committed_notice_arrives_as_it_was_given(database):
    async with listening(database) as notices:
        async with database.begin() as connection:
            await notify(connection, settled(1))

        assert await following(notices) == settled(1)


async def test_a_notice_arrives_only_after_the_commit(database):
    async with listening(database) as notices:
        async with database.begin() as early:
            await notify(early, settled(1))
            async with database.begin() as other:
                await notify(other, settled(2))

            assert await following(notices) == settled(2)
        assert await following(notices) == settled(1)


async def test_a_notice_that_is_rolled_back_never_arrives(database):
    async with listening(database) as notices:
        async with database.begin() as connection:
            await notify(connection, settled(1))
            await connection.rollback()
        async with database.begin() as connection:
            await notify(connection, settled(2))

        assert await following(notices) == settled(2)


async def test_several_notices_of_one_transaction_keep_their_order(database):
    async with listening(database) as notices:
        async with database.begin() as connection:
            await notify(connection, *map(settled, range(5)))

        assert [await following(notices) for _ in range(5)] == list(map(settled, range(5)))


async def test_a_heard_mention_and_a_turned_switch_are_announced(database):
    async with listening(database) as notices:
        async with database.begin() as connection:
            await admit(connection, [a_mention()])
            await turn(connection, Switch.PAUSED, on=True, by="Ops")

        assert [(await following(notices)).subject for _ in range(2)] == [Subject.HEARD, Subject.SWITCHED]


async def test_a_mention_heard_again_is_not_announced(database):
    mention = a_mention()
    async with database.begin() as connection:
        await admit(connection, [mention])
    async with listening(database) as notices:
        async with database.begin() as connection:
            await admit(connection, [mention])
            await notify(connection, settled(1))

        assert await following(notices) == settled(1)


async def test_what_only_a_newer_release_speaks_of_is_passed_over(database):
    async with listening(database) as notices:
        async with database.begin() as connection:
            await connection.execute(text("select pg_notify('heed', '{\"subject\": \"weather\"}')"))
            await notify(connection, settled(1))

        assert await following(notices) == settled(1)


async def test_listening_to_a_database_that_is_down_says_so():
    async with Database("postgresql://heed@127.0.0.1:1/heed") as database:
        with pytest.raises(StorageDown, match="heed at"):
            async with listening(database):
                pass
