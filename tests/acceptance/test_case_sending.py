"""Edge cases of sending: once, in time, within the rules. Numbers as in docs/reference/edge-cases.md."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import IllegalMove
from bot.vocabulary import ChannelState, DraftState, Lane, Reason, ReplyState, Route, Switch
from responders.counting import fits, weighted_length
from storage import cases, conditions, outbox
from storage.switches import turn
from storage.tables import drafts, handoffs, receipts, replies
from tests.acceptance.stage import CLEAR, IRATE, cautious, serving, until


async def test_case_04_a_post_that_is_deleted_before_the_send_gets_no_reply(stage, brain):
    async with serving(stage, brain):
        post = await _held_back(stage)
        stage.world.delete(post)
        reply = await _ended(stage, post)

    assert reply.state == ReplyState.CANCELLED
    assert Reason.GONE in reply.problem


async def test_case_04_a_protected_account_gets_no_reply(stage, brain):
    async with serving(stage, brain):
        post = await _held_back(stage)
        stage.world.protect("mara_k")
        reply = await _ended(stage, post)

    assert reply.state == ReplyState.CANCELLED


async def test_case_04_who_blocked_us_gets_no_reply(stage, brain):
    async with serving(stage, brain):
        post = await _held_back(stage)
        stage.world.block("mara_k", stage.world.brand.handle)
        reply = await _ended(stage, post)

    assert reply.state == ReplyState.CANCELLED


async def test_case_12_an_agent_and_the_bot_sending_at_once_make_one_post(stage, brain):
    ana = await stage.agent()
    async with serving(stage, cautious(brain)) as running:
        post = stage.say(CLEAR)
        await stage.course(post)
        [draft] = await stage.all(drafts)
        deeds = [stage.act(cases.approve_draft, draft.id, text=draft.text, by=ana) for _ in range(2)]
        sent = await asyncio.gather(*deeds, return_exceptions=True)
        await running.workshop.foreman.deliver(next(each for each in sent if isinstance(each, int)))
        await until(lambda: stage.answers(post))

    assert sum(isinstance(each, IllegalMove) for each in sent) == 1
    assert len(stage.answers(post)) == 1


async def test_case_13_a_handoff_is_written_once_though_its_post_is_heard_again_and_again(stage, brain):
    async with serving(stage, brain):
        post = stage.say(IRATE)
        await stage.course(post)
        other = stage.say(CLEAR, author="jon_weber")
        await until(lambda: stage.answers(other))

    assert len(await stage.all(handoffs)) == 1
    assert stage.answers(post) == []


async def test_case_15_a_lost_answer_of_the_platform_is_settled_by_reading(stage, brain):
    async with serving(stage, brain):
        await stage.fault(kind="lost", method="POST", path="/2/tweets", times=1)
        post = stage.say(CLEAR)
        await until(stage.receipts)

    assert len(stage.answers(post)) == 1
    [reply] = await stage.all(replies)
    assert reply.attempts == 1


async def test_case_16_what_weighs_281_is_refused_before_the_platform_hears_of_it(stage, brain):
    text = "host.conf 👩‍👩‍👧 東京 é" + "x" * 262
    ana = await stage.agent()
    async with serving(stage, cautious(brain)) as running:
        post = stage.say(CLEAR)
        await stage.course(post)
        [draft] = await stage.all(drafts)
        reply_id = await stage.act(cases.approve_draft, draft.id, text=text, by=ana)
        before = await _asked_to_post(stage)
        await running.workshop.foreman.deliver(reply_id)
        reply = await _ended(stage, post)

    assert weighted_length(text) == 281
    assert (reply.state, await _asked_to_post(stage)) == (ReplyState.CANCELLED, before)
    assert Reason.OVER_LENGTH in reply.problem


async def test_case_17_a_long_reply_resumes_with_the_part_that_is_missing(stage, brain):
    ana = await stage.agent()
    words = " ".join(f"Step {number}: open the settings and look for entry {number}." for number in range(1, 14))
    async with serving(stage, brain) as running:
        post = stage.say(IRATE)
        conversation = (await stage.course(post)) and await stage.conversation(post)
        reply_id = await stage.act(cases.write_reply, conversation.id, text=f"{words} ^AN", by=ana)
        await stage.fault(kind="latency", seconds=0, method="POST", path="/2/tweets", times=1)
        await stage.fault(kind="status", status=503, method="POST", path="/2/tweets", times=1)
        await running.workshop.foreman.deliver(reply_id)
        await until(lambda: _is_sent(stage, reply_id))
        parts = await _thread_of(stage, post)

    assert len(parts) > 2
    assert all(fits(part) for part in parts)
    assert " ".join(part.partition(" ")[2] for part in parts) == f"{words} ^AN"
    assert len(await stage.all(receipts)) == len(parts)


async def test_case_31_the_kill_switch_stops_forty_queued_replies_and_resuming_sends_none(stage, brain):
    async with serving(stage, brain):
        await _close(stage, Lane.POST)
        posts = [stage.say(CLEAR, author=f"customer_{number}") for number in range(40)]
        for post in posts:
            await stage.course(post)
        queued = len(await stage.all(replies, replies.c.state == ReplyState.QUEUED))
        await stage.act(turn, Switch.PAUSED, on=True, by="ops")
        left = len(await stage.all(replies, replies.c.state == ReplyState.QUEUED))
        await stage.act(turn, Switch.PAUSED, on=False, by="ops")
        await stage.act(conditions.clear, "x", Lane.POST)
        new = stage.say(CLEAR, author="somebody_new")
        await until(lambda: stage.answers(new))
        waiting = await stage.all(drafts, drafts.c.state == DraftState.PENDING)

    assert (queued, left, len(waiting)) == (40, 0, 40)
    assert sum(len(stage.answers(post)) for post in posts) == 0


STATES = {
    ChannelState.SPENT: {"kind": "credits"},
    ChannelState.CAPPED: {"kind": "usage_cap"},
    ChannelState.BUSY: {"kind": "rate_limit"},
    ChannelState.REFUSED: {"kind": "empty_401"},
}


@pytest.mark.parametrize("state", STATES)
async def test_case_39_each_trouble_of_the_platform_is_a_state_of_its_own_and_nobody_runs_into_it_again(
    stage, brain, state
):
    async with serving(stage, brain):
        await stage.fault(**STATES[state], method="POST", path="/2/tweets", times=50)
        posts = [stage.say(CLEAR, author=f"customer_{number}") for number in range(12)]
        for post in posts:
            await stage.course(post)
        noted = await until(lambda: _trouble(stage, Lane.POST))
        # Hearing and deciding go on meanwhile, and every other reply has had its turn to try.
        await stage.course(stage.say(IRATE, author="jon_weber"))
        [armed] = (await stage.control("GET", "/sandbox/faults"))["faults"]
        waiting = await stage.all(replies, replies.c.state == ReplyState.QUEUED)

    assert noted.state is state
    assert noted.problem
    # Those that were on their way at the same moment have met it, and nobody after them.
    assert 50 - armed["times"] <= stage.settings.worker.concurrency
    assert len(waiting) == 12


async def test_case_39_a_post_that_did_not_summon_us_goes_to_a_person_and_holds_nobody_else_up(stage, brain):
    trusting = stage.under(x={"summoned_by": "replying"})
    async with serving(trusting, brain):
        post = stage.say(CLEAR)
        await until(lambda: stage.answers(post))
        ours = stage.world.replies(stage.world.get(post))[0]
        bare = stage.say("how do I connect my Dock 2 to two displays?", reply_to=ours.id)
        course = await stage.course(bare)
        refused = await until(lambda: _failed(stage, bare))
        other = stage.say(CLEAR, author="jon_weber")
        await until(lambda: stage.answers(other))

    assert course.route is Route.ANSWER
    assert "x.com" in refused.problem
    assert (await stage.conversation(bare)).state == "open"


async def test_an_agent_can_take_back_a_reply_within_the_undo_window(stage, brain):
    ana = await stage.agent()
    async with serving(stage, cautious(brain)):
        post = stage.say(CLEAR)
        await stage.course(post)
        [draft] = await stage.all(drafts)
        reply_id = await stage.act(cases.approve_draft, draft.id, text=draft.text, by=ana, undo_seconds=300)
        await stage.act(outbox.take_back, reply_id, by=ana)
        [again] = await stage.all(drafts)

    assert again.state == DraftState.PENDING
    assert stage.answers(post) == []


async def _close(stage, lane):
    """Let nothing be sent by a lane for an hour."""
    until = datetime.now(UTC) + timedelta(hours=1)
    await stage.act(conditions.note, "x", lane, ChannelState.BUSY, problem="An exercise.", until=until)


async def _held_back(stage):
    """Let a clear question be answered while nothing is posted, and give its post."""
    await _close(stage, Lane.POST)
    post = stage.say(CLEAR)
    await until(lambda: stage.all(replies))
    return post


async def _ended(stage, post):
    """Let the lane work again, and give the reply to *post* once it is settled."""
    await stage.act(conditions.clear, "x", Lane.POST)
    return await until(lambda: _settled(stage, post))


async def _settled(stage, post):
    ends = (ReplyState.CANCELLED, ReplyState.FAILED, ReplyState.SENT)
    found = await stage.all(replies, replies.c.in_reply_to == post, replies.c.state.in_(ends))
    return found[0] if found else None


async def _failed(stage, post):
    found = await stage.all(replies, replies.c.in_reply_to == post, replies.c.state == ReplyState.FAILED)
    return found[0] if found else None


async def _is_sent(stage, reply_id):
    return await stage.all(replies, replies.c.id == reply_id, replies.c.state == ReplyState.SENT)


async def _trouble(stage, lane):
    noted = await stage.act(conditions.find, "x", lane)
    return noted if noted and noted.state is not ChannelState.WORKING else None


async def _asked_to_post(stage):
    traffic = await stage.control("GET", "/sandbox/traffic")
    return traffic["endpoints"].get("POST /2/tweets", {"requests": 0})["requests"]


async def _thread_of(stage, post_id):
    """Give the texts of the brand's posts that hang under a post, each under the one before."""
    texts, at = [], stage.world.get(post_id)
    while replies_of := [each for each in stage.world.replies(at) if each.author == stage.world.brand]:
        at = replies_of[0]
        texts.append(at.body)
    return texts
