"""Jobs of lost workers go to others, and one that cannot be given away holds none of the others up."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from bot.jobs import Foreman, job_app

LOSE_ALL = text("update procrastinate_jobs set status = 'doing', worker_id = null where status = 'todo'")
JOBS = text("select status::text, args->>'reply_id' from procrastinate_jobs order by 2, 1")


@pytest.fixture
async def foreman(database):
    async with job_app(database, connections=2).open_async() as app:
        yield Foreman(app)


async def ask(database, statement):
    async with database.begin() as connection:
        return await connection.execute(statement)


async def test_jobs_of_a_lost_worker_wait_again(database, foreman):
    await foreman.deliver(1)
    await foreman.deliver(2)
    await ask(database, LOSE_ALL)
    await foreman.revive(10.0)

    assert (await ask(database, JOBS)).all() == [("todo", "1"), ("todo", "2")]


async def test_a_lost_job_ends_where_the_same_work_waits_already_and_the_next_is_revived(database, foreman):
    await foreman.deliver(1)
    await foreman.deliver(2)
    await ask(database, LOSE_ALL)
    await foreman.deliver(1)
    await foreman.revive(10.0)

    assert (await ask(database, JOBS)).all() == [("todo", "1"), ("todo", "2")]
