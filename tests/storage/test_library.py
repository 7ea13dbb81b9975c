from __future__ import annotations

import asyncio

import pytest

from storage.library import (
    BATCH,
    article_documents,
    article_fingerprints,
    changes_since,
    drop_articles,
    put_articles,
    quarantine,
    quarantined_articles,
    release,
    translations,
)
from storage.notices import Notice, Subject, listening, notify
from tests.storage.locks import PATIENCE_SECONDS, blocked

CHANGED = Notice(subject=Subject.KNOWLEDGE)
LAST = Notice(subject=Subject.HEARD)


def row(article_id, language="en", fingerprint="f1", **document):
    return {
        "id": article_id,
        "language": language,
        "topic": "wifi",
        "fingerprint": fingerprint,
        "document": {"id": article_id, "language": language, "fingerprint": fingerprint, **document},
    }


async def put(database, *rows):
    async with database.begin() as connection:
        return await put_articles(connection, rows)


async def drop(database, *keys):
    async with database.begin() as connection:
        await drop_articles(connection, keys)


async def ask(database, question, *given, **named):
    async with database.begin() as connection:
        return await question(connection, *given, **named)


async def changed(database, revision=0, **named):
    """Give what changed since *revision* as (key, fingerprint or None), and the last revision."""
    changes = await ask(database, changes_since, revision, **named)
    told = [(change.key, change.document and change.document["fingerprint"]) for change in changes]
    return told, changes[-1].revision if changes else revision


async def notices_of(database, work):
    """Give what is announced while *work* is done."""
    async with listening(database) as notices:
        await work()
        async with database.begin() as connection:
            await notify(connection, LAST)
        async with asyncio.timeout(PATIENCE_SECONDS):
            return [notice async for notice in until(LAST, notices)]


async def until(last, notices):
    async for notice in notices:
        if notice == last:
            return
        yield notice


async def test_an_article_is_known_by_id_and_language(database):
    await put(database, row("a"), row("a", "de", "f2"))

    assert await ask(database, article_fingerprints) == {("a", "en"): "f1", ("a", "de"): "f2"}


async def test_a_changed_article_takes_the_place_of_its_former_form(database):
    await put(database, row("a"))
    await put(database, row("a", fingerprint="f2"))

    assert [document["fingerprint"] for document in await ask(database, article_documents)] == ["f2"]


async def test_articles_come_in_the_order_of_their_ids(database):
    await put(database, row("c"), row("a"), row("b", "es"), row("b", "de"))
    found = [(document["id"], document["language"]) for document in await ask(database, article_documents)]

    assert found == [("a", "en"), ("b", "de"), ("b", "es"), ("c", "en")]


async def test_articles_are_found_by_their_keys_and_all_languages_by_the_id(database):
    await put(database, row("a"), row("a", "de"), row("b"))

    assert [d["id"] for d in await ask(database, article_documents, [("b", "en"), ("absent", "en")])] == ["b"]
    assert [d["language"] for d in await ask(database, translations, "a")] == ["de", "en"]


async def test_many_articles_are_written_and_removed_at_once(database):
    rows = [row(f"a{number}") for number in range(BATCH + 10)]
    await put(database, *rows)
    known = await ask(database, article_fingerprints)
    await drop(database, *known)

    assert len(known) == BATCH + 10
    assert await ask(database, article_fingerprints) == {}


async def test_a_dropped_article_is_gone_in_its_language_only(database):
    await put(database, row("a"), row("a", "de"))
    await drop(database, ("a", "de"), ("absent", "en"))
    await drop(database)

    assert list(await ask(database, article_fingerprints)) == [("a", "en")]


async def test_fingerprints_can_be_asked_of_one_origin(database):
    await put(database, row("a"), row("b", origin="forum"))

    assert list(await ask(database, article_fingerprints, "files")) == [("a", "en")]
    assert list(await ask(database, article_fingerprints, "forum")) == [("b", "en")]


async def test_no_origin_writes_over_the_articles_of_another(database):
    await put(database, row("a"))
    refused = await put(database, row("a", fingerprint="f2", origin="forum"), row("b", origin="forum"))

    assert refused == {("a", "en")}
    assert await ask(database, article_fingerprints) == {("a", "en"): "f1", ("b", "en"): "f1"}


async def test_changes_come_in_their_order_and_once_an_article(database):
    await put(database, row("a"), row("b"))
    await put(database, row("a", fingerprint="f2"))

    assert (await changed(database))[0] == [(("b", "en"), "f1"), (("a", "en"), "f2")]


async def test_whoever_asks_from_the_last_revision_gets_only_what_came_later(database):
    await put(database, row("a"), row("b"))
    _, revision = await changed(database)
    await put(database, row("c"))
    await drop(database, ("a", "en"))
    told, later = await changed(database, revision)

    assert told == [(("c", "en"), "f1"), (("a", "en"), None)]
    assert await changed(database, later) == ([], later)


async def test_changes_can_be_read_in_portions(database):
    await put(database, *(row(name) for name in "abc"))
    first, revision = await changed(database, at_most=2)
    rest, _ = await changed(database, revision, at_most=2)

    assert [key for key, _ in (*first, *rest)] == [("a", "en"), ("b", "en"), ("c", "en")]
    assert len(first) == 2


async def test_an_article_that_comes_back_is_no_removal_any_more(database):
    await put(database, row("a"))
    await drop(database, ("a", "en"))
    await put(database, row("a"))

    assert (await changed(database))[0] == [(("a", "en"), "f1")]


async def test_writing_what_is_stored_already_is_no_change(database):
    await put(database, row("a"))
    _, revision = await changed(database)

    assert await notices_of(database, lambda: put(database, row("a"))) == []
    assert await changed(database, revision) == ([], revision)


async def test_a_transaction_that_numbers_first_commits_first(database):
    """A reader that has seen a number never finds a lower one later."""
    async with database.begin() as early:
        await put_articles(early, [row("early")])
        late = asyncio.create_task(put(database, row("late")))
        await blocked(database)
        before = await changed(database)
    await late
    after, _ = await changed(database, before[1])

    assert before == ([], 0)
    assert [key for key, _ in after] == [("early", "en"), ("late", "en")]


@pytest.mark.parametrize("work", ["put", "drop", "quarantine", "release"])
async def test_every_change_is_announced(database, work):
    await put(database, row("a"), row("b"))
    await ask(database, quarantine, "b", reason="wrong")
    doing = {
        "put": lambda: put(database, row("c")),
        "drop": lambda: drop(database, ("a", "en")),
        "quarantine": lambda: ask(database, quarantine, "a", reason="wrong"),
        "release": lambda: ask(database, release, "b"),
    }

    assert await notices_of(database, doing[work]) == [CHANGED]


async def test_a_quarantine_is_written_into_what_is_read(database):
    await put(database, row("a"), row("b"))
    await ask(database, quarantine, "a", reason="burns batteries")

    assert [d["quarantined"] for d in await ask(database, article_documents)] == ["burns batteries", ""]


async def test_a_quarantine_takes_all_languages_or_one(database):
    await put(database, row("a"), row("a", "de"), row("b"), row("b", "de"))

    assert await ask(database, quarantine, "a", reason="wrong") == [("a", "de"), ("a", "en")]
    assert await ask(database, quarantine, "b", reason="wrong", language="de") == [("b", "de")]
    assert set(await ask(database, quarantined_articles)) == {("a", "en"), ("a", "de"), ("b", "de")}


async def test_a_quarantine_of_what_is_not_there_takes_nothing(database):
    assert await ask(database, quarantine, "absent", reason="wrong") == []
    assert await ask(database, quarantined_articles) == {}


async def test_a_second_quarantine_gives_the_new_reason(database):
    await put(database, row("a"))
    await ask(database, quarantine, "a", reason="old")
    await ask(database, quarantine, "a", reason="new")

    assert await ask(database, quarantined_articles) == {("a", "en"): "new"}


async def test_a_quarantine_outlives_every_writing_and_removal_of_its_article(database):
    await put(database, row("a"))
    await ask(database, quarantine, "a", reason="wrong")
    await put(database, row("a", fingerprint="f2"))
    await drop(database, ("a", "en"))
    await put(database, row("a", fingerprint="f3"))

    assert [d["quarantined"] for d in await ask(database, article_documents)] == ["wrong"]


async def test_a_release_ends_a_quarantine_in_all_languages_or_one(database):
    await put(database, row("a"), row("a", "de"), row("a", "es"))
    await ask(database, quarantine, "a", reason="wrong")

    assert await ask(database, release, "a", language="es") == [("a", "es")]
    assert await ask(database, release, "a") == [("a", "de"), ("a", "en")]
    assert await ask(database, release, "a") == []


async def test_a_quarantine_waits_for_no_writing_of_articles(database):
    await put(database, row("a"))
    async with database.begin() as importing:
        await put_articles(importing, [row("b")])

        assert await ask(database, quarantine, "a", reason="wrong") == [("a", "en")]
