"""What belongs together: bursts, look-back, overtaking, edits, and people who answer on the channel itself."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, update

from bot.settings import IntakeSettings
from bot.vocabulary import Audience, Kind, Parent
from storage import inbox as repository
from storage import outbox
from storage.decisions import record
from storage.mentions import row_of
from storage.tables import conversations, decisions, drafts, inbox, mentions, receipts, replies
from tests.bot.values import NOW, a_mention
from tests.storage.locks import blocked
from tests.storage.outcomes import drafted, handed, heard, ignored, put, replied, rows

HELD = IntakeSettings(hold_seconds=8, hold_most_seconds=30, lookback_days=14)
SECOND = timedelta(seconds=1)


async def stored(database, *posts, intake=repository.AT_ONCE):
    async with database.begin() as connection:
        return await repository.admit(connection, posts, intake)


async def taken(database):
    async with database.begin() as connection:
        return await repository.take(connection, 64)


async def due(database):
    async with database.begin() as connection:
        return await repository.next_due(connection)


async def change(database, table, *where, **values):
    async with database.begin() as connection:
        await connection.execute(update(table).where(*where).values(**values))


def said(text, **values):
    """A post of one customer in one thread."""
    return a_mention(text, **{"root_id": "9", "author_id": "7", **values})


# What comes back


async def test_what_is_known_of_a_mention_survives_the_inbox(database):
    parents = (Parent(post_id="1", author_handle="bo", text="It\x00 broke"),)
    values = {"account": "42", "summoned": False, "audience": Audience.PRIVATE, "masked": ("card",)}
    [admitted] = await heard(database, a_mention(parents=parents, **values))

    assert {name: getattr(admitted.mention, name) for name in values} == values
    assert admitted.mention.parents == (Parent(post_id="1", author_handle="bo", text="It broke"),)
    assert not admitted.mention.erased


# Bursts


async def test_the_newest_post_of_a_burst_is_read_with_all_before_it(database):
    first, second, third = await heard(database, said("hi"), said("my Book 15"), said("how do I swap keys?"))

    assert third.words == "hi\nmy Book 15\nhow do I swap keys?"
    assert [one.circumstances.continued for one in (first, second, third)] == [True, True, False]
    assert first.earlier == second.earlier == ()


async def test_a_burst_that_arrives_out_of_order_is_led_by_its_newest_post(database):
    late, early = await heard(database, said("and then", posted_at=NOW + SECOND), said("first"))

    assert late.words == "first\nand then"
    assert early.circumstances.continued


async def test_a_post_that_a_program_may_reply_to_leads_those_that_it_may_not(database):
    named, followed = await heard(database, said("@brand how do I"), said("swap keys", summoned=False))

    assert named.words == "swap keys\n@brand how do I"
    assert followed.circumstances.continued


@pytest.mark.parametrize("values", [{"kind": Kind.REPOST}, {"addressed": False}])
async def test_a_post_that_says_nothing_to_us_belongs_to_no_burst(database, values):
    asked, other = await heard(database, said("how?"), said("noise", **values))

    assert (asked.words, other.words) == ("how?", "noise")
    assert not asked.circumstances.continued


async def test_two_customers_never_share_a_burst(database):
    one, other = await heard(database, said("mine"), said("theirs", author_id="8"))

    assert (one.words, other.words) == ("mine", "theirs")


async def test_a_version_that_was_edited_away_is_not_read(database):
    old, new = await heard(
        database, said("teh", post_id="100", chain_id="100"), said("the", post_id="101", chain_id="100")
    )

    assert (new.words, new.earlier) == ("the", ())
    assert old.circumstances.superseded
    assert not old.circumstances.continued


async def test_a_full_batch_still_holds_whole_bursts(database):
    await stored(database, *[said(str(n)) for n in range(5)], *[a_mention() for _ in range(3)])
    async with database.begin() as connection:
        batch = await repository.take(connection, 2)

    assert len(batch) == 6
    assert len(batch[4].earlier) == 4


async def test_a_burst_is_taken_by_one_process_only(database):
    await stored(database, said("one"), said("two"))
    async with database.begin() as first, database.begin() as second:
        assert len(await repository.take(first, 1)) == 2
        assert await repository.take(second, 64) == []
        assert await repository.next_due(second) is None


async def test_what_is_read_together_is_written_down_with_the_decision(database):
    first, second = await heard(database, said("hi"), said("how?"))
    await put(database, ignored(first), replied(second))

    assert [row.together for row in await rows(database, decisions)] == [[], [first.mention.id]]


# Holding


async def test_a_held_mention_is_not_taken_before_it_is_due(database):
    await stored(database, said("hi"), intake=HELD)

    assert await taken(database) == []
    assert 0 < await due(database) <= 8


async def test_nothing_is_due_where_nothing_waits(database):
    assert await due(database) is None


async def test_what_is_due_already_is_due_at_once(database):
    await stored(database, said("hi"))

    assert await due(database) == 0


async def test_a_new_post_puts_off_those_that_wait_before_it(database):
    await stored(database, said("hi"), intake=HELD)
    await change(database, inbox, due_at=func.now() - SECOND)
    await stored(database, said("there"), intake=HELD)

    assert len({row.due_at for row in await rows(database, inbox)}) == 1
    assert await taken(database) == []


async def test_nobody_waits_longer_than_the_longest_wait(database):
    await stored(database, said("hi"), intake=HELD)
    await change(database, mentions, heard_at=func.now() - timedelta(seconds=30))
    await stored(database, said("still there?"), intake=HELD)

    assert [one.words for one in await taken(database)][-1] == "hi\nstill there?"


async def test_a_post_in_another_conversation_puts_off_nothing(database):
    await stored(database, said("hi"), intake=HELD)
    await change(database, inbox, due_at=func.now() - SECOND)
    await stored(database, said("other", root_id="10"), intake=HELD)

    assert [one.words for one in await taken(database)] == ["hi"]


async def test_a_repost_is_not_held(database):
    await stored(database, said("", kind=Kind.REPOST), intake=HELD)

    assert len(await taken(database)) == 1


# Look-back


async def test_a_thread_goes_on_within_the_look_back(database):
    await stored(database, said("one"), intake=HELD)
    await change(database, conversations, updated_at=func.now() - timedelta(days=13))
    await stored(database, said("two"), intake=HELD)

    assert [row.episode for row in await rows(database, conversations)] == [1]


async def test_a_thread_begins_again_after_long_silence(database):
    await stored(database, said("one"), intake=HELD)
    for _ in range(2):
        await change(database, conversations, updated_at=func.now() - timedelta(days=15))
        await stored(database, said("again"), intake=HELD)

    assert sorted(row.episode for row in await rows(database, conversations)) == [1, 2, 3]
    assert len({row.conversation_id for row in await rows(database, mentions)}) == 3


async def test_a_post_ends_the_silence(database):
    await stored(database, said("one"), intake=HELD)
    for _ in range(2):
        await change(database, conversations, updated_at=func.now() - timedelta(days=10))
        await stored(database, said("more"), intake=HELD)

    assert len(await rows(database, conversations)) == 1


async def test_each_account_of_ours_has_its_own_conversation_with_a_customer(database):
    await stored(database, said("one", account="1"), said("two", account="2"))

    assert {row.account for row in await rows(database, conversations)} == {"1", "2"}


async def test_a_post_that_two_of_our_accounts_hear_is_one_case(database):
    post = {"post_id": "5", "root_id": "5"}

    assert await stored(database, a_mention(account="1", **post)) == 1
    assert await stored(database, a_mention(account="2", **post)) == 0


async def test_a_private_conversation_says_so(database):
    await stored(database, said("psst", audience=Audience.PRIVATE))

    assert [row.audience for row in await rows(database, conversations)] == [Audience.PRIVATE]


async def test_an_edited_post_stays_in_its_conversation_whatever_its_root_is_now(database):
    await stored(database, said("teh", post_id="100", chain_id="100", root_id="100"))
    await stored(database, said("the", post_id="101", chain_id="100", root_id="101"))

    assert len(await rows(database, conversations)) == 1


# Overtaking


@pytest.mark.parametrize(("made", "table", "state"), [(drafted, drafts, "withdrawn"), (replied, replies, "cancelled")])
async def test_a_new_post_takes_back_what_is_not_sent_and_is_read_with_what_that_answered(database, made, table, state):
    [first] = await heard(database, said("how?"))
    await put(database, made(first))
    [second] = await heard(database, said("with a Book 15"))

    assert [row.state for row in await rows(database, table)] == [state]
    assert second.words == "how?\nwith a Book 15"


async def test_what_was_read_together_is_read_again_when_it_is_overtaken_again(database):
    [first] = await heard(database, said("one"))
    await put(database, drafted(first))
    [second] = await heard(database, said("two"))
    await put(database, replied(second))
    [third] = await heard(database, said("three"))

    assert third.words == "one\ntwo\nthree"


@pytest.mark.parametrize("values", [{"state": "sending"}, {"state": "sent"}, {"kind": "approved"}, {"kind": "agent"}])
async def test_what_is_on_its_way_or_stands_a_person_behind_is_not_taken_back(database, values):
    [first] = await heard(database, said("how?"))
    await put(database, replied(first))
    await change(database, replies, **values)
    [second] = await heard(database, said("and?"))

    assert [row.state for row in await rows(database, replies)] == [values.get("state", "queued")]
    assert second.words == "and?"


@pytest.mark.parametrize("values", [{"author_id": "8"}, {"root_id": "10"}, {"addressed": False}, {"kind": Kind.REPOST}])
async def test_another_customer_another_thread_and_noise_take_nothing_back(database, values):
    [first] = await heard(database, said("how?"))
    await put(database, drafted(first))
    await heard(database, said("else", **values))

    assert [row.state for row in await rows(database, drafts)] == ["pending"]


async def test_a_conversation_whose_only_draft_is_taken_back_needs_no_person_for_now(database):
    [first] = await heard(database, said("how?"))
    await put(database, drafted(first))
    await heard(database, said("with a Book 15"))

    assert [row.state for row in await rows(database, conversations)] == ["pending"]


async def test_a_conversation_that_was_handed_off_still_needs_a_person(database):
    angry, calm = await heard(database, said("terrible!", post_id="50"), said("how?", root_id="9", post_id="51"))
    await put(database, handed(angry), drafted(calm))
    await heard(database, said("hello?"))

    assert [row.state for row in await rows(database, conversations)] == ["open"]


async def test_a_new_post_waits_for_a_batch_under_way_and_overtakes_what_that_makes(database):
    await stored(database, said("how?"))
    async with database.begin() as connection:
        [first] = await repository.take(connection, 64)
        later = asyncio.create_task(stored(database, said("with a Book 15")))
        await blocked(database, by="transactionid")
        await record(connection, [replied(first)], {})
    await later
    [second] = await taken(database)

    assert [row.state for row in await rows(database, replies)] == ["cancelled"]
    assert second.words == "how?\nwith a Book 15"


async def test_two_that_admit_on_one_channel_do_so_one_after_the_other(database):
    async with database.begin() as connection:
        await repository.admit(connection, [said("one")])
        other = asyncio.create_task(stored(database, said("two")))
        await blocked(database)
    await other

    assert len(await rows(database, conversations)) == 1


# Edits


@pytest.mark.parametrize(("made", "table", "state"), [(drafted, drafts, "withdrawn"), (replied, replies, "cancelled")])
async def test_an_edited_post_takes_back_what_answered_its_earlier_words_and_forgets_them(database, made, table, state):
    [first] = await heard(database, said("teh", post_id="100", chain_id="100"))
    await put(database, made(first))
    [second] = await heard(database, said("the", post_id="101", chain_id="100"))

    assert [row.state for row in await rows(database, table)] == [state]
    assert second.words == "the"
    assert not second.circumstances.answered


async def test_an_edit_of_one_post_keeps_what_others_of_the_burst_asked(database):
    batch = await heard(database, said("teh", post_id="100", chain_id="100"), said("and the dock?", post_id="105"))
    await put(database, ignored(batch[0]), replied(batch[1]))
    [edited] = await heard(database, said("the", post_id="110", chain_id="100"))

    assert edited.words == "and the dock?\nthe"


async def test_an_edit_of_an_answered_post_is_answered_already(database):
    [first] = await heard(database, said("teh", post_id="100", chain_id="100"))
    await put(database, replied(first))
    await change(database, replies, state="sent")
    [second] = await heard(database, said("the", post_id="101", chain_id="100"))

    assert second.circumstances.answered


async def test_an_edit_of_a_post_that_was_answered_together_with_another_is_answered_already(database):
    batch = await heard(database, said("teh", post_id="100", chain_id="100"), said("and?", post_id="105"))
    await put(database, ignored(batch[0]), replied(batch[1]))
    await change(database, replies, state="sent")
    [edited] = await heard(database, said("the", post_id="110", chain_id="100"))

    assert edited.circumstances.answered


# Coming back


async def test_a_post_to_a_resolved_conversation_reopens_it_afresh(database):
    [first] = await heard(database, said("terrible!"))
    await put(database, handed(first, priority=0.9))
    await change(database, conversations, state="resolved", owner="ana")
    [second] = await heard(database, said("how do I swap keys?"))
    [conversation] = await rows(database, conversations)

    assert (conversation.state, conversation.owner, conversation.priority) == ("pending", None, 0.0)
    assert (second.words, second.circumstances.with_agent) == ("how do I swap keys?", False)


async def test_what_was_handed_off_before_the_reopening_is_owed_no_more(database):
    [first] = await heard(database, said("terrible!"))
    await put(database, handed(first))
    await change(database, conversations, state="resolved")
    [second] = await heard(database, said("how?"))
    await put(database, drafted(second))
    await heard(database, said("with a Book 15"))

    assert [row.state for row in await rows(database, conversations)] == ["pending"]


async def test_an_agent_keeps_a_conversation_that_is_not_resolved(database):
    await heard(database, said("how?"))
    await change(database, conversations, state="open", owner="ana")

    assert (await heard(database, said("and?")))[-1].circumstances.with_agent


# Our own posts


def ours(in_reply_to, text="We are sorry. A colleague will call you.", **values):
    return a_mention(text, author_id="1", author_handle="brand", ours=True, in_reply_to=in_reply_to, **values)


async def test_a_person_who_answers_on_the_channel_has_the_conversation_from_then_on(database):
    [asked] = await heard(database, said("how?", post_id="50"))
    await put(database, drafted(asked))
    await stored(database, ours("50"))
    [conversation] = await rows(database, conversations)

    assert (conversation.owner, conversation.state) == ("@brand on X", "open")
    assert [row.state for row in await rows(database, drafts)] == ["withdrawn"]
    assert [row.conversation_id for row in await rows(database, mentions)] == [conversation.id] * 2


async def test_a_person_who_answers_on_the_channel_cancels_the_bots_reply(database):
    [asked] = await heard(database, said("how?", post_id="50"))
    await put(database, replied(asked))
    await stored(database, ours("50"))

    assert [row.state for row in await rows(database, replies)] == ["cancelled"]


async def test_what_waits_when_a_person_answers_is_decided_as_theirs(database):
    await stored(database, said("how?", post_id="50"))
    await stored(database, ours("50"))
    question, answer = await taken(database)

    assert question.circumstances.with_agent
    assert question.words == "how?"
    assert answer.mention.ours


async def test_a_person_who_answers_below_an_earlier_answer_of_ours_is_understood(database):
    [asked] = await heard(database, said("how?", post_id="50"))
    [reply] = await put(database, replied(asked))
    await change(database, replies, state="sent")
    async with database.begin() as connection:
        row = {"reply_id": reply, "channel": "x", "post_id": "60", "sent_at": NOW}
        await connection.execute(insert(receipts).values(row))
    await stored(database, ours("60"))

    assert [row.owner for row in await rows(database, conversations)] == ["@brand on X"]


async def test_an_agent_who_has_the_conversation_keeps_it(database):
    await heard(database, said("how?", post_id="50"))
    await change(database, conversations, owner="ana")
    await stored(database, ours("50"))

    assert [row.owner for row in await rows(database, conversations)] == ["ana"]


async def test_our_own_reply_that_comes_back_is_no_news(database):
    [asked] = await heard(database, said("how?", post_id="50"))
    await put(database, replied(asked, text="Hold the key. ^Bot"))
    await change(database, replies, state="sent")

    assert await stored(database, ours("50", text="@ana Hold the  key. ^Bot")) == 0
    assert [row.owner for row in await rows(database, conversations)] == [None]


@pytest.mark.parametrize("in_reply_to", [None, "404"])
async def test_our_own_posts_to_nobody_we_know_are_not_kept(database, in_reply_to):
    assert await stored(database, ours(in_reply_to)) == 0
    assert await rows(database, mentions) == []


async def test_a_reply_to_a_burst_is_overtaken_by_what_came_after_it_only(database):
    named, followed = await heard(database, said("@brand how do I"), said("swap keys", summoned=False))
    [reply] = await put(database, replied(named), ignored(followed))
    before = await outgoing(database, reply)
    async with database.begin() as connection:
        values = {"conversation_id": named.conversation_id, **row_of(said("and more"))}
        await connection.execute(insert(mentions).values(values))

    assert (before.overtaken, (await outgoing(database, reply)).overtaken) == (False, True)


async def outgoing(database, reply_id):
    async with database.begin() as connection:
        return await outbox.find(connection, reply_id)
