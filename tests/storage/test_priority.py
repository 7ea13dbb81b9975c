"""The queue's order is the sum that the pure function makes."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import DateTime, insert, literal, select, update

from bot.deciding.priority import grown
from bot.vocabulary import Priority
from storage.cases import View, list_cases
from storage.cases.listing import total_priority
from storage.tables import conversations
from tests.bot.values import NOW, a_mention
from tests.storage.outcomes import handed, heard, put

CASES = 500


def generated(seed):
    """Conversations of every age, some with nobody waiting, some far overdue, some posted by a clock ahead of ours."""
    dice = random.Random(seed)  # noqa: S311 - no secret
    for number in range(CASES):
        since = NOW - timedelta(seconds=dice.choice([dice.uniform(-600, 7200), dice.uniform(0, 40 * 86400)]))
        within = timedelta(minutes=dice.choice([0.5, 15, 60, dice.uniform(1, 20_000)]))
        waits = dice.random() < 0.9
        yield {
            "channel": "x",
            "author_id": str(number),
            "author_handle": "ana",
            "root_id": str(number),
            "priority": dice.uniform(0, 0.67),
            "waiting_since": since if waits else None,
            "due_at": since + within if waits else None,
        }


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_the_database_and_the_pure_function_make_the_same_sum(database, seed):
    given = list(generated(seed))
    async with database.begin() as connection:
        await connection.execute(insert(conversations), given)
        total = total_priority(literal(NOW, DateTime(timezone=True)))
        rows = await connection.execute(select(conversations.c.author_id, total))
        found = dict(rows.all())

    expected = {
        one["author_id"]: grown(
            Priority(mood=one["priority"]), waiting_since=one["waiting_since"], due_at=one["due_at"], now=NOW
        ).total
        for one in given
    }
    assert found == pytest.approx(expected)


async def the_queue(database):
    async with database.begin() as connection:
        return [row.author_handle for row in await list_cases(connection, View.NEEDS_PERSON, agent="Ann")]


async def aged(database, handle, waited):
    """Say that a conversation began to wait long ago."""
    async with database.begin() as connection:
        values = {name: conversations.c[name] - waited for name in ("waiting_since", "due_at")}
        await connection.execute(update(conversations).where(conversations.c.author_handle == handle).values(values))


async def test_who_waited_longest_is_not_kept_back_by_ever_new_far_reaching_ones(database):
    posted = datetime.now(UTC)
    crowd = [a_mention(author_id=str(n), author_handle=f"star{n}", posted_at=posted) for n in range(5)]
    batch = await heard(database, a_mention(author_handle="patient", posted_at=posted), *crowd)
    decisions = [(0.0 if one.mention.author_handle == "patient" else 0.03) for one in batch]
    outcomes = [
        replace(outcome, decision=replace(outcome.decision, deadline=posted + timedelta(hours=1)))
        for outcome in (handed(one, priority=reach) for one, reach in zip(batch, decisions, strict=True))
    ]
    await put(database, *outcomes)
    assert (await the_queue(database))[-1] == "patient"

    await aged(database, "patient", timedelta(hours=6))

    assert (await the_queue(database))[0] == "patient"
