"""What agents see and do where a burst, an overtaking post or a colleague on the channel came in between."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from bot.vocabulary import Audience, AuditSource, Kind, Reason, Route
from storage import cases
from storage.agents import Role, create_agent
from storage.tables import audits, conversations, drafts, replies
from tests.bot.values import a_decision, a_mention
from tests.storage.outcomes import drafted, handed, heard, ignored, put, rows


@pytest.fixture
async def ann(database):
    async with database.begin() as connection:
        return await create_agent(connection, "Ann", "AN", Role.AGENT, "correct horse battery")


def said(text, **values):
    return a_mention(text, **{"root_id": "9", "author_id": "7", **values})


def ours(in_reply_to):
    return a_mention("Sorry!", author_id="1", author_handle="brand", ours=True, in_reply_to=in_reply_to)


def continued(admitted):
    return type(ignored(admitted))(admitted=admitted, decision=a_decision(Route.IGNORE, Reason.CONTINUED))


async def act(database, deed, *given, **named):
    async with database.begin() as connection:
        return await deed(connection, *given, **named)


async def test_an_agents_reply_goes_to_the_post_that_the_burst_was_decided_with(database, ann):
    named, followed = await heard(database, said("@brand how do I"), said("swap keys", summoned=False))
    await put(database, handed(named), continued(followed))
    await act(database, cases.write_reply, named.conversation_id, text="Like this. ^AN", by=ann)
    case = await act(database, cases.find_case, named.conversation_id)

    assert [row.in_reply_to for row in await rows(database, replies)] == [named.mention.post_id]
    assert case.newest.id == named.mention.id
    assert case.decision.decision.route is Route.HANDOFF


async def test_an_agents_reply_to_a_direct_message_is_one(database, ann):
    [asked] = await heard(database, said("psst", audience=Audience.PRIVATE))
    await put(database, handed(asked))
    await act(database, cases.write_reply, asked.conversation_id, text="Yes? ^AN", by=ann)
    case = await act(database, cases.find_case, asked.conversation_id)

    assert [(row.audience, row.addressee) for row in await rows(database, replies)] == [(Audience.PRIVATE, "7")]
    assert case.replies[0].reply.audience is Audience.PRIVATE


async def test_a_post_of_our_own_is_no_post_to_reply_to(database, ann):
    [asked] = await heard(database, said("how?", post_id="50"))
    await put(database, handed(asked))
    [own] = await heard(database, ours("50"))
    await put(database, ignored(own))
    case = await act(database, cases.find_case, asked.conversation_id)

    assert [mention.ours for mention in case.mentions] == [False, True]
    assert case.newest.id == asked.mention.id
    assert (await act(database, cases.list_cases, cases.View.ALL, agent="Ann"))[0].preview == "how?"


async def test_the_queue_shows_what_a_burst_was_decided_and_not_that_it_went_on(database):
    named, followed = await heard(database, said("@brand how do I"), said("swap keys", summoned=False))
    await put(database, handed(named), continued(followed))
    [row] = await act(database, cases.list_cases, cases.View.ALL, agent="Ann")

    assert (row.route, row.reasons) == (Route.HANDOFF, (Reason.IRATE,))


async def test_any_agent_may_take_what_a_colleague_answered_on_the_channel(database, ann):
    [asked] = await heard(database, said("how?", post_id="50"))
    await heard(database, ours("50"))
    await act(database, cases.take_over, asked.conversation_id, by=ann)

    assert [row.owner for row in await rows(database, conversations)] == ["Ann"]


async def test_any_agent_may_give_back_what_a_colleague_answered_on_the_channel(database, ann):
    [asked] = await heard(database, said("how?", post_id="50"))
    await heard(database, ours("50"))
    await act(database, cases.return_to_bot, asked.conversation_id, by=ann)

    assert [(row.owner, row.state) for row in await rows(database, conversations)] == [(None, "pending")]


async def test_a_draft_that_was_overtaken_cannot_be_approved_and_judges_nobody(database, ann):
    [asked] = await heard(database, said("how?"))
    await put(database, drafted(asked))
    await heard(database, said("with a Book 15"))
    [draft] = await rows(database, drafts)

    with pytest.raises(cases.AlreadySettled, match=r"withdrawn\. The customer wrote again"):
        await act(database, cases.approve_draft, draft.id, text=draft.text, by=ann)
    assert await rows(database, audits) == []


async def test_a_rejected_draft_still_judges(database, ann):
    [asked] = await heard(database, said("how?", kind=Kind.QUOTE))
    await put(database, drafted(asked))
    [draft] = await rows(database, drafts)
    await act(database, cases.reject_draft, draft.id, note="", by=ann)

    assert [row.source for row in await rows(database, audits)] == [AuditSource.REJECTED]


async def test_a_resolved_conversation_keeps_its_owner_until_the_customer_comes_back(database, ann):
    [asked] = await heard(database, said("how?"))
    await put(database, handed(asked))
    await act(database, cases.take_over, asked.conversation_id, by=ann)
    await act(database, cases.resolve, asked.conversation_id, by=ann)
    async with database.begin() as connection:
        before = await connection.scalar(select(conversations.c.owner))
        await connection.execute(update(conversations).values(priority=0.9))
    await heard(database, said("me again"))
    [after] = await rows(database, conversations)

    assert (before, after.owner, after.state, after.priority) == ("Ann", None, "pending", 0.0)
