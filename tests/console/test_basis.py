"""What the page of a conversation says about where its draft comes from."""

from __future__ import annotations

import pytest

from tests.console.rows import CANDIDATE, UNDERSTANDING, put_conversation, put_decision, put_draft

FOUND = {"reviewed": False, "author": "ada", "url": "https://forum.example/7"}
UNREVIEWED, FOREIGN = "that nobody has reviewed", "Translate it before you approve"


async def shown(browser, database, *, spoken="en", **candidate):
    ann = await browser()
    conversation_id = await put_conversation(database, state="open")
    understanding = {**UNDERSTANDING, "language": spoken}
    await put_decision(database, conversation_id, candidates=[{**CANDIDATE, **candidate}], understanding=understanding)
    await put_draft(database, conversation_id)
    return await (await ann.get(f"/conversations/{conversation_id}")).text()


async def test_a_draft_from_an_unreviewed_article_names_its_author_and_opens_its_page(browser, database):
    page = await shown(browser, database, **FOUND)

    assert f"by ada {UNREVIEWED}" in page
    assert 'href="https://forum.example/7"' in page


async def test_a_draft_from_a_reviewed_article_needs_no_such_hint(browser, database):
    page = await shown(browser, database, **{**FOUND, "reviewed": True})

    assert UNREVIEWED not in page


async def test_a_page_that_is_no_web_page_is_not_linked(browser, database):
    assert "javascript:" not in await shown(browser, database, **{**FOUND, "url": "javascript:alert(1)"})


async def test_a_draft_in_another_language_than_the_customers_says_so(browser, database):
    page = await shown(browser, database, spoken="es")

    assert "This text is in English, and the customer writes Spanish." in page


@pytest.mark.parametrize("spoken", ["en", None])
async def test_a_draft_in_the_customers_language_or_an_unknown_one_says_nothing(browser, database, spoken):
    assert FOREIGN not in await shown(browser, database, spoken=spoken)


async def test_a_draft_without_its_decision_is_shown_all_the_same(browser, database):
    ann = await browser()
    conversation_id = await put_conversation(database, state="open")
    await put_draft(database, conversation_id, "Just this.")

    assert "Just this." in await (await ann.get(f"/conversations/{conversation_id}")).text()
