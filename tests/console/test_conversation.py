"""One conversation: what is shown, and what agents do in it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from storage.agents import Role
from storage.tables import conversations, drafts, handoffs, receipts, replies
from tests.console.rows import (
    UNDERSTANDING,
    put_conversation,
    put_decision,
    put_draft,
    put_drafted,
    put_handoff,
    put_mention,
    put_reply,
    rows_of,
)

SIGNED = "Update the wireless driver. ^Bot"


async def only(database, table):
    (row,) = await rows_of(database, table)
    return row


async def test_the_decision_is_explained(browser, database):
    ann = await browser()
    conversation_id, _ = await put_drafted(database)

    page = await (await ann.get(f"/conversations/{conversation_id}")).text()

    for shown in (
        "No answer is confident enough to go out alone.",
        "62%",
        "Answers alone from 80%",
        "certified",
        "Why does Wi-Fi drop after sleep?",
        "dense 0.80",
        "Technical problem",
        "Draft threshold",
        "mini-1",
    ):
        assert shown in page


async def test_what_the_post_names_is_shown_once(browser, database):
    ann = await browser()
    conversation_id = await put_conversation(database)
    number = {"kind": "order_number", "text": "TN-482913", "start": 0, "end": 9}
    await put_decision(database, conversation_id, understanding={**UNDERSTANDING, "entities": [number, number]})

    page = await (await ann.get(f"/conversations/{conversation_id}")).text()

    assert page.count('<dt>Order number</dt><dd class="code">TN-482913</dd>') == 1


async def test_a_threshold_set_by_hand_is_shown_as_uncertified(browser, database):
    ann = await browser()
    conversation_id = await put_conversation(database)
    await put_decision(database, conversation_id, certified=False)

    assert "uncertified" in await (await ann.get(f"/conversations/{conversation_id}")).text()


async def test_a_conversation_without_a_decision_says_so(browser, database):
    ann = await browser()
    conversation_id = await put_conversation(database)

    assert "has not decided yet" in await (await ann.get(f"/conversations/{conversation_id}")).text()


async def test_the_thread_shows_how_far_each_reply_has_come(browser, database):
    ann = await browser()
    conversation_id = await put_conversation(database)
    await put_reply(database, conversation_id, "Failing words", state="failed", kind="agent")
    reply_id = await put_reply(database, conversation_id, state="sent")
    sent = (await rows_of(database, conversations))[0].opened_at
    async with database.begin() as connection:
        values = {"reply_id": reply_id, "channel": "x", "post_id": "777", "sent_at": sent}
        await connection.execute(insert(receipts).values(values))

    page = await (await ann.get(f"/conversations/{conversation_id}")).text()

    for shown in ("reply-state-failed", "reply-state-sent", "Post 777", "Heed, the bot", "automated"):
        assert shown in page


async def test_a_handoff_shows_its_goal_and_its_suggestion(browser, database):
    ann = await browser()
    conversation_id = await put_conversation(database, state="open")
    await put_handoff(database, conversation_id, "Wants a refund", suggestion="We are sorry.")

    page = await (await ann.get(f"/conversations/{conversation_id}")).text()

    assert "Wants a refund" in page
    assert "We are sorry." in page


async def test_an_approved_draft_is_queued_as_it_is_and_gets_a_job(browser, database, enqueued):
    ann = await browser()
    conversation_id, draft_id = await put_drafted(database)

    answer = await ann.send(f"/drafts/{draft_id}/approve", text=SIGNED)

    assert answer.headers["Location"] == f"/conversations/{conversation_id}?done=approved"
    reply, draft = await only(database, replies), await only(database, drafts)
    assert (reply.text, reply.kind, reply.author, reply.state) == (SIGNED, "approved", "Ann", "queued")
    assert (draft.state, draft.final_text, draft.settled_by) == ("approved", SIGNED, "Ann")
    assert enqueued == [reply.id]


async def test_an_approved_draft_leaves_the_conversation_to_the_bot(browser, database):
    ann = await browser()
    conversation_id = await put_conversation(database, state="open")
    draft_id = await put_draft(database, conversation_id)

    await ann.send(f"/drafts/{draft_id}/approve", text=SIGNED)

    assert (await only(database, conversations)).state == "pending"


async def test_an_approved_draft_does_not_hide_a_later_handoff(browser, database):
    ann = await browser()
    conversation_id = await put_conversation(database, state="open")
    draft_id = await put_draft(database, conversation_id)
    await put_mention(database, conversation_id, "I want my money back!")
    await put_handoff(database, conversation_id)

    await ann.send(f"/drafts/{draft_id}/approve", text=SIGNED)

    assert (await only(database, conversations)).state == "open"


async def test_what_was_approved_is_what_was_edited(browser, database):
    ann = await browser()
    _, draft_id = await put_drafted(database)

    await ann.send(f"/drafts/{draft_id}/approve", text="Update it,\r\nthen restart. ^Bot")

    assert (await only(database, replies)).text == "Update it,\nthen restart. ^Bot"
    assert (await only(database, drafts)).final_text == "Update it,\nthen restart. ^Bot"


async def test_of_two_agents_who_approve_exactly_one_wins_and_the_other_is_told_who(browser, database, enqueued):
    browsers = {"Ann": await browser(), "Ben": await browser("Ben", "BE")}
    _, draft_id = await put_drafted(database)

    sent = (one.send(f"/drafts/{draft_id}/approve", text=SIGNED) for one in browsers.values())
    answers = await asyncio.gather(*sent)

    winner = (await only(database, drafts)).settled_by
    by_status = {answer.status: (name, answer) for name, answer in zip(browsers, answers, strict=True)}
    assert by_status[303][0] == winner
    assert f"{winner} approved this draft already." in await by_status[409][1].text()
    assert len(enqueued) == len(await rows_of(database, replies)) == 1


@pytest.mark.parametrize(
    ("text", "told"), [("x" * 281, "Too long by 1"), ("   ", "There is nothing to send"), ("a\ufeffb", "refuses")]
)
async def test_a_text_that_the_channel_would_refuse_is_refused_and_kept(browser, database, text, told):
    ann = await browser()
    _, draft_id = await put_drafted(database)

    answer = await ann.send(f"/drafts/{draft_id}/approve", text=text)
    page = await answer.text()

    assert answer.status == 422
    assert told in page
    assert text.strip() in page
    assert (await only(database, drafts)).state == "pending"


async def test_a_post_that_is_answered_already_gets_no_second_reply(browser, database, enqueued):
    ann = await browser()
    conversation_id, draft_id = await put_drafted(database)
    await put_reply(database, conversation_id, state="sent")

    answer = await ann.send(f"/drafts/{draft_id}/approve", text=SIGNED)

    assert answer.status == 409
    assert "answered already" in await answer.text()
    assert (await only(database, drafts)).state == "pending"
    assert enqueued == []


async def test_a_draft_in_somebody_elses_conversation_is_theirs(browser, database):
    ann = await browser()
    conversation_id = await put_conversation(database, owner="Ben", state="open")
    draft_id = await put_draft(database, conversation_id)

    answer = await ann.send(f"/drafts/{draft_id}/approve", text=SIGNED)

    assert answer.status == 409
    assert "Ben has this conversation." in await answer.text()


async def test_a_draft_that_is_not_there_is_not_found(browser):
    ann = await browser()

    assert (await ann.send("/drafts/99/approve", text=SIGNED)).status == 404
    assert (await ann.send("/drafts/99/reject", note="")).status == 404


async def test_a_rejected_draft_opens_the_conversation_with_the_note_as_its_goal(browser, database, enqueued):
    ann = await browser()
    _, draft_id = await put_drafted(database)

    await ann.send(f"/drafts/{draft_id}/reject", note="Wrong model")

    assert (await only(database, drafts)).state == "rejected"
    assert (await only(database, conversations)).state == "open"
    assert (await only(database, handoffs)).goal == "Wrong model"
    assert enqueued == []


async def test_a_rejected_draft_cannot_be_approved(browser, database):
    ann = await browser()
    _, draft_id = await put_drafted(database)
    await ann.send(f"/drafts/{draft_id}/reject", note="")

    answer = await ann.send(f"/drafts/{draft_id}/approve", text=SIGNED)

    assert answer.status == 409
    assert "Ann rejected this draft already." in await answer.text()


async def test_taking_over_withdraws_what_the_bot_has_not_sent(browser, database):
    ann = await browser()
    conversation_id = await put_conversation(database)
    await put_reply(database, conversation_id)

    assert (await ann.send(f"/conversations/{conversation_id}/take-over")).status == 303

    reply, conversation = await only(database, replies), await only(database, conversations)
    assert (reply.state, reply.problem) == ("cancelled", "Ann took the conversation over.")
    assert (conversation.owner, conversation.state) == ("Ann", "open")


@pytest.mark.parametrize("state", ["sending", "sent"])
async def test_taking_over_does_not_touch_what_is_on_its_way(browser, database, state):
    ann = await browser()
    conversation_id = await put_conversation(database)
    await put_reply(database, conversation_id, state=state)

    await ann.send(f"/conversations/{conversation_id}/take-over")

    assert (await only(database, replies)).state == state


async def test_a_conversation_of_another_agent_cannot_be_taken_and_nothing_is_withdrawn(browser, database):
    ann = await browser()
    conversation_id = await put_conversation(database, owner="Ben", state="open")
    await put_reply(database, conversation_id)

    answer = await ann.send(f"/conversations/{conversation_id}/take-over")

    assert answer.status == 409
    assert "Ben has this conversation." in await answer.text()
    assert (await only(database, replies)).state == "queued"


async def test_ops_may_take_a_conversation_from_an_agent(browser, database):
    ops = await browser("Olga", "OL", Role.OPS)
    conversation_id = await put_conversation(database, owner="Ben", state="open")

    await ops.send(f"/conversations/{conversation_id}/take-over")

    assert (await only(database, conversations)).owner == "Olga"


async def test_the_bot_gets_a_conversation_back(browser, database):
    ann = await browser()
    conversation_id = await put_conversation(database, owner="Ann", state="open")

    await ann.send(f"/conversations/{conversation_id}/return")

    conversation = await only(database, conversations)
    assert (conversation.owner, conversation.state) == (None, "pending")


async def test_a_resolved_conversation_keeps_its_owner(browser, database):
    ann = await browser()
    conversation_id = await put_conversation(database, owner="Ann", state="open")

    await ann.send(f"/conversations/{conversation_id}/resolve")

    conversation = await only(database, conversations)
    assert (conversation.owner, conversation.state) == ("Ann", "resolved")


async def test_a_conversation_with_a_draft_cannot_be_resolved(browser, database):
    ann = await browser()
    conversation_id, _ = await put_drafted(database)

    answer = await ann.send(f"/conversations/{conversation_id}/resolve")

    assert answer.status == 409
    assert (await only(database, conversations)).state == "pending"


@pytest.mark.parametrize("act", ["take-over", "return", "resolve"])
async def test_a_conversation_that_is_not_there_cannot_be_moved(browser, act):
    ann = await browser()

    assert (await ann.send(f"/conversations/99/{act}")).status == 404


async def test_an_agents_own_reply_is_signed_and_makes_the_conversation_theirs(browser, database, enqueued):
    ann = await browser()
    conversation_id = await put_conversation(database, state="open")

    await ann.send(f"/conversations/{conversation_id}/reply", text="I am looking into it.")

    reply, conversation = await only(database, replies), await only(database, conversations)
    assert (reply.text, reply.kind, reply.author) == ("I am looking into it. ^AN", "agent", "Ann")
    assert (conversation.owner, conversation.state) == ("Ann", "open")
    assert enqueued == [reply.id]


async def test_an_agents_own_reply_may_offer_a_direct_message(browser, database):
    ann = await browser()
    conversation_id = await put_conversation(database, state="open")

    await ann.send(f"/conversations/{conversation_id}/reply", text="I am looking into it.", invite="1")

    assert (await only(database, replies)).invites


@pytest.mark.parametrize("typed", ["Done. ^Bot", "Done. ^AN", "Done."])
async def test_an_agents_own_reply_carries_no_signature_but_theirs(browser, database, typed):
    ann = await browser()
    conversation_id = await put_conversation(database)

    await ann.send(f"/conversations/{conversation_id}/reply", text=typed)

    assert (await only(database, replies)).text == "Done. ^AN"


async def test_an_empty_reply_is_refused(browser, database):
    ann = await browser()
    conversation_id = await put_conversation(database)

    assert (await ann.send(f"/conversations/{conversation_id}/reply", text=" ")).status == 422


async def test_a_reply_can_resolve_at_once(browser, database):
    ann = await browser()
    conversation_id = await put_conversation(database, state="open")

    await ann.send(f"/conversations/{conversation_id}/reply", text="All done.", resolve="1")

    assert (await only(database, conversations)).state == "resolved"


async def test_the_same_reply_twice_is_sent_once(browser, database, enqueued):
    ann = await browser()
    conversation_id = await put_conversation(database)
    sent = [await ann.send(f"/conversations/{conversation_id}/reply", text="Hello") for _ in range(2)]

    assert [answer.status for answer in sent] == [303, 409]
    assert len(enqueued) == 1


async def test_an_own_reply_puts_the_waiting_draft_aside(browser, database):
    ann = await browser()
    conversation_id, _ = await put_drafted(database)

    await ann.send(f"/conversations/{conversation_id}/reply", text="Let me look.")

    draft = await only(database, drafts)
    assert (draft.state, draft.settled_by) == ("rejected", "Ann")


async def test_a_reply_in_somebody_elses_conversation_is_refused_and_kept(browser, database):
    ann = await browser()
    conversation_id = await put_conversation(database, owner="Ben", state="open")

    answer = await ann.send(f"/conversations/{conversation_id}/reply", text="Mine but lost")

    assert answer.status == 409
    page = await answer.text()
    assert "Ben has this conversation." in page
    assert "Mine but lost" in page
    assert await rows_of(database, replies) == []


async def test_the_page_shows_the_parts_of_the_priority_and_their_sum(browser, database):
    ann = await browser()
    now = datetime.now(UTC)
    waits = {"waiting_since": now - timedelta(hours=12), "due_at": now - timedelta(hours=3)}
    conversation_id = await put_conversation(database, state="open", priority=0.31, **waits)
    parts = {"mood": 0.2, "urgency": 0.1, "reach": 0.01}
    await put_decision(database, conversation_id, "handoff", priority=0.31, priority_parts=parts)

    page = await (await ann.get(f"/conversations/{conversation_id}")).text()

    assert "mood 0.20 + urgency 0.10 + reach 0.01 + age 0.07 + deadline 0.17 = <strong>0.55</strong>" in page
    assert "Overdue for 3 h." in page
    assert "Waiting for 12 h." in page


async def test_a_priority_whose_parts_were_not_kept_is_shown_as_one(browser, database):
    ann = await browser()
    conversation_id = await put_conversation(database, state="open", priority=0.31)
    await put_decision(database, conversation_id, "handoff", priority=0.5)

    page = await (await ann.get(f"/conversations/{conversation_id}")).text()

    assert "decision 0.31 + age 0.00 = <strong>0.31</strong>" in page
    assert "Nobody waits for an answer." in page


async def test_an_agent_moves_a_conversation_to_another_team_and_the_thread_says_so(browser, database):
    ann = await browser()
    conversation_id = await put_conversation(database, state="open", team="sales")

    answer = await ann.send(f"/conversations/{conversation_id}/team", team="legal")
    page = await (await ann.get(answer.headers["Location"])).text()

    assert (await only(database, conversations)).team == "legal"
    assert "Ann moved this to legal" in page
    assert "Moved to the other team." in page


async def test_a_team_that_the_settings_do_not_have_is_refused(browser, database):
    ann = await browser()
    conversation_id = await put_conversation(database, state="open", team="sales")

    assert (await ann.send(f"/conversations/{conversation_id}/team", team="nobody")).status == 400
    assert (await only(database, conversations)).team == "sales"


@pytest.mark.parametrize(("role", "status"), [(Role.AGENT, 409), (Role.OPS, 303)])
async def test_only_ops_move_what_another_agent_has(browser, database, role, status):
    ann = await browser(role=role)
    conversation_id = await put_conversation(database, state="open", team="sales", owner="Ben")

    assert (await ann.send(f"/conversations/{conversation_id}/team", team="legal")).status == status
