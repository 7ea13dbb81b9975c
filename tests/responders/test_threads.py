"""An agent's long reply as a thread: each part once, all or nothing, and how it is deleted again."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.errors import ChannelBusy, ChannelDown, IllegalMove, OutcomeUnknown, PostGone, PostRefused
from bot.settings import ReplyingSettings
from bot.vocabulary import ReplyKind
from responders.outbox import Delivered, Desk, Later, NothingToDo, Refused, Retracted, deliver
from responders.recording import RecordingResponder
from responders.splitting import split
from storage import outbox
from storage.agents import Agent, Role
from storage.tables import receipts
from tests.responders.outbox_rows import leave_sending, problem_of, put_reply, state_of, until_settled

LONG = "Hold the power key until the light goes out. " * 17 + "^MK"
PARTS = split(LONG)
ANN = Agent(id=1, name="Ann", initials="AN", role=Role.AGENT)


@pytest.fixture
def now(clock):
    clock.now = datetime.now(UTC) + timedelta(seconds=1)
    return clock.now


class FailingAt(RecordingResponder):
    """Raises an error at the post of one number, once."""

    at = 0
    error = None

    async def send(self, reply):
        if self.error is not None and len(self.sent) == self.at:
            self.fail_next, self.error = self.error, None
        return await super().send(reply)


@pytest.fixture
def responder():
    return FailingAt(channel="x")


@pytest.fixture
def desk(database, responder, clock, now):
    return Desk(database=database, responder=responder, rules=ReplyingSettings(), clock=clock, settle_seconds=0)


async def put_long(database, text=LONG):
    return await put_reply(database, text=text, kind=ReplyKind.AGENT, author="Ann")


def sent(responder):
    return [(reply.text, reply.in_reply_to) for reply, _ in responder.sent]


def thread(responder):
    """What a whole thread looks like: each part replies to the one before."""
    before = ["1", *(receipt.post_id for _, receipt in responder.sent)]
    return list(zip(PARTS, before, strict=False))


async def test_a_long_reply_goes_out_as_a_thread_with_a_receipt_for_each_part(database, desk, responder):
    reply = await put_long(database)
    assert isinstance(await deliver(reply.id, desk), Delivered)
    assert len(PARTS) > 2
    assert sent(responder) == thread(responder)
    async with database.begin() as connection:
        stored = (await connection.execute(select(receipts).order_by(receipts.c.part))).all()
    expected = [(number, receipt.post_id) for number, (_, receipt) in enumerate(responder.sent, start=1)]
    assert [(row.part, row.post_id) for row in stored] == expected


@pytest.mark.parametrize("error", [ChannelBusy(retry_after=60), ChannelDown(), OutcomeUnknown()])
@pytest.mark.parametrize("at", range(len(PARTS)))
async def test_after_trouble_only_the_missing_parts_are_sent(database, desk, responder, at, error):
    reply = await put_long(database)
    responder.at, responder.error = at, error
    assert isinstance(await until_settled(reply, desk), Delivered)
    assert sent(responder) == thread(responder)


@pytest.mark.parametrize("at", range(len(PARTS)))
async def test_a_part_whose_answer_is_lost_is_found_and_not_repeated(database, desk, responder, at):
    reply = await put_long(database)

    class Losing(RecordingResponder):
        async def send(self, reply):
            self.lose_next = len(self.sent) == at
            return await super().send(reply)

    losing = Losing(channel="x")
    assert isinstance(await until_settled(reply, replace(desk, responder=losing)), Delivered)
    assert sent(losing) == thread(losing)


async def test_a_crash_between_two_parts_leads_to_one_thread(database, desk, responder, now):
    reply = await put_long(database)
    await leave_sending(database, reply, now)
    first = await responder.send(replace(reply, text=PARTS[0]))
    async with database.begin() as connection:
        await outbox.settle_sent(connection, reply.id, first, part=1, is_last=False)
    assert isinstance(await until_settled(reply, desk), Delivered)
    assert sent(responder) == thread(responder)


async def test_a_worker_that_was_taken_for_dead_does_not_go_on_with_the_thread(database, desk, responder):
    reply = await put_long(database)

    class Stalling(RecordingResponder):
        async def send(self, part):
            receipt = await responder.send(part)
            await until_settled(reply, desk)
            return receipt

    await deliver(reply.id, replace(desk, responder=Stalling(channel="x")))
    assert sent(responder) == thread(responder)


@pytest.mark.parametrize("error", [PostRefused("They restricted replies."), PostGone("It is deleted.")])
@pytest.mark.parametrize("at", range(len(PARTS)))
async def test_a_thread_that_is_refused_for_good_is_deleted_again(database, desk, responder, at, error):
    reply = await put_long(database)
    responder.at, responder.error = at, error
    assert await deliver(reply.id, desk) == Refused(problem=str(error))
    assert responder.sent == []
    assert await state_of(database, reply) == ("failed", "open")
    assert isinstance(await deliver(reply.id, desk), NothingToDo)


async def test_a_thread_that_cannot_be_deleted_now_is_deleted_later(database, desk, responder):
    reply = await put_long(database)

    class Stubborn(FailingAt):
        async def retract(self, receipt):
            raise ChannelDown("X is down.")

    stubborn = Stubborn(channel="x", sent=responder.sent)
    stubborn.at, stubborn.error = 1, PostRefused("They restricted replies.")
    assert isinstance(await deliver(reply.id, replace(desk, responder=stubborn)), Later)
    assert await problem_of(database, reply) == "Not deleted yet: X is down."
    async with database.begin() as connection:
        found = await outbox.unsent(connection, now=desk.clock(), tried_before=desk.clock())
    assert [each.reply_id for each in found] == [reply.id]
    assert isinstance(await deliver(reply.id, desk), Retracted)
    assert responder.sent == []
    assert (await state_of(database, reply))[0] == "failed"


@pytest.mark.parametrize("kind", [ReplyKind.APPROVED, ReplyKind.AUTOMATIC])
async def test_only_people_may_write_more_than_one_post(database, desk, responder, kind):
    reply = await put_reply(database, text=LONG.replace("^MK", "^Bot"), kind=kind)
    assert isinstance(await deliver(reply.id, desk), Refused)
    assert responder.sent == []


async def test_a_private_reply_is_never_split(database, desk, responder):
    reply = await put_reply(database, text=LONG, kind=ReplyKind.AGENT, audience="private")
    assert isinstance(await deliver(reply.id, desk), Delivered)
    assert [text for text, _ in sent(responder)] == [LONG]


async def retract(database, reply, by=ANN):
    async with database.begin() as connection:
        await outbox.retract(connection, reply.id, by=by)


@pytest.mark.parametrize("text", ["Short. ^MK", LONG])
async def test_a_sent_reply_is_deleted_in_all_its_parts_and_a_person_is_needed(database, desk, responder, text):
    reply = await put_long(database, text)
    await deliver(reply.id, desk)
    await retract(database, reply)
    assert isinstance(await deliver(reply.id, desk), Retracted)
    assert responder.sent == []
    assert await state_of(database, reply) == ("retracted", "open")
    assert isinstance(await deliver(reply.id, desk), NothingToDo)


async def test_deleting_is_tried_again_after_trouble_and_goes_on_where_it_was(database, desk, responder):
    reply = await put_long(database)
    await deliver(reply.id, desk)
    await retract(database, reply)
    responder.fail_next = ChannelDown("X is down.")
    outcome = await deliver(reply.id, desk)
    assert outcome.seconds >= 30
    assert isinstance(await until_settled(reply, desk), Retracted)
    assert responder.sent == []


async def test_what_was_not_sent_and_what_is_private_cannot_be_deleted(database, desk):
    queued = await put_long(database)
    message = await put_reply(database, "2", kind=ReplyKind.AGENT, audience="private")
    await deliver(message.id, desk)
    for reply in (queued, message):
        with pytest.raises(IllegalMove):
            await retract(database, reply)


async def take_back(database, reply, by=ANN):
    async with database.begin() as connection:
        return await outbox.take_back(connection, reply.id, by=by)


async def test_an_agent_takes_back_what_has_not_left_and_gets_the_words(database, desk, responder):
    reply = await put_long(database)
    assert await take_back(database, reply) == LONG
    assert await state_of(database, reply) == ("cancelled", "open")
    assert isinstance(await deliver(reply.id, desk), NothingToDo)
    assert responder.sent == []


async def test_a_reply_that_waits_to_be_undone_is_not_sent_early(database, desk, responder, clock):
    async with database.begin() as connection:
        first = await outbox.find(connection, (await put_long(database)).id)
        later = replace(first.reply, text="In a moment. ^MK")
        queued = await outbox.queue(connection, later, chain_id="1", wait_seconds=10)
    outcome = await deliver(queued.id, desk)
    assert 8 < outcome.seconds <= 10
    clock.move(seconds=outcome.seconds + 1)
    assert isinstance(await deliver(queued.id, desk), Delivered)


@pytest.mark.parametrize(
    ("by", "allowed"),
    [
        (ANN, True),
        (Agent(id=2, name="Ben", initials="BN", role=Role.AGENT), False),
        (Agent(id=3, name="Olu", initials="OL", role=Role.OPS), True),
    ],
)
async def test_only_who_sent_it_and_ops_may_take_a_reply_back(database, by, allowed):
    reply = await put_long(database)
    if allowed:
        await take_back(database, reply, by)
    else:
        with pytest.raises(IllegalMove, match="Ann"):
            await take_back(database, reply, by)
    assert (await state_of(database, reply))[0] == ("cancelled" if allowed else "queued")


async def test_a_reply_of_which_a_part_is_out_cannot_be_taken_back(database, desk, responder):
    reply = await put_long(database)
    responder.at, responder.error = 1, ChannelBusy(retry_after=60)
    await deliver(reply.id, desk)
    with pytest.raises(IllegalMove, match="too late"):
        await take_back(database, reply)


async def test_an_agent_who_is_too_late_is_told_so(database, desk):
    reply = await put_long(database)
    await deliver(reply.id, desk)
    with pytest.raises(IllegalMove, match="too late"):
        await take_back(database, reply)


async def test_sending_and_taking_back_at_once_end_in_one_of_the_two(database, desk, responder):
    reply = await put_long(database, "Short. ^MK")
    outcomes = await asyncio.gather(deliver(reply.id, desk), take_back(database, reply), return_exceptions=True)
    was_taken_back = isinstance(outcomes[1], str)
    assert len(responder.sent) == (0 if was_taken_back else 1)
