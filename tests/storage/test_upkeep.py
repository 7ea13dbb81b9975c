from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import update

from storage.library import put_articles, quarantine
from storage.tables import drafts
from storage.upkeep import expiring, proposed, quarantined
from tests.console.rows import CANDIDATE, put_conversation, put_decision, put_draft

DAY = date(2026, 12, 1)


async def put(database, article_id, language="en", **document):
    given = {"id": article_id, "language": language, "reviewed": True, "valid_until": "2027-12-31", **document}
    row = {"id": article_id, "language": language, "topic": "t", "fingerprint": "1", "document": given}
    async with database.begin() as connection:
        await put_articles(connection, [row])


async def shut(database, article_id, reason="wrong"):
    async with database.begin() as connection:
        await quarantine(connection, article_id, reason=reason)


async def drafted(database, article_id, language="en", **values):
    conversation_id = await put_conversation(database)
    candidates = [{**CANDIDATE, "article_id": article_id, "language": language}]
    await put_decision(database, conversation_id, candidates=candidates)
    draft_id = await put_draft(database, conversation_id)
    async with database.begin() as connection:
        changed = update(drafts).where(drafts.c.id == draft_id).values(article_id=article_id, **values)
        await connection.execute(changed)


async def settled(database, article_id, state):
    await drafted(database, article_id, state=state)


async def names(database, question, *given):
    async with database.begin() as connection:
        found = await question(connection, *given)
    return [(one if isinstance(one, dict) else one.document)["id"] for one in found]


async def test_quarantined_articles_come_latest_first_with_their_reason(database):
    for article_id in ("a", "b", "free"):
        await put(database, article_id)
    await shut(database, "a", "wrong number")
    await shut(database, "b")

    async with database.begin() as connection:
        found = await quarantined(connection)

    assert [(one.document["id"], one.reason) for one in found] == [("b", "wrong"), ("a", "wrong number")]
    assert all(one.since.tzinfo for one in found)


async def test_articles_that_expire_come_in_the_order_in_which_they_do(database):
    await put(database, "soon", valid_until="2026-12-01")
    await put(database, "late", valid_until="2026-12-02")
    await put(database, "expired", valid_until="2025-01-01")

    assert await names(database, expiring, DAY) == ["expired", "soon"]


async def test_an_article_in_quarantine_need_not_be_renewed(database):
    await put(database, "soon", valid_until="2026-12-01")
    await shut(database, "soon")

    assert await names(database, expiring, DAY) == []


async def test_unreviewed_articles_come_by_the_number_of_their_drafts(database):
    for article_id in ("rare", "often", "never"):
        await put(database, article_id, reviewed=False)
    await drafted(database, "rare")
    await drafted(database, "often")
    await settled(database, "often", "approved")
    await settled(database, "often", "rejected")

    async with database.begin() as connection:
        found = await proposed(connection)

    counts = [(one.document["id"], one.drafts, one.approved, one.rejected) for one in found]
    assert counts == [("often", 3, 1, 1), ("rare", 1, 0, 0)]


async def test_reviewed_quarantined_and_long_forgotten_articles_need_no_review(database):
    await put(database, "reviewed")
    await put(database, "shut", reviewed=False)
    await put(database, "old", reviewed=False)
    await shut(database, "shut")
    await drafted(database, "reviewed")
    await drafted(database, "shut")
    await drafted(database, "old", drafted_at=datetime.now(UTC) - timedelta(days=100))

    assert await names(database, proposed) == []


async def test_a_draft_counts_for_the_language_it_was_made_in(database):
    await put(database, "a", "de", reviewed=False)
    await put(database, "a", "en", reviewed=False)
    await drafted(database, "a", "de")

    async with database.begin() as connection:
        [one] = await proposed(connection)

    assert one.document["language"] == "de"
