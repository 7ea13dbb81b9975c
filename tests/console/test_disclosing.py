"""What was masked: shown once, to whom the case is, and noted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import insert

from bot.personal import Personal
from bot.settings import IntakeSettings, Settings
from storage.agents import Role
from storage.sealing import cipher_of, new_key
from storage.tables import disclosures, originals
from tests.console.rows import mention_of, put_conversation, put_drafted, rows_of

KEY, OTHER = new_key(), new_key()
SAID = "call me at 020 7946 0958"
BUTTON = "Show what was masked"


@pytest.fixture
def settings():
    return Settings(intake=IntakeSettings(originals_key=SecretStr(KEY)))


async def put_masked(database, *, key=KEY, **values):
    """Give the ids of a conversation and of the masked post in it."""
    conversation_id = await put_conversation(
        database, "call me at [phone]", mention={"masked": [Personal.PHONE]}, **values
    )
    mention = await mention_of(database, conversation_id)
    row = {
        "mention_id": mention.id,
        "sealed": cipher_of(key, setting="key").encrypt(SAID.encode()),
        "expires_at": datetime.now(UTC) + timedelta(days=1),
    }
    async with database.begin() as connection:
        await connection.execute(insert(originals).values(row))
    return conversation_id, mention.id


async def page_of(browser, path):
    return await (await browser.get(path)).text()


async def test_it_is_shown_once_and_noted_in_the_thread(browser, database):
    ann = await browser()
    conversation_id, mention_id = await put_masked(database)
    assert BUTTON in await page_of(ann, f"/conversations/{conversation_id}")

    shown = await ann.send(f"/mentions/{mention_id}/original")
    assert (shown.status, shown.headers["Cache-Control"]) == (200, "no-store")
    assert SAID in await shown.text()

    later = await page_of(ann, f"/conversations/{conversation_id}")
    assert SAID not in later
    assert "Ann looked at what was masked" in later
    assert [row.by for row in await rows_of(database, disclosures)] == ["Ann"]


async def test_a_post_whose_words_are_not_kept_offers_nothing(browser, database):
    ann = await browser()
    conversation_id = await put_conversation(database, mention={"masked": [Personal.PHONE]})
    mention = await mention_of(database, conversation_id)

    assert BUTTON not in await page_of(ann, f"/conversations/{conversation_id}")
    assert (await ann.send(f"/mentions/{mention.id}/original")).status == 409


@pytest.mark.parametrize(("role", "status"), [(Role.AGENT, 409), (Role.OPS, 200)])
async def test_of_a_colleagues_case_only_ops_see_it(browser, database, role, status):
    ann = await browser(role=role)
    _, mention_id = await put_masked(database, owner="Bo")
    answer = await ann.send(f"/mentions/{mention_id}/original")

    assert answer.status == status
    assert (SAID in await answer.text()) is (status == 200)
    assert len(await rows_of(database, disclosures)) == (status == 200)


async def test_what_another_key_sealed_is_not_noted_as_seen(browser, database):
    ann = await browser()
    _, mention_id = await put_masked(database, key=OTHER)
    answer = await ann.send(f"/mentions/{mention_id}/original")

    assert answer.status == 409
    assert "another intake.originals_key" in await answer.text()
    assert await rows_of(database, disclosures) == []


async def test_a_post_that_is_not_there_is_not_found(browser):
    assert (await (await browser()).send("/mentions/4711/original")).status == 404


async def test_a_stranger_sees_nothing(stranger, database):
    _, mention_id = await put_masked(database)
    answer = await stranger.post(f"/mentions/{mention_id}/original", allow_redirects=False)

    assert SAID not in await answer.text()
    assert await rows_of(database, disclosures) == []


@pytest.mark.parametrize("what", ["reply", "draft"])
async def test_a_public_reply_with_personal_data_is_refused_before_it_is_queued(browser, database, enqueued, what):
    ann = await browser()
    conversation_id, draft_id = await put_drafted(database)
    path = f"/conversations/{conversation_id}/reply" if what == "reply" else f"/drafts/{draft_id}/approve"
    answer = await ann.send(path, text="We will call you at 020 7946 0958")

    assert answer.status == 422
    assert "It would show a phone number to everybody." in await answer.text()
    assert enqueued == []


async def test_the_preview_says_so_before_it_is_sent(browser, database):
    ann = await browser()
    conversation_id = await put_conversation(database)
    answer = await ann.send(f"/conversations/{conversation_id}/parts", text="We will call you at 020 7946 0958")

    assert "It would show a phone number to everybody." in await answer.text()
