"""The outbox in the database: who may move a reply, and from where to where."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, update

from bot.vocabulary import Receipt, Reply, ReplyKind, ReplyState
from storage import outbox
from storage.notices import Subject, listening
from storage.tables import drafts, replies
from tests.responders.outbox_rows import draft_of, leave_sending, opt_out, put_mention, put_reply, resolve, state_of


@pytest.fixture
def now():
    return datetime.now(UTC) + timedelta(seconds=1)


@pytest.fixture
def receipt(now):
    return Receipt(channel="x", post_id="900", sent_at=now)


async def find(database, reply):
    async with database.begin() as connection:
        return await outbox.find(connection, reply.id)


async def put_in(database, reply, state):
    async with database.begin() as connection:
        values = {"state": state, "attempts": 1, "tried_at": datetime.now(UTC)}
        await connection.execute(update(replies).where(replies.c.id == reply.id).values(**values))


def test_every_state_says_what_may_follow_it():
    assert set(outbox.NEXT) == set(ReplyState)


async def test_a_queued_reply_is_found_as_it_was_given(database):
    reply = await put_reply(database)
    outgoing = await find(database, reply)
    assert outgoing is not None
    assert (outgoing.reply, outgoing.state, outgoing.attempt) == (reply, ReplyState.QUEUED, 0)


async def test_a_reply_that_does_not_exist_is_not_found(database):
    async with database.begin() as connection:
        assert await outbox.find(connection, 77) is None


@pytest.mark.parametrize("second", [ReplyKind.AUTOMATIC, ReplyKind.APPROVED])
async def test_a_post_gets_no_second_reply_from_the_bot(database, second):
    reply = await put_reply(database)
    async with database.begin() as connection:
        assert await outbox.queue(connection, replace(reply, kind=second, text="Again. ^Bot"), chain_id="1") is None


async def test_an_edit_of_an_answered_post_gets_no_second_reply(database):
    await put_reply(database, "1")
    async with database.begin() as connection:
        conversation_id, mention_id = await put_mention(connection, "2", chain_id="1")
        reply = Reply(
            channel="x", in_reply_to="2", text="Again. ^Bot", mention_id=mention_id, conversation_id=conversation_id
        )
        assert await outbox.queue(connection, reply, chain_id="1") is None


async def test_two_workers_at_once_queue_one_reply(database):
    async with database.begin() as connection:
        conversation_id, mention_id = await put_mention(connection, "1")
    reply = Reply(channel="x", in_reply_to="1", text="a ^Bot", mention_id=mention_id, conversation_id=conversation_id)

    async def queue():
        async with database.begin() as connection:
            return await outbox.queue(connection, reply, chain_id="1")

    queued = await asyncio.gather(*[queue() for _ in range(4)])
    assert sum(each is not None for each in queued) == 1


async def test_a_post_that_failed_is_not_answered_by_the_bot_again(database):
    reply = await put_reply(database)
    await put_in(database, reply, "failed")
    async with database.begin() as connection:
        assert await outbox.queue(connection, reply, chain_id="1") is None


async def test_a_withdrawn_reply_leaves_room_for_another(database):
    reply = await put_reply(database)
    async with database.begin() as connection:
        assert await outbox.cancel(connection, reply.id, problem="Not sent.")
        assert await outbox.queue(connection, reply, chain_id="1") is not None


async def test_agents_may_answer_a_post_as_often_as_they_like(database):
    reply = await put_reply(database)
    by_hand = replace(reply, kind=ReplyKind.AGENT, author="Mara")
    async with database.begin() as connection:
        queued = [await outbox.queue(connection, by_hand, chain_id="1") for _ in range(2)]
    assert None not in queued


async def test_one_of_many_workers_claims_a_reply(database, now):
    reply = await put_reply(database)

    async def claim():
        async with database.begin() as connection:
            return await outbox.claim(connection, reply.id, now=now)

    claims = await asyncio.gather(*[claim() for _ in range(6)])
    assert sorted(claims, key=str) == [1, None, None, None, None, None]


async def test_a_claim_is_noted_with_its_time(database, now):
    reply = await put_reply(database)
    await leave_sending(database, reply, now)
    outgoing = await find(database, reply)
    assert (outgoing.state, outgoing.attempt, outgoing.tried_at) == (ReplyState.SENDING, 1, now)


async def test_a_reply_is_not_claimed_before_its_time(database, now):
    reply = await put_reply(database)
    async with database.begin() as connection:
        assert await outbox.claim(connection, reply.id, now=now - timedelta(hours=1)) is None


@pytest.mark.parametrize("state", ["sending", "sent", "failed", "cancelled"])
async def test_only_a_queued_reply_can_be_claimed(database, now, state):
    reply = await put_reply(database)
    await put_in(database, reply, state)
    async with database.begin() as connection:
        assert await outbox.claim(connection, reply.id, now=now) is None


@pytest.mark.parametrize("state", ["sending", "queued", "failed"])
async def test_a_receipt_is_proof_in_every_state_that_can_still_turn_out_sent(database, receipt, state):
    reply = await put_reply(database)
    await put_in(database, reply, state)
    async with database.begin() as connection:
        assert await outbox.settle_sent(connection, reply.id, receipt)
    assert (await state_of(database, reply))[0] == "sent"


async def test_settling_twice_stores_one_receipt(database, now, receipt):
    reply = await put_reply(database)
    await leave_sending(database, reply, now)
    async with database.begin() as connection:
        settled = [await outbox.settle_sent(connection, reply.id, receipt) for _ in range(2)]
        stored = await outbox.find(connection, reply.id)
    assert (settled, stored.posted) == ([True, True], (receipt,))


async def test_one_post_is_never_the_receipt_of_two_replies(database, now, receipt):
    first, second = await put_reply(database, "1"), await put_reply(database, "2")
    for reply in (first, second):
        await leave_sending(database, reply, now)
    async with database.begin() as connection:
        settled = [await outbox.settle_sent(connection, reply.id, receipt) for reply in (first, second)]
    assert settled == [True, False]
    assert (await state_of(database, second))[0] == "sending"


async def test_a_reply_put_back_waits_for_its_time(database, now):
    reply = await put_reply(database)
    attempt = await leave_sending(database, reply, now)
    due = now + timedelta(minutes=5)
    async with database.begin() as connection:
        assert await outbox.requeue(connection, reply.id, attempt=attempt, not_before=due, problem="busy")
    outgoing = await find(database, reply)
    assert (outgoing.state, outgoing.not_before, outgoing.problem) == (ReplyState.QUEUED, due, "busy")


async def test_a_worker_thought_dead_cannot_undo_the_try_of_another(database, now):
    reply = await put_reply(database)
    dead = await leave_sending(database, reply, now)
    async with database.begin() as connection:
        await outbox.requeue(connection, reply.id, attempt=dead, not_before=now)
    await leave_sending(database, reply, now)
    async with database.begin() as connection:
        assert not await outbox.requeue(connection, reply.id, attempt=dead, not_before=now)
        assert not await outbox.fail(connection, reply.id, attempt=dead, problem="refused")
        assert not await outbox.doubt(connection, reply.id, attempt=dead, problem="refused")
    assert (await state_of(database, reply))[0] == "sending"


async def test_a_doubt_is_kept_with_the_reply_and_forgotten_by_the_next_try(database, now):
    reply = await put_reply(database)
    attempt = await leave_sending(database, reply, now)
    async with database.begin() as connection:
        assert await outbox.doubt(connection, reply.id, attempt=attempt, problem="duplicate")
    assert (await find(database, reply)).problem == "duplicate"
    async with database.begin() as connection:
        await outbox.requeue(connection, reply.id, attempt=attempt, not_before=now, problem="duplicate")
    await leave_sending(database, reply, now)
    assert (await find(database, reply)).problem is None


async def test_a_refused_reply_gives_its_conversation_to_a_person(database, now):
    reply = await put_reply(database)
    await resolve(database, reply)
    attempt = await leave_sending(database, reply, now)
    async with database.begin() as connection:
        assert await outbox.fail(connection, reply.id, attempt=attempt, problem="too late")
    assert await state_of(database, reply) == ("failed", "open")


@pytest.mark.parametrize(("for_a_person", "conversation"), [(True, "open"), (False, "pending")])
async def test_a_withdrawn_reply_needs_a_person_only_if_said_so(database, for_a_person, conversation):
    reply = await put_reply(database)
    async with database.begin() as connection:
        assert await outbox.cancel(connection, reply.id, problem="Not sent.", for_a_person=for_a_person)
    assert await state_of(database, reply) == ("cancelled", conversation)


async def test_a_reply_that_is_being_sent_cannot_be_withdrawn(database, now):
    reply = await put_reply(database)
    await leave_sending(database, reply, now)
    async with database.begin() as connection:
        assert not await outbox.cancel(connection, reply.id, problem="Not sent.")


async def test_the_sweep_finds_what_is_due_and_what_was_never_settled(database, now):
    due, later, hanging, trying = [await put_reply(database, number) for number in "1234"]
    attempt = await leave_sending(database, later, now)
    async with database.begin() as connection:
        await outbox.requeue(connection, later.id, attempt=attempt, not_before=now + timedelta(minutes=1))
    await leave_sending(database, hanging, now)
    await leave_sending(database, trying, now + timedelta(seconds=8))
    async with database.begin() as connection:
        found = await outbox.unsent(connection, now=now, tried_before=now + timedelta(seconds=5))
    assert [each.reply_id for each in found] == [due.id, hanging.id]
    assert (found[0].mention_id, found[0].conversation_id) == (due.mention_id, due.conversation_id)


async def test_what_is_known_of_the_customer_comes_with_the_reply(database):
    reply = await put_reply(database, addressed=False)
    await opt_out(database)
    outgoing = await find(database, reply)
    assert (outgoing.addressed, outgoing.opted_out, outgoing.answered) == (False, True, False)


async def test_an_opt_out_on_another_channel_is_not_ours(database):
    reply = await put_reply(database)
    await opt_out(database, channel="email")
    assert not (await find(database, reply)).opted_out


@pytest.mark.parametrize(
    ("state", "answered"), [("queued", False), ("sending", True), ("sent", True), ("failed", False)]
)
async def test_a_post_counts_as_answered_once_another_reply_is_on_its_way(database, state, answered):
    reply = await put_reply(database)
    async with database.begin() as connection:
        by_hand = await outbox.queue(connection, replace(reply, kind=ReplyKind.AGENT), chain_id="1")
    await put_in(database, by_hand, state)
    assert (await find(database, reply)).answered is answered


async def test_a_delivery_is_announced_to_every_process(database, now, receipt):
    reply = await put_reply(database)
    await leave_sending(database, reply, now)
    heard, ready = asyncio.Queue(), asyncio.Event()

    async def listen():
        async with listening(database) as notices:
            ready.set()
            async for notice in notices:
                heard.put_nowait(notice)

    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        listener = group.create_task(listen())
        await ready.wait()
        async with database.begin() as connection:
            await outbox.settle_sent(connection, reply.id, receipt)
        notice = await heard.get()
        listener.cancel()
    assert (notice.subject, notice.conversation_id) == (Subject.DELIVERED, reply.conversation_id)


async def test_only_automatic_replies_that_wait_too_long_are_handed_back(database, now):
    late = await put_reply(database, "1")
    approved = await put_reply(database, "2", kind=ReplyKind.APPROVED)
    being_sent = await put_reply(database, "3")
    await leave_sending(database, being_sent, now)
    async with database.begin() as connection:
        before = datetime.now(UTC)
        assert await outbox.hand_back_queued(connection, problem="Not sent: stale.", queued_before=before) == 1
    fresh = await put_reply(database, "4")
    async with database.begin() as connection:
        assert await outbox.hand_back_queued(connection, problem="Not sent: stale.", queued_before=before) == 0
    states = [(await state_of(database, reply))[0] for reply in (late, approved, being_sent, fresh)]
    assert states == ["cancelled", "queued", "sending", "queued"]


async def test_words_that_are_handed_back_replace_an_older_draft(database):
    reply = await put_reply(database)
    async with database.begin() as connection:
        values = {"mention_id": reply.mention_id, "conversation_id": reply.conversation_id, "text": "Older. ^Bot"}
        await connection.execute(insert(drafts).values(**values, confidence=0.1, state="withdrawn"))
        await outbox.hand_back(connection, [reply.id], problem="Not sent: paused.")
    draft = await draft_of(database, reply)
    assert (draft["text"], draft["state"]) == (reply.text, "pending")
