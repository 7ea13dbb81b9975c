"""Cases in the database: opened once, tried under a lease, heard of once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.errors import IllegalMove
from bot.vocabulary import DeskEvent, DeskEventKind, EscalationState, ReplyKind
from storage import escalations, outbox
from storage.tables import contacts, desk_events, handoffs, inbox, mentions, opt_outs
from tests.responders.desks.values import ESCALATION, an_escalation
from tests.responders.outbox_rows import put_reply
from tests.storage.escalating import (
    AUTHOR,
    case_of,
    change_conversation,
    put_case,
    put_message,
    put_post,
    row_of,
    state_of_conversation,
)

NOW = ESCALATION.opened_at
LEASE = 40.0


@pytest.fixture
def run(database):
    """Call a function of the repository in a transaction of its own."""

    async def called(function, *given, **values):
        async with database.begin() as connection:
            return await function(connection, *given, **values)

    return called


@pytest.fixture
def take(run):
    async def taken(case_id, now=NOW):
        return await run(escalations.take, case_id, now=now, lease_seconds=LEASE)

    return taken


def said(case, text="It left today.", kind=DeskEventKind.REPLY, number="e-1"):
    return DeskEvent(id=number, reference=case.escalation.reference, kind=kind, text=text)


# Opening


async def test_a_case_comes_back_as_it_was_opened(database):
    case_id = await put_case(database, reference="H7K-2QF-9")
    case = await case_of(database, case_id)
    known = {"conversation_id": case.escalation.conversation_id, "mention_id": case.escalation.mention_id}
    assert case.escalation == an_escalation(**known)
    assert (case.state, case.attempts, case.desk, case.next_try_at) == (EscalationState.QUEUED, 0, "email", NOW)


async def test_a_message_opens_one_case_however_often_it_is_tried(database, run):
    place, mention_id = await put_message(database)
    first = an_escalation(conversation_id=place, mention_id=mention_id)
    second = replace(first, reference="ZZZ-ZZZ-9", contact=replace(first.contact, email="other@example.org"))
    given = {"consent_mention_id": mention_id, "desk": "email"}
    assert await run(escalations.open_case, first, **given) is not None
    assert await run(escalations.open_case, second, **given) is None
    assert [case.escalation.reference for case in await run(escalations.listing)] == [first.reference]


async def test_a_reference_that_another_case_has_is_no_silent_loss(database):
    await put_case(database, reference="H7K-2QF-9")
    with pytest.raises(IntegrityError):
        await put_case(database, reference="H7K-2QF-9")


async def test_the_contact_is_kept_for_as_long_as_the_customer_was_told(database):
    await put_case(database)
    async with database.begin() as connection:
        kept = (await connection.execute(select(contacts))).one()
    assert (kept.author_id, kept.email, kept.purpose) == (AUTHOR, "mara@example.org", ESCALATION.consent.purpose)
    assert kept.expires_at - kept.consented_at == timedelta(days=90)


async def test_what_postgresql_cannot_hold_stops_no_case(database):
    case_id = await put_case(database, words="a\x00b \ud83d", goal="c\x00")
    case = await case_of(database, case_id)
    assert (case.escalation.words, case.escalation.goal) == ("ab ", "c")


async def test_a_case_knows_the_newest_public_post_with_which_it_began(database):
    await put_post(database, heard_at=NOW)
    _, newest = await put_post(database, state="open", heard_at=NOW)
    assert (await row_of(database, await put_case(database))).public_mention_id == newest


@pytest.mark.parametrize(
    "post",
    [
        {"author_id": "43"},
        {"state": "resolved"},
        {"state": "snoozed"},
        {"addressed": False},
        {"heard_at": NOW - timedelta(days=15)},
        {"ours": True},
        {"erased_at": NOW},
        {"audience": "private"},
    ],
)
async def test_a_case_did_not_begin_with_any_other_post(database, post):
    await put_post(database, **({"heard_at": NOW} | post))
    assert (await row_of(database, await put_case(database))).public_mention_id is None


# Handing over


async def test_a_case_is_due_at_once_and_for_one_try_only(database, run, take):
    case_id = await put_case(database)
    assert await run(escalations.due, NOW) == (case_id,)
    assert (await take(case_id)).attempts == 1
    assert await take(case_id) is None
    assert await run(escalations.due, NOW) == ()


async def test_a_try_that_never_ended_is_due_again_after_its_lease(database, run, take):
    case_id = await put_case(database)
    first = await take(case_id)
    later = NOW + timedelta(seconds=LEASE)
    assert await run(escalations.due, later) == (case_id,)
    second = await take(case_id, later)
    assert (second.attempts, second.delivery_id) == (2, first.delivery_id)


async def test_a_case_that_the_desk_has_is_tried_no_more(database, run, take):
    case_id = await put_case(database)
    case = await take(case_id)
    assert await run(escalations.note_sent, case, desk="webhook", desk_id="T-1", now=NOW)
    assert await run(escalations.due, NOW + timedelta(days=9)) == ()
    stored = await case_of(database, case_id)
    assert (stored.state, stored.desk, stored.desk_id, stored.sent_at) == (EscalationState.OPEN, "webhook", "T-1", NOW)


async def test_a_try_that_was_thought_dead_undoes_nothing(database, run, take):
    case_id = await put_case(database)
    slow = await take(case_id)
    later = NOW + timedelta(seconds=LEASE)
    await take(case_id, later)
    assert not await run(escalations.note_failed, slow, problem="slow", next_try_at=NOW)
    assert not await run(escalations.bury, slow, problem="slow")
    assert await run(escalations.note_sent, slow, desk="email", desk_id="1", now=later)


async def test_a_case_that_was_resolved_meanwhile_stays_so(database, run, take):
    case_id = await put_case(database)
    case = await take(case_id)
    await run(escalations.hear, said(case, kind=DeskEventKind.RESOLVED), now=NOW)
    assert not await run(escalations.note_sent, case, desk="email", desk_id="1", now=NOW)
    assert not await run(escalations.note_failed, case, problem="late", next_try_at=NOW)
    assert (await case_of(database, case_id)).state is EscalationState.RESOLVED


async def test_a_dead_case_calls_a_person_with_what_went_wrong(database, run, take):
    case_id = await put_case(database, reference="H7K-2QF-9")
    case = await take(case_id)
    assert await run(escalations.bury, case, problem="HTTP 422")
    assert await state_of_conversation(database, case.escalation.conversation_id) == "open"
    async with database.begin() as connection:
        handoff = (await connection.execute(select(handoffs))).one()
    assert handoff.goal.startswith("Case H7K-2QF-9 did not reach the help desk.")
    assert await run(escalations.count, EscalationState.DEAD) == 1


async def test_a_dead_case_is_handed_over_again_as_the_same_delivery(database, run, take):
    case_id = await put_case(database, reference="H7K-2QF-9")
    first = await take(case_id)
    await run(escalations.bury, first, problem="HTTP 422")
    await run(escalations.redeliver, "H7K-2QF-9", now=NOW)
    second = await take(case_id)
    assert (second.attempts, second.delivery_id) == (2, first.delivery_id)


async def test_only_a_dead_case_is_handed_over_again(database, run):
    await put_case(database, reference="H7K-2QF-9")
    with pytest.raises(IllegalMove, match="is queued"):
        await run(escalations.redeliver, "H7K-2QF-9", now=NOW)


async def test_a_case_that_does_not_exist_is_named(run):
    with pytest.raises(escalations.NoSuchCase, match="XXX"):
        await run(escalations.redeliver, "XXX", now=NOW)


# Looking


async def test_the_cases_of_a_customer_are_those_of_all_their_conversations(database, run):
    await put_case(database, reference="OLD-OLD-1")
    await put_case(database, author_id="43")
    newest = await put_case(database, reference="NEW-NEW-1")
    place = (await row_of(database, newest)).conversation_id
    assert [case.reference for case in await run(escalations.of_customer, place)] == ["NEW-NEW-1", "OLD-OLD-1"]


async def test_cases_are_listed_by_their_state(database, run, take):
    sent, _ = await put_case(database), await put_case(database)
    await run(escalations.note_sent, await take(sent), desk="email", desk_id="1", now=NOW)
    assert [case.id for case in await run(escalations.listing, EscalationState.OPEN)] == [sent]
    assert len(await run(escalations.listing)) == 2


# Hearing


async def test_an_event_is_heard_once(database, run):
    case = await case_of(database, await put_case(database))
    heard = await run(escalations.hear, said(case), now=NOW)
    assert (heard.case, heard.mention.id, heard.opted_out) == (case, case.escalation.mention_id, False)
    assert await run(escalations.hear, said(case, "other words"), now=NOW) is None
    async with database.begin() as connection:
        assert [row.text for row in await connection.execute(select(desk_events))] == ["It left today."]


async def test_the_same_id_of_two_cases_is_two_events(database, run):
    cases = [await case_of(database, await put_case(database)) for _ in range(2)]
    assert all([await run(escalations.hear, said(case), now=NOW) is not None for case in cases])


async def test_an_end_resolves_the_case(database, run):
    case = await case_of(database, await put_case(database))
    await run(escalations.hear, said(case, "", DeskEventKind.RESOLVED), now=NOW)
    stored = await case_of(database, case.id)
    assert (stored.state, stored.resolved_at) == (EscalationState.RESOLVED, NOW)


async def test_an_event_of_no_case_is_an_error_of_its_own(run):
    event = DeskEvent(id="1", reference="XXX-XXX-X", kind=DeskEventKind.REPLY, text="hi")
    with pytest.raises(escalations.NoSuchCase, match="XXX-XXX-X"):
        await run(escalations.hear, event, now=NOW)


async def test_who_wants_nothing_from_a_program_is_known(database, run):
    case = await case_of(database, await put_case(database))
    async with database.begin() as connection:
        await connection.execute(insert(opt_outs).values(channel="x", author_id=AUTHOR))
    assert (await run(escalations.hear, said(case), now=NOW)).opted_out


# Closing


async def resolved(database, run, case_id):
    case = await case_of(database, case_id)
    await run(escalations.hear, said(case, "", DeskEventKind.RESOLVED), now=NOW)
    await run(escalations.close, case.escalation.conversation_id)
    return await state_of_conversation(database, case.escalation.conversation_id)


async def test_a_conversation_that_nobody_needs_is_resolved(database, run):
    assert await resolved(database, run, await put_case(database)) == "resolved"


@pytest.mark.parametrize("values", [{"state": "open"}, {"owner": "Ann"}, {"state": "open", "owner": "Ann"}])
async def test_a_conversation_that_a_person_has_stays_theirs(database, run, values):
    case_id = await put_case(database)
    await change_conversation(database, (await row_of(database, case_id)).conversation_id, **values)
    assert await resolved(database, run, case_id) == values.get("state", "pending")


async def test_a_conversation_in_which_a_message_waits_is_not_resolved(database, run):
    case_id = await put_case(database)
    place = (await row_of(database, case_id)).conversation_id
    _, mention_id = await put_message(database, conversation_id=place)
    async with database.begin() as connection:
        await connection.execute(insert(inbox).values(mention_id=mention_id))
    assert await resolved(database, run, case_id) == "pending"


async def test_a_conversation_with_another_case_is_not_resolved(database, run):
    case_id = await put_case(database)
    await put_case(database, conversation_id=(await row_of(database, case_id)).conversation_id)
    assert await resolved(database, run, case_id) == "pending"


async def test_the_public_thread_is_found_while_nobody_answered(database, run):
    place, post = await put_post(database, heard_at=NOW)
    mention, where = await run(escalations.find_thread, await put_case(database))
    assert (mention.id, where) == (post, place)


async def test_a_public_thread_that_an_agent_has_is_left_alone(database, run):
    place, _ = await put_post(database, heard_at=NOW)
    case_id = await put_case(database)
    await change_conversation(database, place, owner="Ann")
    assert await run(escalations.find_thread, case_id) is None


async def test_a_public_post_that_was_erased_meanwhile_is_left_alone(database, run):
    _, post = await put_post(database, heard_at=NOW)
    case_id = await put_case(database)
    async with database.begin() as connection:
        await connection.execute(update(mentions).where(mentions.c.id == post).values(erased_at=NOW))
    assert await run(escalations.find_thread, case_id) is None


@pytest.mark.parametrize("kind", ReplyKind)
async def test_a_public_post_that_has_an_answer_is_left_alone(database, run, kind):
    reply = await put_reply(database, kind=kind, heard_at=NOW)
    case_id = await put_case(database)
    assert (await row_of(database, case_id)).public_mention_id == reply.mention_id
    assert await run(escalations.find_thread, case_id) is None
    await run(outbox.cancel, reply.id, problem="Taken back.")
    assert await run(escalations.find_thread, case_id) is not None
