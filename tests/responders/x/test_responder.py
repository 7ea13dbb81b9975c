from __future__ import annotations

from dataclasses import replace

import pytest

from bot.errors import ChannelDown, NotSummoned, NotYetVisible, OutcomeUnknown, PostGone
from bot.vocabulary import Audience, Reply, ReplyKind
from responders.x import responder as module
from responders.x.asking import TRIES
from responders.x.responder import LAG, XResponder
from responders.x.snowflakes import moment_of
from sandbox.faults import Fault, FaultKind


@pytest.fixture
def responder(client, clock):
    return XResponder(client, clock)


def reply(to, text="Hold the power key. ^Bot", kind=ReplyKind.AUTOMATIC):
    return Reply(channel="x", in_reply_to=to, text=text, kind=kind)


async def test_a_receipt_says_when_the_post_was_made(responder, say):
    receipt = await responder.send(reply(say("mara_k", "@TarnwellHelp help")))
    assert receipt.sent_at == moment_of(receipt.post_id)


async def test_a_fresh_post_that_x_calls_gone_is_tried_again(responder, world, say):
    post_id = say("mara_k", "@TarnwellHelp help")
    world.delete(post_id)
    with pytest.raises(NotYetVisible, match=post_id) as caught:
        await responder.send(reply(post_id))
    assert caught.value.retry_after == LAG.total_seconds()


async def test_the_newest_version_of_a_fresh_post_is_asked_for_again(responder, world, say):
    post_id = say("mara_k", "@TarnwellHelp help")
    world.delete(post_id)
    with pytest.raises(NotYetVisible, match=post_id):
        await responder.newest_version(reply(post_id))


async def test_who_did_not_summon_us_can_be_answered_by_hand_and_the_error_says_where(responder, say):
    post_id = say("mara_k", "the battery is flat")
    with pytest.raises(NotSummoned, match=rf"https://x.com/intent/post\?in_reply_to={post_id}&text=Hold%20the"):
        await responder.send(reply(post_id))


def message(world, text="Hold the power key. ^MK"):
    asked = world.send("mara_k", "TarnwellHelp", "it does not start")
    return Reply(
        channel="x",
        in_reply_to=asked.id,
        text=text,
        kind=ReplyKind.AGENT,
        audience=Audience.PRIVATE,
        addressee=asked.sender.id,
    )


async def test_the_same_words_in_an_older_message_are_not_taken_for_this_one(responder, world):
    before = message(world)
    await responder.send(before)
    assert await responder.find_sent(message(world)) is None


async def test_the_customers_own_words_are_not_taken_for_ours(responder, world):
    asked = message(world)
    world.send("mara_k", "TarnwellHelp", asked.text)
    assert await responder.find_sent(asked) is None


async def test_a_message_is_found_behind_a_page_of_newer_ones(responder, world):
    asked = message(world, "Fan & lid <both>.  Then wait. ^MK")
    receipt = await responder.send(asked)
    for number in range(120):
        world.send("mara_k", "TarnwellHelp", f"and another thing {number}")
    assert await responder.find_sent(asked) == receipt


async def test_an_older_post_that_x_calls_gone_is_gone(responder, clock, world, say):
    post_id = say("mara_k", "@TarnwellHelp help")
    world.delete(post_id)
    clock.move(seconds=LAG.total_seconds() + 1)
    with pytest.raises(PostGone):
        await responder.send(reply(post_id))


async def test_a_reply_is_found_behind_several_pages_of_newer_ones(responder, say):
    first = reply(say("mara_k", "@TarnwellHelp help"))
    receipt = await responder.send(first)
    for number in range(120):
        say("TarnwellHelp", f"Good morning {number}")
    assert await responder.find_sent(first) == receipt


async def test_a_reply_with_escaped_characters_is_known_again(responder, say):
    words = reply(say("mara_k", "@TarnwellHelp help"), "Fan & lid <both>.\nThen wait. ^MK", ReplyKind.AGENT)
    receipt = await responder.send(words)
    assert await responder.find_sent(words) == receipt


async def test_while_x_cannot_be_asked_absence_is_not_proven(responder, sandbox, say):
    post_id = say("mara_k", "@TarnwellHelp help")
    sandbox.faults.add(Fault(kind=FaultKind.STATUS, path="/2/users", html=True, times=TRIES))
    with pytest.raises(ChannelDown):
        await responder.find_sent(reply(post_id))


async def test_where_x_shows_no_further_back_absence_is_not_proven(responder, say, monkeypatch):
    post_id = say("mara_k", "@TarnwellHelp help")
    monkeypatch.setattr(module, "REACHABLE", 3)
    for number in range(3):
        say("TarnwellHelp", f"Good morning {number}")
    with pytest.raises(OutcomeUnknown, match=post_id):
        await responder.find_sent(reply(post_id))


async def test_a_reply_that_invites_shows_where_to_write_to_us_and_is_found_again(responder, world, say):
    invitation = replace(reply(say("mara_k", "@TarnwellHelp help"), kind=ReplyKind.AGENT), invites=True)
    receipt = await responder.send(invitation)

    assert world.get(receipt.post_id).message_link.endswith(f"recipient_id={world.brand.id}")
    assert await responder.find_sent(invitation) == receipt
