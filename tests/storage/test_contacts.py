from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import IllegalMove
from storage import contacts
from storage.contacts import BLANK
from storage.tables import contacts as table
from storage.tables import escalations
from tests.storage.outcomes import rows
from tests.storage.private import CONTACT, a_consent, escalate, keep_contact, say, talk
from tests.storage.test_dialogue import talks

LONG_AGO = datetime.now(UTC) - timedelta(days=91)


async def found(database, place):
    async with database.begin() as connection:
        return await contacts.find_of_conversation(connection, place)


async def expired(database):
    async with database.begin() as connection:
        return await contacts.drop_expired(connection)


async def corrected(database, **changed):
    async with database.begin() as connection:
        return await contacts.correct(connection, "x", ["7"], changed)


async def test_a_contact_is_kept_with_the_words_that_were_agreed_to_until_the_agreed_day(database):
    said = await say(database)
    await keep_contact(database, said)
    kept = await found(database, said.conversation_id)

    assert (kept.contact, kept.consent.purpose) == (replace(CONTACT, number=""), "May we keep this?")
    assert (kept.mention_id, kept.expires_at - kept.consent.given_at) == (said.mention.id, timedelta(days=90))


async def test_a_later_consent_takes_the_place_of_the_first(database):
    said = await say(database)
    await keep_contact(database, said)
    await keep_contact(database, said, keep_days=5)

    [row] = await rows(database, table)
    assert row.keep_days == 5


async def test_what_postgres_cannot_store_is_left_out_of_a_contact(database):
    said = await say(database)
    odd = replace(CONTACT, name="Ma\x00ra\ud800")
    async with database.begin() as connection:
        await contacts.keep(
            connection, channel="x", author_id="7", contact=odd, consent=a_consent(), mention_id=said.mention.id
        )

    assert (await found(database, said.conversation_id)).contact.name == "Mara"


async def test_nobody_elses_contact_is_shown_with_a_conversation(database):
    await keep_contact(database, await say(database))
    other = await say(database, author_id="8", author_handle="bo", root_id="dm-8")

    assert await found(database, other.conversation_id) is None


async def test_a_contact_whose_time_is_over_is_neither_shown_nor_kept(database):
    said = await say(database)
    await keep_contact(database, said, given_at=LONG_AGO)
    await talk(database, said)

    assert await found(database, said.conversation_id) is None
    assert await expired(database) == 1
    assert (await rows(database, table), await talks(database)) == ([], [])


async def test_a_contact_that_may_be_kept_stays_with_what_rasa_keeps(database):
    said = await say(database)
    await keep_contact(database, said)
    await talk(database, said)

    assert await expired(database) == 0
    assert (len(await rows(database, table)), len(await talks(database))) == (1, 1)


@pytest.mark.parametrize(("state", "is_blank"), [("resolved", True), ("open", True), ("dead", True), ("queued", False)])
async def test_the_contact_in_a_case_goes_with_its_consent_once_nobody_is_about_to_need_it(database, state, is_blank):
    await escalate(database, await say(database), state=state, given_at=LONG_AGO)
    await expired(database)
    [case] = await rows(database, escalations)

    assert (case.contact == BLANK) is is_blank
    assert (case.reference, case.state) == ("H7K-2QF-9", state)
    assert await expired(database) == 0


async def test_a_case_within_its_time_keeps_its_contact(database):
    await escalate(database, await say(database), state="resolved")

    assert await expired(database) == 0
    assert (await rows(database, escalations))[0].contact["email"] == CONTACT.email


async def test_a_correction_reaches_the_cases_that_nobody_has_resolved(database):
    first, second = await say(database), await say(database, "and now?")
    await keep_contact(database, first)
    await escalate(database, first, state="resolved", reference="OLD")
    await escalate(database, second, state="queued", reference="NEW")
    kept = await corrected(database, email="new@example.org", phone="")
    cases = {row.reference: row.contact for row in await rows(database, escalations)}

    assert (kept.contact.name, kept.contact.email, kept.contact.phone) == ("Mara Klein", "new@example.org", "")
    assert (cases["NEW"]["email"], cases["NEW"]["number"]) == ("new@example.org", CONTACT.number)
    assert cases["OLD"]["email"] == CONTACT.email


async def test_there_is_nothing_to_correct_where_nothing_is_kept(database):
    with pytest.raises(IllegalMove, match="No contact is kept"):
        await corrected(database, name="Mara")
