"""The job that decides leaves alone what is held, and comes back when that is due."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, text, update

from bot.jobs import Foreman, Workshop, job_app
from bot.settings import IntakeSettings
from bot.training.certifying import Proof
from bot.vocabulary import Reason
from storage.inbox import admit
from storage.tables import decisions, inbox
from tests.bot.certified import MADE_FROM, brain_with, settings_with
from tests.bot.values import a_mention
from tests.storage.outcomes import rows

HELD = IntakeSettings(hold_seconds=60)


@pytest.fixture
async def work(database):
    """A workshop without a worker, so that its jobs stay where they are."""
    settings = settings_with()
    brain = brain_with({}, settings, Proof.of(settings, MADE_FROM, None))
    async with opened(database) as foreman:
        with ThreadPoolExecutor(1) as bench:
            yield Workshop(
                settings=settings, database=database, brain=lambda: brain, bench=bench, desks={}, foreman=foreman
            )


@asynccontextmanager
async def opened(database):
    app = job_app(database, connections=2)
    async with app.open_async():
        yield Foreman(app)


async def hear(database, *texts, intake=HELD):
    posts = [a_mention(each, root_id="9", posted_at=datetime.now(UTC)) for each in texts]
    async with database.begin() as connection:
        await admit(connection, posts, intake)


async def jobs(database):
    """Give in how many seconds each waiting job is due."""
    waiting = "select extract(epoch from scheduled_at - now()) from procrastinate_jobs where status = 'todo'"
    async with database.begin() as connection:
        return list(await connection.scalars(text(waiting)))


async def test_what_is_held_is_decided_later(database, work):
    await hear(database, "how do I swap keys?")

    assert await work.decide_waiting() == 0
    [due] = await jobs(database)
    assert 50 < due <= 60


async def test_what_waits_for_nothing_leaves_no_job(database, work):
    await hear(database, "how do I swap keys?", intake=IntakeSettings(hold_seconds=0))

    assert await work.decide_waiting() == 1
    assert await jobs(database) == []


async def test_one_job_comes_back_however_often_something_is_heard(database, work):
    for each in ("hi", "there"):
        await hear(database, each)
        await work.foreman.decide()
        await work.decide_waiting()

    assert len(await jobs(database)) == 1


async def test_a_burst_that_is_due_is_decided_as_one(database, work):
    await hear(database, "hi", "how do I swap keys?")
    async with database.begin() as connection:
        await connection.execute(update(inbox).values(due_at=func.now() - timedelta(seconds=1)))

    assert await work.decide_waiting() == 2
    first, second = await rows(database, decisions)
    assert first.reasons == [Reason.CONTINUED]
    assert second.together == [first.mention_id]
    assert second.understanding["text"] == "hi how do I swap keys?"


async def test_the_sweep_gives_a_lost_job_back_at_its_time(database, work):
    await hear(database, "how do I swap keys?")
    await work.sweep()

    [due] = await jobs(database)
    assert 50 < due <= 60
