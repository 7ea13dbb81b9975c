"""Delivering, with the channel in memory and the real database."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, update

from bot.errors import (
    ChannelBusy,
    ChannelDown,
    ChannelError,
    ChannelSpent,
    CredentialsRefused,
    DuplicateRefused,
    OutcomeUnknown,
    PostGone,
    PostRefused,
    StorageDown,
)
from bot.settings import ReplyingSettings
from bot.vocabulary import ReplyKind, Switch
from responders.outbox import Delivered, Desk, Later, NothingToDo, Refused, deliver
from responders.recording import RecordingResponder
from storage import outbox
from storage.switches import turn
from storage.tables import conversations, drafts
from tests.responders.outbox_rows import (
    draft_of,
    leave_sending,
    opt_out,
    problem_of,
    put_mention,
    put_reply,
    receipts_of,
    state_of,
)


@pytest.fixture
def now(clock):
    clock.now = datetime.now(UTC) + timedelta(seconds=1)
    return clock.now


@pytest.fixture
def responder():
    return RecordingResponder(channel="x")


@pytest.fixture
def desk(database, responder, clock, now):
    return Desk(database=database, responder=responder, rules=ReplyingSettings(), clock=clock, settle_seconds=0)


def texts(responder):
    return [reply.text for reply, _ in responder.sent]


async def paused(database, *, on=True):
    async with database.begin() as connection:
        await turn(connection, Switch.PAUSED, on=on, by="ops")


async def test_a_queued_reply_is_sent_and_its_receipt_stored(database, desk, responder):
    reply = await put_reply(database)
    outcome = await deliver(reply.id, desk)
    assert isinstance(outcome, Delivered)
    assert texts(responder) == [reply.text]
    assert await receipts_of(database) == {reply.id: outcome.receipt.post_id}
    assert (await state_of(database, reply))[0] == "sent"


async def test_a_delivered_reply_is_not_sent_again(database, desk, responder):
    reply = await put_reply(database)
    await deliver(reply.id, desk)
    assert isinstance(await deliver(reply.id, desk), NothingToDo)
    assert len(responder.sent) == 1


async def test_an_unknown_reply_is_nothing_to_do(desk):
    assert isinstance(await deliver(77, desk), NothingToDo)


async def test_many_workers_at_once_send_one_reply(database, desk, responder):
    reply = await put_reply(database)
    # A claim that is running may not be taken for one that was left behind.
    desk = replace(desk, settle_seconds=60)
    outcomes = await asyncio.gather(*[deliver(reply.id, desk) for _ in range(5)])
    assert sum(isinstance(each, Delivered) for each in outcomes) == 1
    assert len(responder.sent) == 1


async def test_the_row_says_sending_before_the_channel_hears_of_the_reply(database, desk):
    reply = await put_reply(database)
    seen = []

    class Watching(RecordingResponder):
        async def send(self, reply):
            seen.append(await state_of(database, reply))
            return await super().send(reply)

    await deliver(reply.id, replace(desk, responder=Watching(channel="x")))
    assert [state for state, _ in seen] == ["sending"]


async def test_a_reply_that_is_not_due_waits(database, desk, responder, clock, now):
    reply = await put_reply(database)
    attempt = await leave_sending(database, reply, now)
    async with database.begin() as connection:
        due = now + timedelta(seconds=100)
        await outbox.requeue(connection, reply.id, attempt=attempt, not_before=due)
    outcome = await deliver(reply.id, desk)
    assert isinstance(outcome, Later)
    assert 99 < outcome.seconds <= 100
    assert responder.sent == []


async def test_the_kill_switch_makes_drafts_of_what_waits_and_nothing_goes_out_afterwards(database, desk, responder):
    queued = [await put_reply(database, number) for number in ("1", "2", "3")]
    await paused(database)
    assert [await state_of(database, reply) for reply in queued] == [("cancelled", "open")] * 3
    assert [(await draft_of(database, reply))["text"] for reply in queued] == [reply.text for reply in queued]
    await paused(database, on=False)
    assert [type(await deliver(reply.id, desk)) for reply in queued] == [NothingToDo] * 3
    assert responder.sent == []


async def test_a_reply_that_is_queued_while_the_switch_is_on_becomes_a_draft(database, desk, responder):
    await paused(database)
    reply = await put_reply(database)
    assert await deliver(reply.id, desk) == Refused(problem="Not sent: paused.")
    assert (await draft_of(database, reply))["state"] == "pending"
    assert responder.sent == []


async def test_a_reply_under_way_to_the_channel_is_stopped_by_the_switch_until_it_is_claimed(database, desk):
    reply = await put_reply(database)

    class Pausing(RecordingResponder):
        async def newest_version(self, reply):
            await paused(database)
            return await super().newest_version(reply)

    responder = Pausing(channel="x")
    await deliver(reply.id, replace(desk, responder=responder))
    assert responder.sent == []
    assert (await draft_of(database, reply))["text"] == reply.text


async def test_the_switch_leaves_to_others_what_they_hold(database, desk):
    held, free = [await put_reply(database, number) for number in ("1", "2")]
    async with database.begin() as connection:
        await outbox.find(connection, held.id, lock=True)
        async with asyncio.timeout(10):
            await paused(database)
    assert [(await state_of(database, reply))[0] for reply in (held, free)] == ["queued", "cancelled"]
    assert await deliver(held.id, desk) == Refused(problem="Not sent: paused.")


@pytest.mark.parametrize("kind", [ReplyKind.APPROVED, ReplyKind.AGENT])
async def test_the_kill_switch_does_not_stop_people(database, desk, kind):
    reply = await put_reply(database, kind=kind)
    await paused(database)
    assert isinstance(await deliver(reply.id, desk), Delivered)


async def test_the_kill_switch_also_holds_back_what_would_be_sent_again(database, desk, responder, now):
    reply = await put_reply(database)
    await leave_sending(database, reply, now)
    await paused(database)
    assert isinstance(await deliver(reply.id, desk), Refused)
    assert responder.sent == []


async def test_a_customer_who_said_stop_in_the_meantime_is_left_alone(database, desk, responder):
    reply = await put_reply(database)
    await opt_out(database)
    assert isinstance(await deliver(reply.id, desk), Refused)
    assert responder.sent == []
    assert await state_of(database, reply) == ("cancelled", "pending")


async def test_a_reply_against_the_platforms_rules_goes_to_a_person(database, desk, responder):
    reply = await put_reply(database, text="No label.")
    outcome = await deliver(reply.id, desk)
    assert outcome == Refused(problem="Not sent: policy.")
    assert await state_of(database, reply) == ("cancelled", "open")
    assert (await draft_of(database, reply))["text"] == "No label."


async def test_a_post_that_an_agent_answered_first_gets_no_automatic_reply(database, desk, responder):
    reply = await put_reply(database)
    async with database.begin() as connection:
        by_hand = await outbox.queue(connection, replace(reply, kind=ReplyKind.AGENT, text="Me. ^MK"), chain_id="1")
    await deliver(by_hand.id, desk)
    assert isinstance(await deliver(reply.id, desk), Refused)
    assert texts(responder) == ["Me. ^MK"]


async def test_a_reply_that_an_agent_overtook_is_not_sent(database, desk, responder):
    reply = await put_reply(database)
    async with database.begin() as connection:
        await connection.execute(update(conversations).values(owner="Ann", state="open"))
    assert await deliver(reply.id, desk) == Refused(problem="Not sent: conversation_with_agent.")
    assert responder.sent == []


async def test_a_reply_that_the_customer_overtook_goes_to_a_person_without_a_draft(database, desk, responder):
    reply = await put_reply(database)
    async with database.begin() as connection:
        await put_mention(connection, "2", conversation_id=reply.conversation_id)
    assert await deliver(reply.id, desk) == Refused(problem="Not sent: overtaken.")
    assert (await state_of(database, reply), await draft_of(database, reply)) == (("cancelled", "open"), None)


async def test_our_own_post_in_the_conversation_does_not_overtake(database, desk):
    reply = await put_reply(database)
    async with database.begin() as connection:
        await put_mention(connection, "2", conversation_id=reply.conversation_id, ours=True, author_id="1")
    assert isinstance(await deliver(reply.id, desk), Delivered)


async def test_a_reply_that_comes_too_late_goes_to_a_person_as_a_draft(database, desk, clock):
    reply = await put_reply(database)
    clock.move(minutes=61)
    assert await deliver(reply.id, desk) == Refused(problem="Not sent: stale.")
    assert (await draft_of(database, reply))["state"] == "pending"


async def test_a_customer_who_may_not_be_answered_by_a_program_gets_a_person(database, desk, responder):
    reply = await put_reply(database, summoned=False)
    assert await deliver(reply.id, desk) == Refused(problem="Not sent: not_summoned.")
    assert (await draft_of(database, reply))["text"] == reply.text
    assert responder.sent == []


@pytest.mark.parametrize("kind", ReplyKind)
async def test_a_post_that_is_gone_is_not_answered_and_nobody_is_needed(database, desk, responder, kind):
    reply = await put_reply(database, kind=kind)
    responder.gone.add("1")
    assert await deliver(reply.id, desk) == Refused(problem="Not sent: gone.")
    assert await state_of(database, reply) == ("cancelled", "pending")


@pytest.mark.parametrize(("kind", "sent"), [("automatic", False), ("approved", False), ("agent", True)])
async def test_an_edited_post_is_answered_by_people_only(database, desk, responder, kind, sent):
    reply = await put_reply(database, kind=ReplyKind(kind))
    responder.edited["1"] = "2"
    await deliver(reply.id, desk)
    assert bool(responder.sent) == sent
    assert await problem_of(database, reply) == (None if sent else "Not sent: edited.")


async def test_an_approved_reply_that_may_not_be_sent_becomes_a_draft_again(database, desk):
    reply = await put_reply(database, kind=ReplyKind.APPROVED, text="See https://tarnwell.example ^Bot")
    async with database.begin() as connection:
        values = {"mention_id": reply.mention_id, "conversation_id": reply.conversation_id, "text": "As it was. ^Bot"}
        await connection.execute(insert(drafts).values(**values, confidence=0.9, state="approved", settled_by="Ann"))
    assert isinstance(await deliver(reply.id, desk), Refused)
    draft = await draft_of(database, reply)
    assert (draft["state"], draft["text"], draft["settled_by"]) == ("pending", "As it was. ^Bot", None)


@pytest.mark.parametrize(
    ("error", "pause"),
    [
        (ChannelDown("X is down."), range(1, 10 + 1)),
        (ChannelBusy("Slow down.", retry_after=840), range(840, 840 + 1)),
        (ChannelBusy("Slow down."), range(1, 10 + 1)),
        (ChannelSpent("Top up."), range(300, 3600 + 1)),
        (CredentialsRefused("Check the tokens."), range(300, 3600 + 1)),
        (ChannelError("Check x.base_url."), range(1, 10 + 1)),
    ],
)
async def test_a_reply_that_was_certainly_not_posted_goes_out_later(database, desk, responder, error, pause):
    reply = await put_reply(database)
    responder.fail_next = error
    outcome = await deliver(reply.id, desk)
    assert isinstance(outcome, Later)
    assert outcome.seconds in pause
    assert outcome.problem == str(error)
    assert (await state_of(database, reply))[0] == "queued"
    desk.clock.move(seconds=outcome.seconds)
    assert isinstance(await deliver(reply.id, desk), Delivered)


async def test_a_channel_in_trouble_is_left_alone_until_the_time_is_up(database, desk, responder):
    reply = await put_reply(database)
    responder.fail_next = ChannelBusy(retry_after=840)
    await deliver(reply.id, desk)
    assert isinstance(await deliver(reply.id, desk), Later)
    assert responder.sent == []


@pytest.mark.parametrize("error", [PostGone("It is deleted."), PostRefused("They restricted replies.")])
async def test_a_reply_refused_for_good_goes_to_a_person(database, desk, responder, error):
    reply = await put_reply(database)
    responder.fail_next = error
    assert await deliver(reply.id, desk) == Refused(problem=str(error))
    assert await state_of(database, reply) == ("failed", "open")
    assert isinstance(await deliver(reply.id, desk), NothingToDo)


async def test_a_lost_answer_is_settled_by_reading_and_never_by_sending(database, desk, responder):
    reply = await put_reply(database)
    responder.lose_next = True
    assert isinstance(await deliver(reply.id, desk), Later)
    assert (await state_of(database, reply))[0] == "sending"
    assert isinstance(await deliver(reply.id, desk), Delivered)
    assert len(responder.sent) == 1
    assert list(await receipts_of(database)) == [reply.id]


async def test_an_unknown_outcome_that_was_none_is_sent_once(database, desk, responder):
    reply = await put_reply(database)
    responder.fail_next = OutcomeUnknown("503")
    assert isinstance(await deliver(reply.id, desk), Later)
    desk.clock.move(seconds=10)
    assert isinstance(await deliver(reply.id, desk), Delivered)
    assert len(responder.sent) == 1


async def test_a_crash_after_the_post_leads_to_one_reply_and_one_receipt(database, desk, responder, now):
    reply = await put_reply(database)
    await leave_sending(database, reply, now)
    receipt = await responder.send(reply)
    assert await deliver(reply.id, desk) == Delivered(receipt=receipt)
    assert len(responder.sent) == 1
    assert await receipts_of(database) == {reply.id: receipt.post_id}


async def test_a_crash_before_the_post_leads_to_one_reply(database, desk, responder, now):
    reply = await put_reply(database)
    await leave_sending(database, reply, now)
    assert isinstance(await deliver(reply.id, desk), Delivered)
    assert len(responder.sent) == 1


async def test_a_crash_is_not_settled_while_the_post_may_still_be_on_its_way(database, desk, responder, now):
    reply = await put_reply(database)
    await leave_sending(database, reply, now)
    outcome = await deliver(reply.id, replace(desk, settle_seconds=25))
    assert isinstance(outcome, Later)
    assert 24 < outcome.seconds <= 25
    assert responder.sent == []


async def test_a_crash_is_not_settled_while_our_own_posts_cannot_be_read(database, desk, responder, now):
    reply = await put_reply(database)
    await leave_sending(database, reply, now)
    responder.fail_next = ChannelDown("X is down.")
    outcome = await deliver(reply.id, desk)
    assert isinstance(outcome, Later)
    assert outcome.problem == "X is down."
    assert (await state_of(database, reply))[0] == "sending"


async def test_a_duplicate_that_is_ours_is_settled_with_its_receipt(database, desk, responder):
    reply = await put_reply(database)
    receipt = await responder.send(reply)
    assert isinstance(await deliver(reply.id, desk), Later)
    assert await deliver(reply.id, desk) == Delivered(receipt=receipt)


async def test_a_duplicate_that_answers_somebody_else_goes_to_a_person(database, desk, responder):
    reply = await put_reply(database)
    responder.fail_next = DuplicateRefused("Said already. Reword the reply.")
    assert isinstance(await deliver(reply.id, desk), Later)
    assert await deliver(reply.id, desk) == Refused(problem="Said already. Reword the reply.")
    assert await state_of(database, reply) == ("failed", "open")
    assert responder.sent == []


async def test_an_agents_answer_is_not_taken_for_a_reply_in_doubt(database, desk, responder, now):
    reply = await put_reply(database)
    async with database.begin() as connection:
        by_hand = await outbox.queue(connection, replace(reply, kind=ReplyKind.AGENT, text="Me. ^MK"), chain_id="1")
    await deliver(by_hand.id, desk)
    await leave_sending(database, reply, now)
    assert isinstance(await deliver(reply.id, desk), Refused)
    assert texts(responder) == ["Me. ^MK"]


async def test_a_worker_that_is_stopped_while_posting_leaves_a_trace(database, desk):
    reply = await put_reply(database)
    posting = asyncio.Event()

    class Stuck(RecordingResponder):
        async def send(self, reply):
            posting.set()
            await asyncio.Event().wait()

    async with asyncio.TaskGroup() as group:
        task = group.create_task(deliver(reply.id, replace(desk, responder=Stuck(channel="x"))))
        await posting.wait()
        task.cancel()
    assert task.cancelled()
    assert (await state_of(database, reply))[0] == "sending"


class Interrupted:
    """A database that goes away at one of its transactions, and is back at the next."""

    def __init__(self, database, at):
        self._database = database
        self._left = at

    def begin(self):
        self._left -= 1
        if self._left == 0:
            raise StorageDown
        return self._database.begin()


@pytest.mark.parametrize("crashed", [False, True], ids=["from the queue", "after a crash"])
@pytest.mark.parametrize("at", range(1, 9))
async def test_a_database_that_goes_away_at_any_step_never_leads_to_two_replies(database, desk, responder, at, crashed):
    reply = await put_reply(database)
    if crashed:
        await leave_sending(database, reply, desk.clock())
    with suppress(StorageDown):
        await deliver(reply.id, replace(desk, database=Interrupted(database, at)))
    await deliver(reply.id, desk)
    assert len(responder.sent) == 1
    assert await receipts_of(database) == {reply.id: responder.sent[0][1].post_id}
