"""The page on which people look after the knowledge base."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update

from knowledge.article import Article, Source
from storage.agents import Role
from storage.contradictions import overruled, put_all
from storage.library import put_articles, quarantine, quarantined_articles
from storage.tables import contradictions, drafts
from tests.console.rows import CANDIDATE, put_conversation, put_decision, put_draft, rows_of

TODAY = datetime.now(UTC).date()
FAR_AWAY = date(2999, 12, 31)

PAIR = {"language": "en", "winner_id": "official", "loser_id": "forum", "fingerprint": "f1"}


def an_article(article_id, **values):
    given = {
        "language": "en",
        "topic": "warranty",
        "question": f"How long, {article_id}?",
        "ask": (),
        "short_answer": "24 months.",
        "full_answer": "It is **24 months**.",
        "products": ("Book 13",),
        "source": Source.OFFICIAL,
        "author": "Tarnwell Support",
        "votes": 7,
        "reviewed": True,
        "last_verified": date(2026, 8, 1),
        "valid_until": FAR_AWAY,
    }
    return Article(id=article_id, **{**given, **values})


async def put(database, *articles):
    rows = [
        {
            "id": article.id,
            "language": article.language,
            "topic": article.topic,
            "fingerprint": article.fingerprint,
            "document": article.to_document(),
        }
        for article in articles
    ]
    async with database.begin() as connection:
        await put_articles(connection, rows)


async def put_pair(database):
    forum = an_article("forum", source=Source.COMMUNITY, author="ada", url="https://forum.example/7", accepted=True)
    await put(database, an_article("official"), forum)
    says = {"kind": "months", "winner_says": "It is 24 months.", "loser_says": "I got 12 months."}
    async with database.begin() as connection:
        await put_all(connection, [{**PAIR, **says}])


async def put_proposed(database, article_id):
    await put(database, an_article(article_id, reviewed=False))
    conversation_id = await put_conversation(database)
    await put_decision(database, conversation_id, candidates=[{**CANDIDATE, "article_id": article_id}])
    draft_id = await put_draft(database, conversation_id)
    async with database.begin() as connection:
        await connection.execute(update(drafts).where(drafts.c.id == draft_id).values(article_id=article_id))


async def shut(database, article_id, reason="wrong since the update"):
    async with database.begin() as connection:
        await quarantine(connection, article_id, reason=reason)


async def in_quarantine(database):
    async with database.begin() as connection:
        return await quarantined_articles(connection)


async def shown(browser, which="contradictions"):
    answer = await browser.get(f"/knowledge?list={which}")
    assert answer.status == 200
    return await answer.text()


@pytest.fixture
async def ops(browser):
    return await browser("Olga", "OL", Role.OPS)


async def test_a_contradiction_shows_both_sides_and_what_they_say(ops, database):
    await put_pair(database)

    page = await shown(ops)
    for text in (
        "It is 24 months.",
        "I got 12 months.",
        "How long, official?",
        "How long, forum?",
        "different amounts",
    ):
        assert text in page
    assert 'href="https://forum.example/7"' in page
    assert page.index("Counts until you decide") < page.index("I got 12 months.")


async def test_ops_keep_both_and_are_not_asked_again(ops, database):
    await put_pair(database)

    answer = await ops.send("/knowledge/keep", **PAIR)

    assert (answer.status, answer.headers["Location"]) == (303, "/knowledge?list=contradictions&done=kept")
    assert "I got 12 months." not in await shown(ops)
    [row] = await rows_of(database, contradictions)
    assert row.kept_by == "Olga"
    async with database.begin() as connection:
        assert await overruled(connection) == {}


async def test_a_verdict_on_a_pair_that_changed_meanwhile_is_refused(ops, database):
    await put_pair(database)

    answer = await ops.send("/knowledge/keep", **{**PAIR, "fingerprint": "f0"})

    assert answer.status == 409
    assert "one of the two articles changed" in await answer.text()


async def test_ops_quarantine_one_of_a_pair_and_the_pair_is_gone(ops, database):
    await put_pair(database)

    fields = {"id": "forum", "language": "en", "reason": "Contradicts official", "list": "contradictions"}
    answer = await ops.send("/knowledge/quarantine", **fields)

    assert (answer.status, answer.headers["Location"]) == (303, "/knowledge?list=contradictions&done=quarantined")
    assert await in_quarantine(database) == {("forum", "en"): "Contradicts official (Olga)"}
    assert "I got 12 months." not in await shown(ops)


async def test_an_article_in_quarantine_is_shown_with_its_reason_and_released(ops, database):
    await put(database, an_article("battery"))
    await shut(database, "battery")

    assert "wrong since the update" in await shown(ops, "quarantined")

    answer = await ops.send("/knowledge/release", id="battery", language="en")

    assert (answer.status, answer.headers["Location"]) == (303, "/knowledge?list=quarantined&done=released")
    assert await in_quarantine(database) == {}


EXPIRIES = [
    (-1, "expired on"),
    (0, "expires today"),
    (1, "expires tomorrow"),
    (30, "expires in 30 days"),
]


@pytest.mark.parametrize(("days", "words"), EXPIRIES)
async def test_an_article_that_expires_soon_is_listed_with_its_day(ops, database, days, words):
    await put(database, an_article("battery", valid_until=TODAY + timedelta(days=days)))

    page = await shown(ops, "expiring")
    assert words in page
    assert "How long, battery?" in page


async def test_an_article_that_expires_later_is_not_listed(ops, database):
    await put(database, an_article("battery", valid_until=TODAY + timedelta(days=32)))

    assert "How long, battery?" not in await shown(ops, "expiring")


async def test_an_unreviewed_article_is_listed_with_the_drafts_made_from_it(ops, database):
    await put_proposed(database, "nib")

    page = await shown(ops, "unreviewed")
    assert "How long, nib?" in page
    assert "1 draft<" in page


async def test_each_list_says_how_long_it_is(ops, database):
    await put_pair(database)
    await put_proposed(database, "nib")
    await put(database, an_article("old", valid_until=TODAY))

    counts = re.findall(r'>([A-Z][a-z ]+)<span class="count[^"]*">(\d+)</span>', await shown(ops))
    assert counts == [("Contradictions", "1"), ("Often proposed", "1"), ("Expiring", "1"), ("In quarantine", "0")]


@pytest.mark.parametrize("which", ["contradictions", "unreviewed", "expiring", "quarantined"])
async def test_an_empty_list_says_so(ops, which):
    assert 'class="empty"' in await shown(ops, which)


async def test_there_is_no_list_of_another_name(ops):
    assert (await ops.get("/knowledge?list=secrets")).status == 404


FORMS = [
    ("keep", PAIR),
    ("quarantine", {"id": "forum", "language": "en", "reason": "wrong", "list": "contradictions"}),
    ("release", {"id": "old", "language": "en"}),
]


@pytest.mark.parametrize(("form", "fields"), FORMS)
async def test_agents_see_the_lists_and_only_ops_decide(browser, database, form, fields):
    ann = await browser()
    await put_pair(database)
    await put(database, an_article("old"))
    await shut(database, "old")

    assert "/knowledge/" not in await shown(ann)
    assert "/knowledge/" not in await shown(ann, "quarantined")
    assert (await ann.send(f"/knowledge/{form}", **fields)).status == 403
    assert list(await in_quarantine(database)) == [("old", "en")]
    assert (await rows_of(database, contradictions))[0].kept_by is None


@pytest.mark.parametrize(("form", "fields"), FORMS)
async def test_a_form_without_its_token_is_refused(ops, form, fields):
    assert (await ops.send(f"/knowledge/{form}", **fields, csrf="")).status == 403


async def test_an_article_that_is_gone_cannot_be_quarantined(ops, database):
    fields = {"id": "gone", "language": "en", "reason": "wrong", "list": "expiring"}

    assert (await ops.send("/knowledge/quarantine", **fields)).status == 404
    assert await in_quarantine(database) == {}


async def test_what_an_article_holds_is_escaped_and_its_page_opened_only_over_http(ops, database):
    evil = "<script>alert(1)</script>"
    values = {"question": evil, "full_answer": evil, "author": evil, "url": "javascript:alert(1)"}
    await put(database, an_article("evil", valid_until=TODAY, **values))
    await shut(database, "evil", evil)

    for which in ("expiring", "quarantined"):
        page = await shown(ops, which)
        assert "<script>alert" not in page
        assert "javascript:" not in page


async def test_the_page_can_be_reached_from_the_queue(ops):
    assert 'href="/knowledge"' in await (await ops.get("/queue")).text()
