"""What agents say of a mood: kept once for each of them, gone with the words, and a reason to have a person look."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from bot.errors import IllegalMove
from bot.vocabulary import PRIORITY_WEIGHTS, Priority
from storage.agents import Agent, Role
from storage.cases import find_case, return_to_bot, write_reply
from storage.corrections import correct, corrected_texts, find_corrections
from storage.decisions import record
from storage.erasing import erase_posts
from storage.tables import conversations, corrections, replies
from tests.bot.values import a_decision, a_mention, an_understanding
from tests.storage.outcomes import drafted, handed, heard, ignored, put, replied, rows

ANN = Agent(id=1, name="Ann", initials="AN", role=Role.AGENT)
NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)


def read_as(outcome, mood=0.1, **values):
    """The outcome of a post that was read in that mood."""
    understanding = an_understanding(mood=mood, **values)
    given = {"understanding": understanding, "deadline": NOW + HOUR, "team": "customer service"}
    return replace(outcome, decision=replace(outcome.decision, **given))


async def decided(database, make=replied, mood=0.1, **values):
    """Let a customer post, have it decided, and give the admitted mention."""
    admitted = (await heard(database, a_mention(**{"posted_at": NOW, **values})))[-1]
    await put(database, read_as(make(admitted), mood))
    return admitted


async def do(database, act, *args, **values):
    async with database.begin() as connection:
        return await act(connection, *args, **values)


async def judged(database, admitted, *, irate, by="Ann"):
    return await do(database, correct, admitted.mention.id, irate=irate, by=by)


async def only(database, table=conversations):
    (row,) = await rows(database, table)
    return row


# What is kept


async def test_a_correction_says_who_finds_what_and_what_which_heads_read(database):
    [admitted] = await heard(database, a_mention())
    async with database.begin() as connection:
        await record(connection, [read_as(replied(admitted), 0.3)], {"heads": "h1"})
    await judged(database, admitted, irate=True)
    (found,) = await do(database, find_corrections, admitted.conversation_id)

    assert (found.mention_id, found.by, found.irate) == (admitted.mention.id, "Ann", True)
    assert (found.mood, found.heads) == (0.3, "h1")


async def test_a_later_word_of_the_same_agent_takes_the_place_of_the_former(database):
    admitted = await decided(database)
    await judged(database, admitted, irate=True)
    before = await only(database, corrections)
    await judged(database, admitted, irate=False)
    after = await only(database, corrections)

    assert (before.irate, after.irate) == (True, False)
    assert after.corrected_at > before.corrected_at


async def test_two_agents_may_differ_and_the_newest_word_is_the_test_case(database):
    admitted = await decided(database, mood=0.7)
    await judged(database, admitted, irate=False, by="Ben")
    await judged(database, admitted, irate=True, by="Ann")
    await judged(database, admitted, irate=False, by="Ben")

    assert [one.by for one in await do(database, find_corrections, admitted.conversation_id)] == ["Ann", "Ben"]
    (case,) = await do(database, corrected_texts)
    assert (case.irate, case.mood, case.language) == (False, 0.7, "en")


async def test_a_test_case_holds_all_that_was_read_together(database):
    first, second = await heard(database, a_mention("so", root_id="9"), a_mention("where is it?", root_id="9"))
    await put(database, ignored(first), read_as(replied(second)))
    await judged(database, second, irate=True)

    assert [case.text for case in await do(database, corrected_texts)] == ["so\nwhere is it?"]


async def test_test_cases_come_in_the_order_of_the_words_on_them(database):
    first, second = await decided(database, text="a"), await decided(database, text="b")
    await judged(database, second, irate=True)
    await judged(database, first, irate=True)

    assert [case.text for case in await do(database, corrected_texts)] == ["b", "a"]


async def test_a_post_without_words_is_no_test_case(database):
    admitted = await decided(database, text="")
    await judged(database, admitted, irate=False)

    assert await do(database, corrected_texts) == ()


async def test_a_post_whose_mood_was_not_read_cannot_be_corrected(database):
    waiting, held = await heard(database, a_mention(), a_mention())
    await put(database, replace(ignored(held), decision=a_decision(understanding=None)))
    for admitted in (waiting, held):
        with pytest.raises(IllegalMove, match="no mood to correct"):
            await judged(database, admitted, irate=True)


async def test_a_post_that_is_not_there_cannot_be_corrected(database):
    with pytest.raises(IllegalMove, match="no mood to correct"):
        await do(database, correct, 4711, irate=True, by="Ann")


# Erasing


async def test_a_correction_goes_with_its_post_and_cannot_be_made_any_more(database):
    admitted = await decided(database, post_id="5")
    await judged(database, admitted, irate=False)
    await do(database, erase_posts, "x", ["5"])

    assert await rows(database, corrections) == []
    with pytest.raises(IllegalMove, match="erased"):
        await judged(database, admitted, irate=False)


async def test_a_correction_goes_when_a_part_of_what_was_read_is_erased(database):
    posts = (a_mention("hi", post_id="5", root_id="9"), a_mention("where?", root_id="9"), a_mention("and mine?"))
    first, second, other = await heard(database, *posts)
    await put(database, ignored(first), read_as(replied(second)), read_as(replied(other)))
    for admitted in (second, other):
        await judged(database, admitted, irate=False)
    await do(database, erase_posts, "x", ["5"])

    assert [row.mention_id for row in await rows(database, corrections)] == [other.mention.id]


# A person takes it


async def test_who_is_angry_after_all_gets_a_person_and_no_automatic_reply(database):
    admitted = await decided(database, posted_at=NOW - HOUR)
    assert await judged(database, admitted, irate=True)

    conversation, reply = await only(database), await only(database, replies)
    assert (conversation.state, conversation.owner, conversation.team) == ("open", None, "customer service")
    assert conversation.priority == pytest.approx(PRIORITY_WEIGHTS.mood)
    assert (conversation.waiting_since, conversation.due_at) == (NOW - HOUR, NOW + HOUR)
    assert (reply.state, reply.problem) == ("cancelled", "Ann finds the customer angry.")


async def test_the_other_parts_of_the_priority_stay_and_the_page_can_name_them(database):
    [admitted] = await heard(database, a_mention(posted_at=NOW))
    outcome = read_as(ignored(admitted))
    parts = Priority(mood=0.02, urgency=0.05, reach=0.01)
    await put(database, replace(outcome, decision=replace(outcome.decision, priority=parts)))
    await judged(database, admitted, irate=True)
    case = await do(database, find_case, admitted.conversation_id)

    assert case.fixed_priority == replace(parts, mood=PRIORITY_WEIGHTS.mood)


async def test_who_is_not_angry_changes_nothing_but_the_record(database):
    admitted = await decided(database, make=handed, mood=0.9)
    before = await only(database)
    assert not await judged(database, admitted, irate=False)

    assert await only(database) == before


@pytest.mark.parametrize("values", [{"owner": "Ben", "state": "open"}, {"state": "snoozed"}, {"state": "resolved"}])
async def test_a_conversation_that_the_bot_does_not_have_stays_as_it_is(database, values):
    admitted = await decided(database)
    async with database.begin() as connection:
        await connection.execute(update(conversations).values(**values))
    before = await only(database)
    assert not await judged(database, admitted, irate=True)

    assert await only(database) == before


async def test_an_old_anger_that_a_person_has_answered_opens_nothing(database):
    admitted = await decided(database)
    await do(database, write_reply, admitted.conversation_id, text="Sorry! ^AN", by=ANN)
    await do(database, return_to_bot, admitted.conversation_id, by=ANN)
    assert not await judged(database, admitted, irate=True)

    assert (await only(database)).state == "pending"


async def test_a_decision_without_a_deadline_is_due_at_once(database):
    [admitted] = await heard(database, a_mention(posted_at=NOW))
    await put(database, replied(admitted))
    await judged(database, admitted, irate=True)

    assert (await only(database)).due_at >= NOW


async def test_it_stays_open_for_a_person_when_a_later_draft_falls_away(database):
    admitted = await decided(database, root_id="9")
    await judged(database, admitted, irate=True)
    await decided(database, make=drafted, root_id="9", posted_at=NOW + HOUR)
    await heard(database, a_mention(root_id="9", posted_at=NOW + 2 * HOUR))

    assert (await only(database)).state == "open"


async def test_the_bot_has_it_again_once_the_agent_takes_the_word_back(database):
    admitted = await decided(database, root_id="9")
    await judged(database, admitted, irate=True)
    await judged(database, admitted, irate=False)
    await decided(database, make=drafted, root_id="9", posted_at=NOW + HOUR)
    await heard(database, a_mention(root_id="9", posted_at=NOW + 2 * HOUR))

    assert (await only(database)).state == "pending"
