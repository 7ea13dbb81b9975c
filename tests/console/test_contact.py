"""How a customer can be reached, beside their conversation."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from bot.vocabulary import Consent, Contact
from storage import contacts
from tests.console.rows import mention_of, put_conversation


async def put_contact(database, conversation_id, *, given_at, name="Mara <Klein>"):
    mention = await mention_of(database, conversation_id)
    async with database.begin() as connection:
        await contacts.keep(
            connection,
            channel=mention.channel,
            author_id=mention.author_id,
            contact=Contact(name=name, email="mara@example.org", number="TN-204817"),
            consent=Consent(purpose="May we keep this?", keep_days=90, given_at=given_at),
            mention_id=mention.id,
        )


async def read(browser, conversation_id):
    answer = await browser.get(f"/conversations/{conversation_id}")
    return answer, await answer.text()


async def test_the_contact_is_shown_with_what_the_customer_agreed_to_and_until_when(browser, database):
    conversation_id = await put_conversation(database, "My wifi drops")
    await put_contact(database, conversation_id, given_at=datetime(2026, 11, 1, 9, tzinfo=UTC))
    answer, page = await read(await browser(), conversation_id)
    words = " ".join(re.sub(r"<[^>]+>", " ", page).split())

    assert "E-mail mara@example.org" in words
    assert "Agreed to May we keep this?" in words
    assert 'datetime="2027-01-30T09:00:00+00:00"' in page
    assert "Mara &lt;Klein&gt;" in page
    assert "Telephone" not in words
    assert answer.headers["Cache-Control"] == "no-store"


async def test_a_contact_whose_time_is_over_is_not_shown(browser, database):
    conversation_id = await put_conversation(database, "My wifi drops")
    await put_contact(database, conversation_id, given_at=datetime.now(UTC) - timedelta(days=91))
    _, page = await read(await browser(), conversation_id)

    assert "mara@example.org" not in page


async def test_without_a_contact_nothing_is_said_of_one(browser, database):
    conversation_id = await put_conversation(database, "My wifi drops")
    _, page = await read(await browser(), conversation_id)

    assert "How to reach them" not in page
