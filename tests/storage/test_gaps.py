from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.ports import Gap
from storage import gaps

DAWN = datetime(2026, 11, 1, 6, 0, tzinfo=UTC)


def a_gap(day):
    since = DAWN + timedelta(days=day)
    return Gap(since=since, until=since + timedelta(hours=1), why=f"Day {day} is lost.")


async def noted(database, *found):
    async with database.begin() as connection:
        await gaps.note(connection, "x", "x messages", found)


async def newest(database, limit=10):
    async with database.begin() as connection:
        return await gaps.newest(connection, limit)


async def test_a_gap_is_given_as_it_was_noted(database):
    await noted(database, a_gap(1))
    [found] = await newest(database)
    assert (found.channel, found.stream, found.gap) == ("x", "x messages", a_gap(1))


async def test_the_gap_found_last_comes_first(database):
    await noted(database, a_gap(2), a_gap(1))
    await noted(database, a_gap(3))
    assert [found.gap for found in await newest(database, 2)] == [a_gap(3), a_gap(1)]


async def test_a_look_without_gaps_notes_nothing(database):
    await noted(database)
    assert await newest(database) == ()
