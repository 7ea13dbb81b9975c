"""Drift revokes a certificate, and what is revoked counts in every process for the next batch."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.jobs import Foreman, Workshop, job_app
from bot.training.certifying import limits_in_force
from bot.training.watching import RISEN, SHIFTED, watch
from bot.vocabulary import Reason, Route
from storage.audits import draw, judge, waiting_audits
from storage.certificates import demote, revoke
from storage.inbox import admit
from storage.tables import decisions
from tests.bot.certified import brain_with, certified, right_answers, settings_with, stored_now
from tests.bot.values import a_candidate, a_decision, a_mention
from tests.storage.outcomes import heard, put, replied, rows

QUESTION = "how do I pair the pen"
SCRIPT = {QUESTION: (a_candidate("pen-pairing", topic="pen", short_answer="Hold the button.", confidence=0.9),)}


@pytest.fixture
def settings():
    return settings_with(audit_share=1.0)


async def answered(database, topics, *, confidence=0.9):
    """Put an automatic answer into the database for each of *topics*."""
    for start in range(0, len(topics), 60):
        chunk = topics[start : start + 60]
        taken = await heard(database, *(a_mention(topic) for topic in chunk))
        outcomes = [
            replace(
                replied(one),
                decision=a_decision(Route.ANSWER, candidates=(a_candidate(topic=topic),), confidence=confidence),
            )
            for one, topic in zip(taken, chunk, strict=True)
        ]
        await put(database, *outcomes)
        async with database.begin() as connection:
            await draw(connection, outcomes, 1.0)


async def judge_all(database, *, right):
    async with database.begin() as connection:
        for audit in await waiting_audits(connection, 1_000):
            await judge(connection, audit.id, right=right, by="Ann")


async def look(database, settings, proof):
    async with database.begin() as connection:
        await watch(connection, await stored_now(database), limits_in_force(settings, proof))
    return await stored_now(database)


async def test_right_answers_leave_the_certificate_alone(database, settings):
    proof, _ = await certified(database, settings, right_answers(200))
    await answered(database, ["accounts"] * 50)
    await judge_all(database, right=True)
    stored = await look(database, settings, proof)

    assert (stored.revoked_at, stored.demoted) == (None, frozenset())


async def test_a_topic_that_goes_wrong_is_demoted_alone(database, settings):
    proof, _ = await certified(database, settings, right_answers(200))
    await answered(database, ["wifi"] * 6)
    await judge_all(database, right=False)
    await answered(database, ["accounts"] * 6)
    await judge_all(database, right=True)
    stored = await look(database, settings, proof)

    assert (stored.revoked_at, stored.demoted) == (None, {"wifi"})


async def test_wrong_answers_everywhere_revoke_the_certificate(database, settings):
    proof, _ = await certified(database, settings, right_answers(200))
    await answered(database, [f"topic {n}" for n in range(10)])
    await judge_all(database, right=False)
    stored = await look(database, settings, proof)

    assert stored.revoked_because == RISEN


async def test_answers_given_before_the_certificate_was_made_say_nothing_against_it(database, settings):
    await answered(database, [f"topic {n}" for n in range(10)])
    proof, _ = await certified(database, settings, right_answers(200))
    await judge_all(database, right=False)

    assert (await look(database, settings, proof)).revoked_at is None


async def test_answers_below_the_threshold_say_nothing_against_it(database, settings):
    proof, _ = await certified(database, settings, right_answers(200))
    await answered(database, [f"topic {n}" for n in range(10)], confidence=0.5)
    await judge_all(database, right=False)

    assert (await look(database, settings, proof)).revoked_at is None


async def test_sinking_confidences_revoke_the_certificate(database, settings):
    audits = [replace(audit, confidence=0.8 + n / 1_000) for n, audit in enumerate(right_answers(200))]
    proof, _ = await certified(database, settings, audits)
    await answered(database, ["accounts"] * 220, confidence=0.805)
    stored = await look(database, settings, proof)

    assert stored.revoked_because == SHIFTED


@asynccontextmanager
async def workshop(database, settings, brain):
    app = job_app(database, connections=2)
    with ThreadPoolExecutor(1) as bench:
        async with app.open_async():
            yield Workshop(
                settings=settings, database=database, brain=lambda: brain, bench=bench, desks={}, foreman=Foreman(app)
            )


async def decided(database, work):
    """Have one more question decided and give its decision."""
    async with database.begin() as connection:
        await admit(connection, [a_mention(QUESTION, posted_at=datetime.now(UTC))])
    await work.decide_waiting()
    return (await rows(database, decisions))[-1]


async def test_a_revoked_certificate_stops_the_bot_with_the_next_batch(database, settings):
    proof, stored = await certified(database, settings, right_answers(200, topics=("pen",)))
    async with workshop(database, settings, brain_with(SCRIPT, settings, proof)) as work:
        before = await decided(database, work)
        async with database.begin() as connection:
            await revoke(connection, stored.id, "Too many were wrong.")
        after = await decided(database, work)

    assert (before.route, before.certified) == (Route.ANSWER, True)
    assert (after.route, after.reasons, after.certified) == (Route.DRAFT, [Reason.NO_CERTIFICATE], False)


async def test_a_demoted_topic_is_drafted_with_the_next_batch(database, settings):
    proof, stored = await certified(database, settings, right_answers(200, topics=("pen",)))
    async with workshop(database, settings, brain_with(SCRIPT, settings, proof)) as work:
        async with database.begin() as connection:
            await demote(connection, stored.id, {"pen"})
        decision = await decided(database, work)

    assert (decision.route, decision.reasons) == (Route.DRAFT, [Reason.NO_CERTIFICATE])


async def test_a_new_certificate_counts_with_the_next_batch(database, settings):
    proof, _ = await certified(database, settings, ())
    async with workshop(database, settings, brain_with(SCRIPT, settings, proof)) as work:
        before = await decided(database, work)
        await certified(database, settings, right_answers(200))
        after = await decided(database, work)

    assert (before.route, after.route) == (Route.DRAFT, Route.ANSWER)


async def test_automatic_answers_are_drawn_as_they_are_given(database, settings):
    proof, _ = await certified(database, settings, right_answers(200))
    async with workshop(database, settings, brain_with(SCRIPT, settings, proof)) as work:
        await decided(database, work)
    async with database.begin() as connection:
        [waiting] = await waiting_audits(connection, 10)

    assert (waiting.asked, waiting.answered, waiting.topic) == (QUESTION, "Hold the button. ^Bot", "pen")


async def test_the_sweep_finds_drift(database, settings):
    proof, _ = await certified(database, settings, right_answers(200))
    await answered(database, [f"topic {n}" for n in range(10)])
    await judge_all(database, right=False)
    async with workshop(database, settings, brain_with(SCRIPT, settings, proof)) as work:
        await work.sweep()

    assert (await stored_now(database)).revoked_because == RISEN


async def test_a_threshold_set_by_hand_is_not_watched(database):
    settings = settings_with(answer_threshold=0.7)
    proof, _ = await certified(database, settings, right_answers(200))
    await answered(database, [f"topic {n}" for n in range(10)])
    await judge_all(database, right=False)
    async with workshop(database, settings, brain_with(SCRIPT, settings, proof)) as work:
        await work.sweep()

    assert (await stored_now(database)).revoked_at is None
