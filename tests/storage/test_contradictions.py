from __future__ import annotations

import asyncio

import pytest

from bot.errors import IllegalMove
from storage.contradictions import keep_both, overruled, put_all, waiting
from storage.library import put_articles, quarantine, release
from storage.notices import Notice, Subject, listening, notify
from tests.storage.locks import PATIENCE_SECONDS

LAST = Notice(subject=Subject.HEARD)


def article(article_id, language="en"):
    document = {"id": article_id, "language": language, "question": f"{article_id}?"}
    return {**document, "topic": "t", "fingerprint": "1", "document": document}


def found(winner="official", loser="forum", language="en", fingerprint="f1"):
    return {
        "language": language,
        "winner_id": winner,
        "loser_id": loser,
        "kind": "months",
        "winner_says": "24 months.",
        "loser_says": "12 months.",
        "fingerprint": fingerprint,
    }


@pytest.fixture
async def stored(database):
    """A database with three articles in English and two of them in German."""
    rows = [*map(article, ("official", "forum", "other")), article("official", "de"), article("forum", "de")]
    async with database.begin() as connection:
        await put_articles(connection, rows)
    return database


async def put(database, *rows):
    async with database.begin() as connection:
        await put_all(connection, rows)


async def keep(database, by="Olga", **changed):
    pair = {**found(), **changed}
    names = ("language", "winner_id", "loser_id", "fingerprint")
    async with database.begin() as connection:
        await keep_both(connection, **{name: pair[name] for name in names}, by=by)


async def listed(database):
    async with database.begin() as connection:
        return [
            (pair.winner["id"], pair.loser["id"], pair.winner["language"], pair.fingerprint)
            for pair in await waiting(connection)
        ]


async def lost(database):
    async with database.begin() as connection:
        return await overruled(connection)


async def test_a_pair_waits_with_both_articles_and_what_they_say(stored):
    await put(stored, found())

    async with stored.begin() as connection:
        [pair] = await waiting(connection)
    assert (pair.winner["question"], pair.loser["question"], pair.kind) == ("official?", "forum?", "months")
    assert (pair.winner_says, pair.loser_says) == ("24 months.", "12 months.")


async def test_the_loser_is_overruled_in_its_language_by_all_that_won(stored):
    await put(stored, found(), found(winner="other"), found(language="de"))

    assert await lost(stored) == {
        ("forum", "en"): frozenset({("official", "en"), ("other", "en")}),
        ("forum", "de"): frozenset({("official", "de")}),
    }


async def test_what_is_found_no_more_is_gone(stored):
    await put(stored, found(), found(language="de"))
    await put(stored, found(language="de"))

    assert await listed(stored) == [("official", "forum", "de", "f1")]

    await put(stored)

    assert await listed(stored) == []


async def test_a_pair_that_may_stay_overrules_nobody_and_waits_no_more(stored):
    await put(stored, found(), found(language="de"))
    await keep(stored)

    assert await listed(stored) == [("official", "forum", "de", "f1")]
    assert list(await lost(stored)) == [("forum", "de")]


async def test_a_pair_that_may_stay_is_not_asked_about_again_when_it_is_found_again(stored):
    await put(stored, found())
    await keep(stored)
    await put(stored, found())

    assert await listed(stored) == []


async def test_a_pair_that_may_stay_is_asked_about_again_when_one_of_them_changes(stored):
    await put(stored, found())
    await keep(stored)
    await put(stored, found(fingerprint="f2"))

    assert await listed(stored) == [("official", "forum", "en", "f2")]


async def test_a_pair_whose_winner_changes_sides_is_asked_about_again(stored):
    await put(stored, found())
    await keep(stored)
    await put(stored, found(winner="forum", loser="official"))

    assert await listed(stored) == [("forum", "official", "en", "f1")]


@pytest.mark.parametrize("changed", [{"fingerprint": "f0"}, {"loser_id": "other"}, {"language": "es"}])
async def test_a_verdict_on_something_else_than_what_is_listed_is_refused(stored, changed):
    await put(stored, found())

    with pytest.raises(IllegalMove):
        await keep(stored, **changed)


async def test_only_the_first_verdict_counts(stored):
    await put(stored, found())
    await keep(stored, by="Olga")

    with pytest.raises(IllegalMove, match="settled this already"):
        await keep(stored, by="Ben")


@pytest.mark.parametrize("article_id", ["official", "forum"])
async def test_a_pair_with_an_article_in_quarantine_waits_for_its_release(stored, article_id):
    await put(stored, found())
    async with stored.begin() as connection:
        await quarantine(connection, article_id, reason="wrong", language="en")

    assert await listed(stored) == []

    async with stored.begin() as connection:
        await release(connection, article_id)

    assert await listed(stored) == [("official", "forum", "en", "f1")]


async def test_a_pair_whose_article_is_gone_is_not_listed(stored):
    await put(stored, found(loser="removed"))

    assert await listed(stored) == []


async def test_all_processes_learn_of_a_change_and_of_nothing_else(stored):
    async with listening(stored) as notices:
        await put(stored, found())
        await put(stored, found())
        await keep(stored)
        async with stored.begin() as connection:
            await notify(connection, LAST)
        async with asyncio.timeout(PATIENCE_SECONDS):
            told = [await anext(notices) for _ in range(3)]

    assert told == [Notice(subject=Subject.KNOWLEDGE), Notice(subject=Subject.KNOWLEDGE), LAST]
