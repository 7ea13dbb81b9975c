"""Edge cases of hearing: what comes twice, late or out of order. Numbers as in docs/reference/edge-cases.md."""

from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from bot.vocabulary import ReplyState
from responders.x.client import open_client
from sandbox.timeline import Span
from storage import cases
from storage.tables import decisions, drafts, gaps, mentions, replies
from tests.acceptance.stage import CLEAR, OTHER, serving, until

OUTAGE = "@TarnwellHelp is your cloud down? nothing syncs"
EVENTS = ("post.mention.create", "post.reply.create", "dm.received")


@pytest.fixture
def pushed(stage):
    """A stage whose service takes the platform's events, and looks for itself too seldom to matter."""
    return stage.under(x={"webhook": True, "bearer_token": "sandbox-bearer-token", "poll_seconds": 600})


async def test_case_01_the_same_event_five_times_out_of_order_and_after_a_restart_is_one_mention(pushed, brain):
    await pushed.fault(kind="event_late", times=1)
    await pushed.fault(kind="event_twice", times=4)
    began = datetime.now(UTC)
    async with listening(pushed, brain) as webhook:
        posts = [pushed.say(CLEAR, author=f"customer_{number}") for number in range(3)]
        await until(lambda: all(pushed.answers(post) for post in posts))
    async with listening(pushed, brain) as webhook:
        await _replay(pushed, webhook, began)
        other = pushed.say(OTHER)
        await until(lambda: pushed.answers(other))

    assert len(await pushed.all(mentions)) == len(await pushed.all(decisions)) == 4
    assert all(len(pushed.answers(post)) == 1 for post in posts)


async def test_case_02_a_reply_that_also_names_us_fires_two_events_and_is_one_mention(pushed, brain):
    brand_post = pushed.say("Our summer update is out.", author=pushed.world.brand.handle)
    async with listening(pushed, brain):
        post = pushed.say(CLEAR, reply_to=brand_post)
        await until(lambda: pushed.answers(post))
        await until(lambda: _acknowledged(pushed, 2))

    assert len(await pushed.all(mentions)) == 1
    assert len(pushed.answers(post)) == 1


async def test_case_38_events_that_came_while_we_were_away_are_delivered_again_and_heard_once(pushed, brain):
    async with listening(pushed, brain):
        first = pushed.say(CLEAR)
        await until(lambda: pushed.answers(first))
    missed = pushed.say(OTHER)
    polling = pushed.under(x={"poll_seconds": 0.25})
    async with serving(polling, brain):
        await until(lambda: pushed.answers(missed))

    assert len(pushed.answers(missed)) == len(pushed.answers(first)) == 1


async def test_case_40_a_thousand_mentions_at_once_are_all_stored_and_no_limit_is_exceeded(stage, brain):
    async with serving(stage, brain):
        posts = {stage.say(OUTAGE, author=f"customer_{number}") for number in range(1000)}
        await until(lambda: _stored(stage, 1000))
        traffic = await stage.control("GET", "/sandbox/traffic")

    assert {mention.post_id for mention in await stage.all(mentions)} == posts
    assert await stage.all(gaps) == []
    assert traffic["refused"] == 0


async def test_a_mention_that_is_indexed_late_and_out_of_order_is_heard(stage, brain):
    async with serving(stage, brain):
        late = stage.say(CLEAR, author="late_bird", late=True)
        prompt = stage.say(CLEAR)
        await until(lambda: stage.answers(prompt))
        stage.world.index(late)
        await until(lambda: stage.answers(late))

    assert len(await stage.all(mentions)) == 2


async def test_a_direct_message_reaches_a_person_as_a_draft_and_the_answer_goes_back_in_private(stage, brain):
    ana, brand = await stage.agent(), stage.world.brand
    async with serving(stage, brain) as running:
        question = stage.world.send("mara_k", brand.handle, "how do I swap the Fn and Ctrl keys on my Book 15?")
        [mention] = await until(lambda: stage.all(mentions))
        decision = await stage.decision(mention.post_id)
        [draft] = await stage.all(drafts)
        reply_id = await stage.act(cases.approve_draft, draft.id, text=draft.text, by=ana)
        await running.workshop.foreman.deliver(reply_id)
        await until(lambda: stage.all(replies, replies.c.state == ReplyState.SENT))
        said = stage.world.message_thread(brand.id, question.sender.id)

    assert (mention.audience, decision.route) == ("private", "draft")
    assert [message.sender.handle for message in said] == ["mara_k", brand.handle]
    assert "STOP" in said[-1].text
    assert stage.world.published(brand.id, Span(limit=10)).ids == ()


@asynccontextmanager
async def listening(stage, brain):
    """Run the service with its webhook registered until the block ends, and give the webhook's id."""
    async with serving(stage, brain) as running, open_client(stage.settings.x) as client:
        us = await client.me()
        webhook = await client.register_webhook(f"{running.url}/webhooks/x")
        for event in EVENTS:
            await client.subscribe(event, us.id, webhook)
        yield webhook


async def _replay(stage, webhook, since):
    """Let the platform deliver everything since a moment once more."""
    given = [f"{moment:%Y%m%d%H%M}" for moment in (since, datetime.now(UTC) + timedelta(minutes=1))]
    body = dict(zip(("from_date", "to_date"), given, strict=True), webhook_id=webhook)
    await stage.control("POST", "/2/webhooks/replay", body, headers={"Authorization": "Bearer sandbox-bearer-token"})


async def _acknowledged(stage, count):
    delivered = await stage.control("GET", "/sandbox/deliveries")
    return sum(each["status"] == 200 for each in delivered["deliveries"]) >= count


async def _stored(stage, count):
    return len(await stage.all(mentions)) >= count
