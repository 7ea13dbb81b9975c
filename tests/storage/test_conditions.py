from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.vocabulary import ChannelState, Lane
from storage import conditions
from storage.notices import Notice, Subject, listening, notify

LATER = datetime(2026, 11, 22, 9, 15, tzinfo=UTC)
CHANGED = Notice(subject=Subject.CHANNEL)
LAST = Notice(subject=Subject.SWITCHED)


async def noted(database, state=ChannelState.BUSY, *, lane=Lane.POST, problem="The window is used up.", until=LATER):
    async with database.begin() as connection:
        await conditions.note(connection, "x", lane, state, problem=problem, until=until)


async def cleared(database, lane=Lane.POST):
    async with database.begin() as connection:
        await conditions.clear(connection, "x", lane)


async def found(database, lane=Lane.POST):
    async with database.begin() as connection:
        return await conditions.find(connection, "x", lane)


async def told(database, *steps):
    """Take *steps* and give the notices that they brought."""
    async with listening(database) as notices:
        for step in steps:
            await step
        async with database.begin() as connection:
            await notify(connection, LAST)
        heard = []
        while (notice := await anext(notices)) != LAST:
            heard.append(notice)
        return heard


async def test_a_lane_of_which_nothing_was_noted_works(database):
    assert await found(database) is None


async def test_a_trouble_is_found_as_it_was_noted(database):
    await noted(database, ChannelState.SPENT, problem="Top up.")
    trouble = await found(database)
    assert (trouble.channel, trouble.lane, trouble.state) == ("x", Lane.POST, ChannelState.SPENT)
    assert (trouble.problem, trouble.until) == ("Top up.", LATER)


async def test_one_lane_in_trouble_leaves_the_others_working(database):
    await noted(database, lane=Lane.POST)
    assert await found(database, Lane.HEAR) is None


async def test_the_same_trouble_noted_again_keeps_its_beginning(database):
    await noted(database)
    began = (await found(database)).since
    await noted(database, until=LATER + timedelta(minutes=15))
    again = await found(database)
    assert (again.since, again.until) == (began, LATER + timedelta(minutes=15))


async def test_another_trouble_begins_anew(database):
    await noted(database, ChannelState.BUSY)
    began = (await found(database)).since
    await noted(database, ChannelState.REFUSED)
    assert (await found(database)).since > began


async def test_a_cleared_lane_works(database):
    await noted(database)
    await cleared(database)
    assert await found(database) is None


async def test_all_troubles_are_given_by_channel_and_lane(database):
    for lane in (Lane.POST, Lane.HEAR):
        await noted(database, lane=lane)
    async with database.begin() as connection:
        assert [trouble.lane for trouble in await conditions.all_of(connection)] == [Lane.HEAR, Lane.POST]


async def test_a_trouble_and_its_end_are_announced(database):
    assert await told(database, noted(database), cleared(database)) == [CHANGED, CHANGED]


async def test_what_changes_nothing_is_not_announced(database):
    await noted(database)
    assert await told(database, noted(database), cleared(database, Lane.HEAR)) == []
