from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from bot.errors import ChannelBusy, ChannelDown, ChannelSpent, StorageDown
from bot.hearing import hear_once, keep_hearing, leading
from bot.ports import Gap, Heard
from bot.settings import Settings
from bot.vocabulary import ChannelState, Lane
from storage import conditions, gaps, inbox
from storage.database import Database
from tests.bot.values import NOW, a_mention

PATIENCE_SECONDS = 10
SETTINGS = Settings()


class Script:
    """A listener that gives prepared looks, one after the other, then the last cursor again and again."""

    channel = "x"
    stream = "x mentions"
    pause = 5.0

    def __init__(self, *looks):
        self._looks = list(looks)
        self._last = None
        self.cursors = []

    async def hear(self, cursor):
        self.cursors.append(cursor)
        look = self._looks.pop(0) if self._looks else Heard(mentions=(), cursor=cursor)
        if isinstance(look, Exception):
            raise look
        return look


class Sleeper:
    """Sleeps no time at all, remembers how long it should have been, and wakes the test after a number of times."""

    def __init__(self, times):
        self.seconds = []
        self._times = times
        self._done = asyncio.Event()

    async def __call__(self, seconds):
        self.seconds.append(seconds)
        if len(self.seconds) >= self._times:
            self._done.set()
            await asyncio.Event().wait()

    async def done(self):
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self._done.wait()


class Bell:
    def __init__(self):
        self.rings = 0

    async def __call__(self):
        self.rings += 1


@asynccontextmanager
async def kept(listener, database, *, sleeps, heard=None):
    """Keep hearing for so many sleeps."""
    sleeper = Sleeper(sleeps)
    keeping = asyncio.create_task(
        keep_hearing(listener, database, SETTINGS, heard=heard or Bell(), sleep=sleeper), name="hearing"
    )
    try:
        await sleeper.done()
        yield sleeper
    finally:
        keeping.cancel()
        await asyncio.wait([keeping])


async def cursor_of(database, stream="x mentions"):
    async with database.begin() as connection:
        return await inbox.find_cursor(connection, stream)


async def trouble(database):
    async with database.begin() as connection:
        return await conditions.find(connection, "x", Lane.HEAR)


async def noted(database, state):
    async with database.begin() as connection:
        until = NOW + timedelta(hours=1)
        await conditions.note(connection, "x", Lane.HEAR, state, problem="before", until=until)


async def test_what_is_heard_is_stored_with_the_cursor(database):
    listener = Script(Heard(mentions=(a_mention(),), cursor="7"))
    look = await hear_once(listener, database, SETTINGS)
    assert (look.new, look.rest) == (1, 0.0)
    assert await cursor_of(database) == "7"


async def test_each_stream_has_a_cursor_of_its_own(database):
    other = Script(Heard(mentions=(), cursor="8"))
    other.stream = "x messages"
    await hear_once(Script(Heard(mentions=(), cursor="7")), database, SETTINGS)
    await hear_once(other, database, SETTINGS)
    assert (await cursor_of(database), await cursor_of(database, "x messages")) == ("7", "8")


async def test_a_gap_is_stored_with_the_cursor_that_has_passed_it(database):
    gap = Gap(since=NOW, until=NOW + timedelta(hours=1), why="Mentions are lost.")
    await hear_once(Script(Heard(mentions=(), cursor="7", gaps=(gap,))), database, SETTINGS)
    async with database.begin() as connection:
        [found] = await gaps.newest(connection, 10)
    assert (found.channel, found.stream, found.gap) == ("x", "x mentions", gap)


async def test_a_look_that_fails_leaves_the_cursor(database):
    listener = Script(Heard(mentions=(), cursor="7"), ChannelDown())
    await hear_once(listener, database, SETTINGS)
    with pytest.raises(ChannelDown):
        await hear_once(listener, database, SETTINGS)
    assert await cursor_of(database) == "7"


async def test_each_look_goes_on_from_the_stored_cursor_and_new_mentions_are_told(database):
    bell = Bell()
    listener = Script(Heard(mentions=(), cursor="1"), Heard(mentions=(a_mention(),), cursor="2"))
    async with kept(listener, database, sleeps=3, heard=bell):
        assert listener.cursors == [None, "1", "2"]
    assert bell.rings == 1


async def test_the_longer_of_the_pause_and_the_rest_asked_for_is_kept(database):
    looks = (Heard(mentions=(), cursor="1", rest=30.0), Heard(mentions=(), cursor="1", rest=1.0))
    async with kept(Script(*looks), database, sleeps=2) as sleeper:
        assert sleeper.seconds == [30.0, 5.0]


async def test_a_channel_in_trouble_is_left_alone_for_as_long_as_it_asks_and_its_condition_says_why(database):
    busy = ChannelBusy("The window is used up.", retry_after=600.0)
    async with kept(Script(busy), database, sleeps=1) as sleeper:
        assert sleeper.seconds == [600.0]
    condition = await trouble(database)
    assert (condition.state, condition.problem) == (ChannelState.BUSY, "The window is used up.")


async def test_what_waiting_does_not_help_is_not_asked_again_soon(database):
    async with kept(Script(ChannelSpent("Top up.")), database, sleeps=1) as sleeper:
        assert sleeper.seconds == [900.0]
    assert (await trouble(database)).state is ChannelState.SPENT


async def test_troubles_in_a_row_are_left_alone_longer_and_longer(database):
    async with kept(Script(*(ChannelDown() for _ in range(5))), database, sleeps=5) as sleeper:
        assert sleeper.seconds == [5.0, 5.0, 8.0, 16.0, 32.0]


async def test_the_first_look_that_succeeds_ends_the_trouble(database):
    async with kept(Script(ChannelDown()), database, sleeps=2):
        assert await trouble(database) is None


async def test_a_trouble_that_another_process_noted_ends_with_the_first_look(database):
    await noted(database, ChannelState.REFUSED)
    async with kept(Script(), database, sleeps=1):
        assert await trouble(database) is None


async def test_a_stream_that_works_does_not_end_the_trouble_of_another(database):
    async def other_stream_fails():
        await noted(database, ChannelState.BUSY)

    async with kept(Script(Heard(mentions=(a_mention(),), cursor="1")), database, sleeps=3, heard=other_stream_fails):
        assert (await trouble(database)).problem == "before"


async def test_one_stream_is_led_by_one_process_at_a_time(database):
    order = []

    async def second():
        async with leading(database, "x mentions", patience=0.01):
            order.append("second")

    async with leading(database, "x mentions", patience=0.01):
        waiting = asyncio.create_task(second())
        async with leading(database, "x messages", patience=0.01):
            order.append("first")
    await waiting
    assert order == ["first", "second"]


async def test_two_streams_are_led_side_by_side(database):
    async with leading(database, "x mentions", patience=5), leading(database, "x messages", patience=5) as still_leads:
        await still_leads()


async def test_hearing_ends_when_the_database_goes_away():
    async with Database("postgresql://heed@127.0.0.1:1/heed") as away:
        with pytest.raises(StorageDown):
            await keep_hearing(Script(), away, SETTINGS, heard=Bell())
