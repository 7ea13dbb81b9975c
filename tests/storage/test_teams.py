"""Which team a conversation is in, since when it waits, and what moves it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from bot.vocabulary import Circumstances, Priority, Ranked, Reason, Route
from storage.agents import Agent, Role
from storage.cases import (
    TakenByOther,
    approve_draft,
    count_open,
    find_case,
    move_to_team,
    reject_draft,
    resolve,
    write_reply,
)
from storage.outbox.moving import open_conversation
from storage.outbox.withdrawing import hand_back, take_back
from storage.past import past_decisions
from storage.tables import conversations, decisions, drafts, replies
from tests.bot.values import a_candidate, a_decision, a_mention, an_understanding
from tests.storage.outcomes import drafted, handed, heard, ignored, put, replied, rows

ANN, BEN = (Agent(id=n, name=name, initials=name[:2].upper(), role=Role.AGENT) for n, name in ((1, "Ann"), (2, "Ben")))
NOW = datetime.now(UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


async def heard_at(database, *minutes_ago):
    """Posts of one customer in one thread, each heard and taken."""
    posts = [a_mention(root_id="1", posted_at=NOW - ago * MINUTE) for ago in minutes_ago]
    return [(await heard(database, post))[-1] for post in posts]


def given_to(team, admitted, make=handed, *, within=HOUR, **values):
    return make(admitted, team=team, deadline=admitted.mention.posted_at + within, **values)


async def only(database, table=conversations):
    (row,) = await rows(database, table)
    return row


async def do(database, act, *args, **values):
    async with database.begin() as connection:
        return await act(connection, *args, **values)


async def test_a_decision_names_its_team_parts_and_deadline(database):
    (post,) = await heard_at(database, 5)
    parts = Priority(mood=0.2, urgency=0.05, reach=0.01)
    outcome = given_to("sales", post)
    await put(database, replace(outcome, decision=replace(outcome.decision, priority=parts)))

    row = await only(database, decisions)
    (record,) = (await do(database, find_case, post.conversation_id)).decisions

    assert (row.team, row.priority) == ("sales", pytest.approx(0.26))
    assert (record.decision.priority, record.decision.team) == (parts, "sales")
    assert record.decision.deadline == post.mention.posted_at + HOUR


async def test_the_newest_decision_gives_the_team(database):
    first, second = await heard_at(database, 5, 2)
    await put(database, given_to("sales", first))
    await put(database, given_to("legal", second))

    assert (await only(database)).team == "legal"


async def test_the_newest_of_one_batch_gives_the_team(database):
    first, second = await heard_at(database, 5, 2)
    await put(database, given_to("legal", second), given_to("sales", first))

    assert (await only(database)).team == "legal"


async def test_an_answer_gives_a_team_too(database):
    (post,) = await heard_at(database, 5)
    outcome = replied(post)
    await put(database, replace(outcome, decision=replace(outcome.decision, team="sales")))

    assert ((await only(database)).team, (await only(database)).state) == ("sales", "pending")


async def test_a_decision_that_read_nothing_leaves_the_team(database):
    first, second = await heard_at(database, 5, 2)
    await put(database, given_to("legal", first))
    outcome = ignored(second)
    unread = replace(outcome.decision, team="customer service", understanding=None)
    await put(database, replace(outcome, decision=unread))

    assert (await only(database)).team == "legal"


async def test_a_post_that_goes_on_below_leaves_the_team(database):
    first, second = await heard_at(database, 5, 2)
    await put(database, given_to("legal", first))
    aside = a_decision(Route.IGNORE, Reason.CONTINUED, team="sales")
    await put(database, replace(ignored(second), decision=aside))

    assert (await only(database)).team == "legal"


async def test_what_an_agent_moved_stays_whatever_is_decided(database):
    first, second = await heard_at(database, 5, 2)
    await put(database, given_to("sales", first))
    await do(database, move_to_team, first.conversation_id, "legal", by=ANN, within=HOUR / 4)
    await put(database, given_to("sales", second))

    row = await only(database)
    (move,) = (await do(database, find_case, first.conversation_id)).moves

    assert (row.team, row.moved_by) == ("legal", "Ann")
    assert (move.team, move.by) == ("legal", "Ann")


async def test_a_move_brings_the_deadline_of_the_new_team(database):
    (post,) = await heard_at(database, 5)
    await put(database, given_to("sales", post))
    await do(database, move_to_team, post.conversation_id, "legal", by=ANN, within=HOUR / 4)

    assert (await only(database)).due_at == post.mention.posted_at + HOUR / 4


async def test_nobody_moves_what_another_agent_has(database):
    (post,) = await heard_at(database, 5)
    await put(database, given_to("sales", post))
    async with database.begin() as connection:
        await connection.execute(update(conversations).values(owner="Ben"))

    with pytest.raises(TakenByOther):
        await do(database, move_to_team, post.conversation_id, "legal", by=ANN, within=HOUR)


async def test_a_conversation_that_begins_afresh_follows_decisions_again(database):
    (first,) = await heard_at(database, 5)
    await put(database, given_to("sales", first))
    await do(database, move_to_team, first.conversation_id, "legal", by=ANN, within=HOUR)
    await do(database, resolve, first.conversation_id, by=ANN)
    (second,) = await heard_at(database, 1)
    await put(database, given_to("sales", second))

    assert ((await only(database)).team, (await only(database)).moved_by) == ("sales", None)


async def test_the_oldest_post_that_is_owed_an_answer_sets_wait_and_deadline(database):
    first, second = await heard_at(database, 30, 2)
    await put(database, given_to("sales", first))
    await put(database, given_to("legal", second, within=3 * HOUR))

    row = await only(database)

    assert (row.waiting_since, row.due_at) == (first.mention.posted_at, first.mention.posted_at + HOUR)


async def test_a_tighter_deadline_of_a_later_post_counts(database):
    first, second = await heard_at(database, 30, 20)
    await put(database, given_to("sales", first))
    await put(database, given_to("safety", second, within=HOUR / 4))

    assert (await only(database)).due_at == second.mention.posted_at + HOUR / 4


async def test_posts_that_are_read_together_wait_since_the_first(database):
    (post,) = await heard_at(database, 2)
    earlier = a_mention(posted_at=NOW - 9 * MINUTE)
    await put(database, given_to("sales", replace(post, earlier=(earlier,))))

    assert (await only(database)).waiting_since == earlier.posted_at


async def test_an_agents_reply_ends_the_wait_and_the_next_post_begins_another(database):
    (first,) = await heard_at(database, 30)
    await put(database, given_to("sales", first))
    await do(database, write_reply, first.conversation_id, text="On our way ^AN", by=ANN)
    answered = await only(database)
    (second,) = await heard_at(database, 1)
    await put(database, given_to("sales", replace(second, circumstances=Circumstances(with_agent=True))))

    assert (answered.waiting_since, answered.due_at) == (None, None)
    assert (await only(database)).waiting_since == second.mention.posted_at


async def test_an_approved_draft_ends_the_wait(database):
    (post,) = await heard_at(database, 30)
    await put(database, given_to("sales", post, drafted))
    await do(database, approve_draft, (await only(database, drafts)).id, text="Hold the key. ^Bot", by=ANN)

    assert (await only(database)).waiting_since is None


async def test_a_rejected_draft_waits_on(database):
    (post,) = await heard_at(database, 30)
    await put(database, given_to("sales", post, drafted))
    await do(database, reject_draft, (await only(database, drafts)).id, note="No", by=ANN)

    assert (await only(database)).waiting_since == post.mention.posted_at


async def test_an_approved_draft_does_not_end_the_wait_of_a_later_post(database):
    first, second = await heard_at(database, 30, 10)
    await put(database, given_to("sales", first, drafted))
    await put(database, given_to("sales", second))
    async with database.begin() as connection:
        await connection.execute(update(drafts).values(state="pending"))
    await do(database, approve_draft, (await only(database, drafts)).id, text="Hold the key. ^Bot", by=ANN)

    assert (await only(database)).waiting_since == second.mention.posted_at


@pytest.mark.parametrize("lost", ["withdrawn", "failed"])
async def test_an_answer_that_does_not_go_out_leaves_its_post_waiting(database, lost):
    (post,) = await heard_at(database, 30)
    outcome = replied(post)
    deadline = post.mention.posted_at + HOUR
    (reply,) = await put(database, replace(outcome, decision=replace(outcome.decision, deadline=deadline)))
    if lost == "failed":
        await do(database, open_conversation, reply)
    else:
        await do(database, hand_back, [reply], problem="Not sent: paused.")

    row = await only(database)

    assert (row.state, row.waiting_since, row.due_at) == ("open", post.mention.posted_at, deadline)


async def test_a_reply_that_is_taken_back_leaves_its_post_waiting(database):
    (post,) = await heard_at(database, 30)
    await put(database, given_to("sales", post))
    await do(database, write_reply, post.conversation_id, text="On our way ^AN", by=ANN, undo_seconds=60)
    await do(database, take_back, (await only(database, replies)).id, by=ANN)

    assert (await only(database)).due_at == post.mention.posted_at + HOUR


async def test_open_conversations_are_counted_by_team(database):
    for team, author in (("sales", "1"), ("sales", "2"), ("legal", "3")):
        (post,) = await heard(database, a_mention(author_id=author))
        await put(database, given_to(team, post))
    async with database.begin() as connection:
        await connection.execute(update(conversations).where(conversations.c.author_id == "3").values(team=None))

    assert await do(database, count_open) == {"sales": 2, "": 1}


async def test_what_was_read_of_past_mentions_is_given_back(database):
    (post,) = await heard_at(database, 30)
    read = an_understanding(
        intents={"outage": 0.7}, dangers=(Ranked(label="fire", probability=0.6),), danger=0.6, language=None
    )
    candidates = (a_candidate(topic="wifi", confidence=0.4),)
    outcome = given_to("sales", post)
    decision = replace(outcome.decision, understanding=read, candidates=candidates)
    await put(database, replace(outcome, decision=decision))

    async with database.begin() as connection:
        (past,) = [each async for each in past_decisions(connection, NOW - HOUR)]

    assert (past.channel, past.intents, past.dangers) == ("x", read.intents, read.dangers)
    assert past.danger == read.danger
    assert (past.language, past.topic, past.confidence, past.team) == (None, "wifi", 0.4, "sales")


async def test_mentions_that_were_not_read_or_are_too_old_are_left_out(database):
    first, second = await heard_at(database, 30, 20)
    await put(database, given_to("sales", first, understanding=None))
    await put(database, given_to("sales", second))

    async with database.begin() as connection:
        since = {at: [each async for each in past_decisions(connection, at)] for at in (NOW - HOUR, NOW + HOUR)}

    assert [len(found) for found in since.values()] == [1, 0]
