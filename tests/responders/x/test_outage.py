"""Many mentions at once: all are heard, nothing is asked more often than X allows, and what is lost is named."""

from __future__ import annotations

from datetime import timedelta

import pytest

from responders.x.listener import XListener
from responders.x.snowflakes import moment_of
from sandbox.faults import Fault, FaultKind
from sandbox.limits import Caller, Endpoint
from sandbox.world import NewPost
from tests.responders.x.listening import Ear

CUSTOMERS = 400


@pytest.fixture
def ear(client, settings, clock):
    return Ear(XListener(client, settings, clock), clock)


@pytest.fixture
def crowd(world, clock):
    """Let customers post a number of mentions, spread evenly over a time that is over then."""

    def posted(number, *, over):
        step, said = over / number, []
        for each in range(number):
            clock.move(seconds=step.total_seconds())
            said.append(world.post(NewPost(author=f"c{each % CUSTOMERS}", text=f"@TarnwellHelp it broke {each}")).id)
        return said

    return posted


class Storm:
    """Mentions that come while somebody listens: those that are due by the clock are posted before each look."""

    def __init__(self, world, clock, *, number, over):
        self._world = world
        self._clock = clock
        self._began = clock.now
        self._number = number
        self._over = over
        self.said = []

    def blow(self):
        now = self._clock.now
        passed = min(1.0, (now - self._began) / self._over)
        for each in range(len(self.said), int(passed * self._number)):
            self._clock.now = self._began + self._over * each / self._number
            new = NewPost(author=f"c{each % CUSTOMERS}", text=f"@TarnwellHelp it broke {each}")
            self.said.append(self._world.post(new).id)
        self._clock.now = now

    @property
    def is_over(self):
        return len(self.said) == self._number


async def test_ten_thousand_mentions_in_ten_minutes_are_all_heard_within_the_rate_limits(ear, world, clock, sandbox):
    await ear.look()
    storm = Storm(world, clock, number=10_000, over=timedelta(minutes=10))
    while not storm.is_over:
        storm.blow()
        await ear.look()
    await ear.looks(3)
    assert set(ear.heard) == set(storm.said)
    assert sum(sandbox.limits.refused.values()) == 0
    assert ear.gaps == []


async def test_what_was_said_while_nobody_listened_is_heard_however_much_it_was(ear, crowd, clock):
    await ear.look()
    said = crowd(2_500, over=timedelta(hours=3))
    await ear.looks(4)
    assert sorted(ear.heard, key=int) == said
    assert ear.gaps == []


async def test_new_mentions_do_not_wait_for_old_ones(ear, crowd, say):
    await ear.look()
    crowd(2_500, over=timedelta(hours=3))
    new = say("mara_k", "@TarnwellHelp and now?")
    assert (await ear.look()).mentions[-1].post_id == new


async def test_a_restart_while_catching_up_goes_on_where_it_was(ear, crowd, client, settings, clock):
    await ear.look()
    said = crowd(2_500, over=timedelta(hours=3))
    await ear.look()
    ear.listener = XListener(client, settings, clock)
    await ear.looks(4)
    assert sorted(ear.heard, key=int) == said


async def test_what_x_gives_no_more_is_a_gap_and_everything_else_is_heard(ear, crowd, clock):
    await ear.look()
    lost = crowd(300, over=timedelta(hours=1))
    clock.move(days=7)
    said = crowd(900, over=timedelta(hours=1))
    await ear.looks(3)
    assert sorted(ear.heard, key=int) == said
    [gap] = ear.gaps
    assert gap.since <= moment_of(lost[0])
    assert moment_of(lost[-1]) <= gap.until <= moment_of(said[0])
    assert gap.why.startswith(f"Mentions from {gap.since:%Y-%m-%d %H:%M} to {gap.until:%Y-%m-%d %H:%M} UTC cannot be")


async def test_few_mentions_are_no_gap_however_long_nobody_listened(ear, crowd, clock):
    await ear.look()
    said = crowd(300, over=timedelta(hours=1))
    clock.move(days=20)
    await ear.looks(2)
    assert (ear.heard, ear.gaps) == (said, [])


async def test_a_search_in_trouble_leaves_the_new_mentions_alone_and_is_gone_on_with(ear, crowd, say, sandbox, clock):
    await ear.look()
    said = crowd(1_000, over=timedelta(hours=3))
    sandbox.faults.add(Fault(kind=FaultKind.RATE_LIMIT, path="/2/tweets/search"))
    await ear.look()
    said.append(say("mara_k", "@TarnwellHelp and now?"))
    await ear.look()
    assert said[-1] in ear.heard
    assert sandbox.limits.requests[Endpoint.SEARCH] == 0
    clock.move(minutes=15)
    await ear.look()
    assert sorted(ear.heard, key=int) == said


async def test_a_window_that_ends_within_a_look_loses_nothing(ear, crowd, sandbox, clock):
    await ear.look()
    await ear.look()
    for _ in range(297):
        sandbox.limits.take(Endpoint.MENTIONS, Caller.USER)
    said = crowd(700, over=timedelta(minutes=1))
    await ear.looks(3)
    assert sorted(ear.heard, key=int) == said
    assert sandbox.limits.refused[Endpoint.MENTIONS] == 0


async def test_the_closer_the_rate_limit_the_longer_the_rest(ear, sandbox, say):
    await ear.look()
    for _ in range(280):
        sandbox.limits.take(Endpoint.MENTIONS, Caller.USER)
    say("mara_k", "@TarnwellHelp hello?")
    assert (await ear.look()).rest == pytest.approx(900 / 19, rel=0.01)
