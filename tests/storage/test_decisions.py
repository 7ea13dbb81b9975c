from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, insert, select, update

from bot.vocabulary import DraftState, Entity
from storage.cases import find_case
from storage.decisions import record
from storage.inbox import count_waiting, take
from storage.tables import conversations, decisions, drafts, handoffs, opt_outs, replies
from tests.bot.values import a_decision, a_mention, an_understanding
from tests.storage.outcomes import VERSIONS, drafted, handed, heard, ignored, put, replied, rows


async def test_a_decision_keeps_what_explains_it(database):
    [admitted] = await heard(database, a_mention())
    await put(database, replied(admitted))
    [row] = await rows(database, decisions)

    assert (row.route, row.reasons, row.confidence, row.versions) == ("answer", ["confident"], 0.9, VERSIONS)
    assert row.candidates[0]["article_id"] == "reset-password"
    assert row.understanding["language"] == "en"
    assert "vector" not in row.understanding


async def test_what_a_mention_names_is_kept_with_its_decision_but_for_contacts(database):
    [admitted] = await heard(database, a_mention())
    number = Entity(kind="order_number", text="TN-482913", start=0, end=9)
    contact = Entity(kind="contact", text="ana@mail.example", start=10, end=26)
    outcome = replied(admitted)
    read = a_decision(outcome.decision.route, understanding=an_understanding(entities=(number, contact)))
    await put(database, replace(outcome, decision=read))
    async with database.begin() as connection:
        case = await find_case(connection, admitted.conversation_id)

    assert case.decision.reading.entities == (number,)


async def test_an_answer_is_queued_and_its_id_given(database):
    [admitted] = await heard(database, a_mention())
    sent = await put(database, replied(admitted))
    [row] = await rows(database, replies)

    assert sent == [row.id]
    assert (row.state, row.kind, row.text) == ("queued", "automatic", "Hold the key. ^Bot")
    assert (row.mention_id, row.conversation_id) == (admitted.mention.id, admitted.conversation_id)


async def test_a_draft_is_stored_pending(database):
    [admitted] = await heard(database, a_mention())

    assert await put(database, drafted(admitted)) == []
    [row] = await rows(database, drafts)
    assert (row.state, row.text, row.article_id, row.mention_id) == (
        "pending",
        "Hold the key. ^Bot",
        "keys",
        admitted.mention.id,
    )


async def test_a_handoff_is_stored_with_what_a_person_needs(database):
    [admitted] = await heard(database, a_mention())
    await put(database, handed(admitted))
    [row] = await rows(database, handoffs)

    assert (row.goal, row.mood, row.reasons, row.suggestion) == ("Wants it right.", 0.9, ["irate"], "Sorry.")


@pytest.mark.parametrize(
    ("outcome", "state"), [(replied, "pending"), (ignored, "pending"), (drafted, "open"), (handed, "open")]
)
async def test_a_conversation_opens_where_a_person_is_needed(database, outcome, state):
    [admitted] = await heard(database, a_mention())
    await put(database, outcome(admitted))

    assert [row.state for row in await rows(database, conversations)] == [state]


async def test_an_open_conversation_keeps_its_highest_priority(database):
    first, second = await heard(database, a_mention(root_id="9"), a_mention(root_id="9"))
    await put(database, handed(first, priority=0.6))
    await put(database, drafted(second, priority=0.2))

    assert [row.priority for row in await rows(database, conversations)] == [0.6]


async def test_a_conversation_that_opens_again_starts_with_its_new_priority(database):
    first, second = await heard(database, a_mention(root_id="9"), a_mention(root_id="9"))
    await put(database, handed(first, priority=0.6))
    async with database.begin() as connection:
        await connection.execute(update(conversations).values(state="resolved"))
    await put(database, drafted(second, priority=0.2))

    assert [row.priority for row in await rows(database, conversations)] == [0.2]


async def test_what_is_decided_waits_no_longer(database):
    first, second = await heard(database, a_mention(), a_mention())
    await put(database, replied(first))

    async with database.begin() as connection:
        assert await count_waiting(connection) == 1
        assert [admitted.mention.id for admitted in await take(connection, 9)] == [second.mention.id]


async def test_a_transaction_that_is_rolled_back_leaves_nothing_of_a_decision(database):
    admitted = await heard(database, a_mention(), a_mention(), a_mention())
    outcomes = [make(one) for make, one in zip((replied, drafted, handed), admitted, strict=True)]
    async with database.begin() as connection:
        await record(connection, outcomes, VERSIONS)
        await connection.rollback()

    assert [await rows(database, table) for table in (decisions, replies, drafts, handoffs)] == [[]] * 4
    async with database.begin() as connection:
        assert await count_waiting(connection) == 3


async def test_nothing_to_record_is_no_fault(database):
    assert await put(database) == []


async def test_a_mention_cannot_be_decided_twice(database):
    [admitted] = await heard(database, a_mention())
    await put(database, ignored(admitted))

    with pytest.raises(Exception, match="uq_decisions_mention_id"):
        await put(database, replied(admitted))
    assert await rows(database, replies) == []


async def test_all_versions_of_a_post_together_get_one_reply(database):
    first, second = await heard(
        database, a_mention(post_id="100", chain_id="100"), a_mention(post_id="101", chain_id="100")
    )
    sent = await put(database, replied(first)) + await put(database, replied(second))

    assert len(sent) == 1
    assert len(await rows(database, replies)) == 1


async def test_two_versions_in_one_batch_get_one_reply(database):
    versions = await heard(database, a_mention(post_id="100", chain_id="100"), a_mention(post_id="101", chain_id="100"))

    assert len(await put(database, *map(replied, versions))) == 1


async def test_a_withdrawn_reply_makes_room_for_another(database):
    first, second = await heard(
        database, a_mention(post_id="100", chain_id="100"), a_mention(post_id="101", chain_id="100")
    )
    await put(database, replied(first))
    async with database.begin() as connection:
        await connection.execute(update(replies).values(state="cancelled"))

    assert len(await put(database, replied(second))) == 1


async def test_an_agents_own_words_do_not_count_as_the_bots_reply(database):
    [admitted] = await heard(database, a_mention(post_id="100", chain_id="100"))
    async with database.begin() as connection:
        await connection.execute(
            insert(replies).values(
                mention_id=admitted.mention.id,
                conversation_id=admitted.conversation_id,
                channel="x",
                chain_id="100",
                in_reply_to="100",
                text="Hello ^AB",
                kind="agent",
            )
        )

    assert len(await put(database, replied(admitted))) == 1


async def test_a_draft_for_words_that_were_edited_away_is_withdrawn(database):
    [first] = await heard(database, a_mention(post_id="100", chain_id="100", root_id="100"))
    await put(database, drafted(first))
    [second] = await heard(database, a_mention(post_id="101", chain_id="100", root_id="100"))
    await put(database, drafted(second))

    states = {row.mention_id: row.state for row in await rows(database, drafts)}
    assert states == {first.mention.id: DraftState.WITHDRAWN, second.mention.id: DraftState.PENDING}


async def test_an_opt_out_is_kept_and_known_with_the_next_mention(database):
    [admitted] = await heard(database, a_mention("stop", author_id="7"))
    await put(database, ignored(admitted, opts_out=True))
    same, other = await heard(database, a_mention(author_id="7"), a_mention(author_id="8"))

    assert (same.circumstances.opted_out, other.circumstances.opted_out) == (True, False)


async def test_opting_out_twice_is_no_fault(database):
    admitted = await heard(database, a_mention("stop"), a_mention("stop"))
    await put(database, ignored(admitted[0], opts_out=True))
    await put(database, ignored(admitted[1], opts_out=True))

    assert len(await rows(database, opt_outs)) == 1


async def test_an_opt_out_withdraws_the_replies_that_still_wait(database):
    question, stop = await heard(database, a_mention(author_id="7"), a_mention("stop", author_id="7"))
    await put(database, replied(question))
    await put(database, ignored(stop, opts_out=True))

    assert [row.state for row in await rows(database, replies)] == ["cancelled"]


async def test_an_opt_out_withdraws_a_reply_of_its_own_batch(database):
    stop, question = await heard(database, a_mention("stop", author_id="7"), a_mention(author_id="7"))
    await put(database, ignored(stop, opts_out=True), replied(question))

    assert [row.state for row in await rows(database, replies)] == ["cancelled"]


@pytest.mark.parametrize("values", [{"state": "sending"}, {"kind": "approved"}, {"kind": "agent"}])
async def test_an_opt_out_leaves_what_is_on_its_way_or_stands_a_person_behind(database, values):
    question, stop = await heard(database, a_mention(author_id="7"), a_mention("stop", author_id="7"))
    await put(database, replied(question))
    async with database.begin() as connection:
        await connection.execute(update(replies).values(**values))
    await put(database, ignored(stop, opts_out=True))

    assert [row.state for row in await rows(database, replies)] == [values.get("state", "queued")]


async def test_an_opt_out_leaves_replies_to_others_alone(database):
    question, stop = await heard(database, a_mention(author_id="8"), a_mention("stop", author_id="7"))
    await put(database, replied(question))
    await put(database, ignored(stop, opts_out=True))

    assert [row.state for row in await rows(database, replies)] == ["queued"]


async def test_a_big_batch_is_recorded_at_once(database):
    admitted = await heard(database, *[a_mention() for _ in range(64)])

    assert len(await put(database, *map(replied, admitted))) == 64
    async with database.begin() as connection:
        assert await connection.scalar(select(func.count()).select_from(decisions)) == 64
