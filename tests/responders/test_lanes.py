"""One lane in trouble: who tries, who waits, and when all go on. With the channel in memory and the real database."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import (
    ChannelBusy,
    ChannelCapped,
    ChannelDown,
    ChannelError,
    ChannelSpent,
    CredentialsRefused,
    NotYetVisible,
    OutcomeUnknown,
)
from bot.settings import ReplyingSettings
from bot.vocabulary import ChannelState, Lane, ReplyKind
from responders.budget import Budget, Quota
from responders.outbox import Delivered, Desk, Held, Later, deliver
from responders.policy import LINK, has_link
from responders.recording import RecordingResponder
from storage import outbox
from tests.responders.outbox_rows import condition_of, leave_sending, put_reply, state_of


class Counting(RecordingResponder):
    """Counts what is asked of the channel."""

    asked = 0

    async def send(self, reply):
        Counting.asked += 1
        return await super().send(reply)

    async def newest_version(self, reply):
        Counting.asked += 1
        return await super().newest_version(reply)


@pytest.fixture
def now(clock):
    clock.now = datetime.now(UTC) + timedelta(seconds=1)
    return clock.now


@pytest.fixture
def responder():
    Counting.asked = 0
    return Counting(channel="x")


@pytest.fixture
def desk(database, responder, clock, now):
    return Desk(database=database, responder=responder, rules=ReplyingSettings(), clock=clock, settle_seconds=30)


async def put(database, number, **changes):
    return [await put_reply(database, str(each), **changes) for each in range(1, number + 1)]


async def deliver_all(replies, desk):
    return [type(await deliver(reply.id, desk)) for reply in replies]


async def due(database, desk):
    async with database.begin() as connection:
        found = await outbox.unsent(
            connection, now=desk.clock(), tried_before=desk.clock() - timedelta(seconds=desk.settle_seconds)
        )
    return [each.reply_id for each in found]


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (ChannelBusy("Slow down.", retry_after=840), ChannelState.BUSY),
        (ChannelDown("X is down."), ChannelState.DOWN),
        (ChannelError("Check x.base_url."), ChannelState.DOWN),
        (OutcomeUnknown("It broke off."), ChannelState.DOWN),
        (ChannelSpent("Top up."), ChannelState.SPENT),
        (ChannelCapped("Raise the cap."), ChannelState.CAPPED),
        (CredentialsRefused("Check the tokens."), ChannelState.REFUSED),
    ],
)
async def test_each_trouble_is_a_state_of_its_own_and_nobody_else_knocks(database, desk, responder, error, state):
    first, *others = await put(database, 4)
    responder.fail_next = error
    assert isinstance(await deliver(first.id, desk), Later)
    asked = responder.asked
    assert await deliver_all(others, desk) == [Held] * 3
    assert responder.asked == asked
    condition = await condition_of(database)
    assert (condition.state, condition.problem) == (state, str(error))


async def test_what_x_cannot_check_now_is_not_sent_and_nobody_else_asks(database, desk, responder):
    first, second = await put(database, 2)
    responder.blind_next = ChannelBusy("Slow down.", retry_after=60)
    assert isinstance(await deliver(first.id, desk), Later)
    assert await deliver_all([second], desk) == [Held]
    assert (responder.asked, (await state_of(database, first))[0]) == (1, "queued")


async def test_a_post_that_is_too_fresh_holds_back_nobody_else(database, desk, responder):
    first, second = await put(database, 2)
    responder.blind_next = NotYetVisible("Not yet.", retry_after=10)
    assert await deliver_all([first, second], desk) == [Later, Delivered]
    assert await condition_of(database) is None


async def test_when_the_time_is_up_one_pilot_tries_and_success_lets_all_others_go(database, desk, responder, clock):
    first, *others = await put(database, 4)
    responder.fail_next = ChannelBusy(retry_after=840)
    await deliver(first.id, desk)
    clock.move(seconds=840)
    assert await deliver_all([first], desk) == [Delivered]
    assert await condition_of(database) is None
    assert await deliver_all(others, desk) == [Delivered] * 3


async def test_of_many_that_wake_together_one_knocks(database, desk, responder, clock):
    replies = await put(database, 6)
    responder.fail_next = ChannelBusy(retry_after=840)
    await deliver(replies[0].id, desk)
    clock.move(seconds=841)
    Counting.asked = 0
    responder.fail_next = ChannelBusy(retry_after=840)
    outcomes = await asyncio.gather(*[deliver(reply.id, desk) for reply in replies])
    assert sorted(type(each).__name__ for each in outcomes) == ["Held"] * 5 + ["Later"]
    assert Counting.asked == 2  # whether the post is still there, and the reply


async def test_a_pilot_that_never_came_back_is_followed_by_another(database, desk, responder, clock):
    first, second = await put(database, 2)
    responder.fail_next = ChannelDown()
    await deliver(first.id, desk)
    clock.move(seconds=400)

    class Stuck(RecordingResponder):
        async def newest_version(self, reply):
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await deliver(first.id, replace(desk, responder=Stuck(channel="x")))
    assert await deliver_all([second], desk) == [Held]
    clock.move(seconds=desk.settle_seconds + 1)
    assert await deliver_all([second], desk) == [Delivered]


async def test_the_longer_an_outage_lasts_the_less_often_it_is_looked_at(database, desk, responder, clock):
    [reply] = await put(database, 1)
    pauses = []
    while len(pauses) < 12:
        responder.blind_next = ChannelDown()
        outcome = await deliver(reply.id, desk)
        pauses.append(outcome.seconds)
        clock.move(seconds=outcome.seconds)
    assert pauses == sorted(pauses)
    assert max(pauses) <= 300


async def test_a_rule_that_refuses_the_pilot_leaves_the_turn_to_the_next(database, desk, responder, clock):
    first, second = await put(database, 2)
    third = await put_reply(database, "3", text="No label.")
    responder.fail_next = ChannelDown()
    await deliver(first.id, desk)
    clock.move(seconds=400)
    await deliver(third.id, desk)
    assert await deliver_all([second], desk) == [Delivered]


async def test_trouble_with_messages_does_not_hold_back_posts(database, desk, responder):
    message = await put_reply(database, "1", audience="private", text="Yes. stop ^Bot")
    post = await put_reply(database, "2")
    responder.fail_next = ChannelBusy("Slow down.", retry_after=60)
    assert await deliver_all([message, post], desk) == [Later, Delivered]
    assert (await condition_of(database, Lane.MESSAGE)).state is ChannelState.BUSY
    assert await condition_of(database, Lane.POST) is None


async def test_the_sweep_revives_nobody_in_a_lane_in_trouble_then_one_then_all(database, desk, responder, clock):
    first, *others = await put(database, 4)
    responder.fail_next = ChannelBusy(retry_after=840)
    await deliver(first.id, desk)
    assert await due(database, desk) == []
    clock.move(seconds=841)
    assert await due(database, desk) == [first.id]
    await deliver(first.id, desk)
    assert await due(database, desk) == [reply.id for reply in others]


async def test_a_reply_in_doubt_is_settled_whatever_its_lane_is_in(database, desk, responder, now, clock):
    first, doubtful = await put(database, 2)
    await leave_sending(database, doubtful, now)
    receipt = await RecordingResponder.send(responder, doubtful)
    responder.fail_next = ChannelSpent()
    await deliver(first.id, desk)
    clock.move(seconds=31)
    assert await deliver(doubtful.id, desk) == Delivered(receipt=receipt)
    assert (await condition_of(database)).state is ChannelState.SPENT


def limited(desk, **budget):
    return replace(desk, budget=Budget(**budget))


async def test_our_own_limit_of_a_window_holds_the_rest_back_until_a_place_is_free(database, desk, responder, clock):
    desk = limited(desk, posts=Quota(per_window=2))
    replies = await put(database, 4)
    assert await deliver_all(replies, desk) == [Delivered, Delivered, Held, Held]
    condition = await condition_of(database)
    assert (condition.state, "x.posts_per_window" in condition.problem) == (ChannelState.BUSY, True)
    clock.move(minutes=15)
    assert await deliver_all(replies[2:], desk) == [Delivered, Delivered]


async def test_many_workers_at_once_never_exceed_our_own_limit(database, desk, responder):
    desk = limited(desk, posts=Quota(per_window=3))
    replies = await put(database, 8)
    await asyncio.gather(*[deliver(reply.id, desk) for reply in replies])
    assert len(responder.sent) == 3


async def test_messages_and_posts_are_counted_apart(database, desk):
    desk = limited(desk, posts=Quota(per_window=1), messages=Quota(per_window=1))
    message = await put_reply(database, "1", audience="private", text="Yes. stop ^Bot")
    post = await put_reply(database, "2")
    assert await deliver_all([message, post], desk) == [Delivered, Delivered]


async def test_a_reply_that_was_put_back_does_not_stand_in_its_own_way(database, desk, responder, clock):
    desk = limited(desk, posts=Quota(per_window=1))
    [reply] = await put(database, 1)
    responder.fail_next = ChannelDown()
    await deliver(reply.id, desk)
    clock.move(seconds=10)
    assert await deliver_all([reply], desk) == [Delivered]


async def test_a_budget_that_is_used_up_holds_replies_and_a_larger_one_lets_them_go(database, desk):
    small, large = (
        limited(desk, month_dollars=dollars, reply_dollars=0.01, link_dollars=0.2) for dollars in (0.215, 0.3)
    )
    linked = await put_reply(database, "1", text="See tarnwell.com/help ^MK", kind=ReplyKind.AGENT)
    plain = [await put_reply(database, number) for number in ("2", "3")]
    assert await deliver_all([linked, *plain], small) == [Delivered, Delivered, Held]
    assert (await condition_of(database)).state is ChannelState.BUDGET
    assert await due(database, desk) == [plain[1].id]
    assert await deliver_all(plain[1:], large) == [Delivered]
    assert await condition_of(database) is None


async def test_every_post_of_a_thread_takes_its_place_in_the_window(database, desk, clock):
    desk = limited(desk, posts=Quota(per_window=4), month_dollars=100.0, reply_dollars=1.0)
    thread = await put_reply(database, "1", text="word " * 150 + "^MK", kind=ReplyKind.AGENT)
    others = [await put_reply(database, number) for number in ("2", "3")]
    assert await deliver_all([thread, *others], desk) == [Delivered, Delivered, Held]
    async with database.begin() as connection:
        counts = await outbox.counted(connection, "x", since=clock.now - timedelta(days=1), link="https?://")
    assert counts == outbox.Counts(posts=4, linked=0, messages=0)


@pytest.mark.parametrize(
    "text", ["https://a.example", "tarnwell.com", "go to support.tarnwell.co.uk/x.", "e.g. the lid", "me@tarnwell.com"]
)
async def test_the_database_sees_the_links_that_the_rules_see(database, desk, clock, text):
    reply = await put_reply(database, "1", text=text, kind=ReplyKind.AGENT)
    await deliver(reply.id, desk)
    async with database.begin() as connection:
        counts = await outbox.counted(connection, "x", since=clock.now - timedelta(days=1), link=LINK)
    assert counts.linked == has_link(text)
