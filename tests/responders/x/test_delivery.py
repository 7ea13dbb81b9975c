"""Delivering to X, with tweepy, the sandbox and the database: at most one reply, whatever goes wrong between."""

from __future__ import annotations

from itertools import product

import pytest

from bot.settings import ReplyingSettings
from responders.outbox import Delivered, Desk, Later, Refused, deliver
from responders.x.responder import LAG, XResponder
from sandbox.faults import Fault, FaultKind
from tests.responders.outbox_rows import leave_sending, put_reply, receipts_of, state_of, until_settled


@pytest.fixture
def desk(database, client, clock):
    clock.move(seconds=1)
    return Desk(
        database=database,
        responder=XResponder(client, clock),
        rules=ReplyingSettings(),
        clock=clock,
        settle_seconds=0,
    )


@pytest.fixture
def question(ask):
    return ask()


async def test_a_reply_reaches_the_customer(database, desk, question):
    reply = await put_reply(database, question.id)
    assert isinstance(await deliver(reply.id, desk), Delivered)
    assert question.answers == [reply.text]


async def test_a_reply_posted_before_a_crash_is_found_and_not_repeated(database, desk, client, question):
    reply = await put_reply(database, question.id)
    await leave_sending(database, reply, desk.clock())
    number = await client.create_reply(reply.text, question.id)
    assert isinstance(await deliver(reply.id, desk), Delivered)
    assert question.answers == [reply.text]
    assert await receipts_of(database) == {reply.id: number}


async def test_a_reply_not_posted_before_a_crash_is_sent_once(database, desk, question):
    reply = await put_reply(database, question.id)
    await leave_sending(database, reply, desk.clock())
    assert isinstance(await deliver(reply.id, desk), Delivered)
    assert question.answers == [reply.text]


FAULTS = [
    Fault(kind=FaultKind.STATUS, html=True, times=3),
    Fault(kind=FaultKind.STATUS, method="POST", status=500),
    Fault(kind=FaultKind.LOST, method="POST"),
    Fault(kind=FaultKind.RESET, method="POST"),
    Fault(kind=FaultKind.RATE_LIMIT, times=2),
    Fault(kind=FaultKind.RATE_LIMIT, headers=False, times=2),
    Fault(kind=FaultKind.EMPTY_401, times=2),
]


def named(faults):
    return ", then ".join(f"{fault.kind} {fault.method}" for fault in faults)


@pytest.mark.parametrize("faults", [*product(FAULTS), *product(FAULTS, repeat=2)], ids=named)
async def test_faults_in_any_order_end_in_one_reply_and_one_receipt(database, desk, sandbox, question, faults):
    reply = await put_reply(database, question.id)
    for fault in faults:
        sandbox.faults.add(fault)
    outcome = await until_settled(reply, desk)
    assert isinstance(outcome, Delivered)
    assert question.answers == [reply.text]
    assert await receipts_of(database) == {reply.id: outcome.receipt.post_id}


async def test_revoked_tokens_keep_a_reply_until_they_are_accepted_again(database, desk, sandbox, question):
    reply = await put_reply(database, question.id)
    sandbox.credentials.revoked = True
    outcome = await deliver(reply.id, desk)
    assert isinstance(outcome, Later)
    assert "x.access_token" in outcome.problem
    sandbox.credentials.revoked = False
    assert isinstance(await until_settled(reply, desk), Delivered)
    assert question.answers == [reply.text]


async def test_a_deleted_question_is_not_answered_and_nobody_is_needed(database, desk, world, clock, question):
    reply = await put_reply(database, question.id)
    world.delete(question.id)
    clock.move(seconds=LAG.total_seconds())
    assert await deliver(reply.id, desk) == Refused(problem="Not sent: gone.")
    assert await state_of(database, reply) == ("cancelled", "pending")


async def test_the_same_answer_to_two_customers_reaches_both(database, desk, ask):
    questions = [ask(author) for author in ("mara_k", "jon")]
    replies = [await put_reply(database, question.id, author_id=question.id) for question in questions]
    assert [type(await deliver(reply.id, desk)) for reply in replies] == [Delivered, Delivered]
    assert [question.answers for question in questions] == [[replies[0].text]] * 2


async def test_the_same_answer_again_to_one_customer_goes_to_a_person(database, desk, ask):
    questions = [ask(text=f"it does not start {number}") for number in range(2)]
    replies = [await put_reply(database, question.id) for question in questions]
    outcomes = [await until_settled(reply, desk) for reply in replies]
    assert [type(outcome) for outcome in outcomes] == [Delivered, Refused]
    assert questions[1].answers == []
    assert await state_of(database, replies[1]) == ("failed", "open")
