"""Librarians on a real database: what one process stores, every other one searches."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime

import psycopg
import pytest
from sqlalchemy import insert

from bot import service
from bot.nlu.hashing import HashingEncoder
from bot.training import Librarian, index, load_brain, train
from bot.training.encoding import texts_of
from bot.training.keeping import ENCODED_AT_ONCE, READ_AT_ONCE
from knowledge.article import Article
from storage import library, vectors
from storage.database import Database
from storage.tables import articles
from tests.bot.folders import write_article
from tests.bot.nlu.schooling import CountingEncoder
from tests.knowledge.shelves import LIBRARY, an_article
from tests.storage.locks import blocked

PATIENCE_SECONDS = 30

PRINTER = an_article(
    "printer-offline",
    topic="printers",
    question="Why is my printer offline?",
    ask=("the printer does not answer", "printing never starts", "my printer is grey in the list"),
    short_answer="Restart the printer and the router.",
    full_answer="A printer that sleeps too deeply looks offline.",
)
ASKED = "printing never starts although my printer is on"


@pytest.fixture
def database_url(taught_url):
    """The database of each of these tests was trained before."""
    return taught_url


@pytest.fixture
def trained(taught):
    """What was trained on the small knowledge base."""
    return taught[1]


@pytest.fixture
def bench():
    with ThreadPoolExecutor(1) as executor:
        yield executor


@pytest.fixture
def librarian(trained, settings, database, bench):
    return Librarian(trained, settings, database, bench=bench)


@pytest.fixture
async def processes(trained, settings, database_url, bench):
    """Two librarians, each with a database of its own, as in two processes."""
    async with Database(database_url) as one, Database(database_url) as two:
        librarians = [Librarian(trained, settings, own, bench=bench) for own in (one, two)]
        async with keeping(*librarians):
            yield librarians


@asynccontextmanager
async def keeping(*librarians):
    tasks = [asyncio.create_task(librarian.keep()) for librarian in librarians]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until(asked, *librarians):
    """Ask each of *librarians* again and again until the answer is true."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not all(map(asked, librarians)):
            await asyncio.sleep(0.01)


async def put(database, *articles):
    async with database.begin() as connection:
        await library.put_articles(connection, [article.to_row() for article in articles])


async def drop(database, *keys):
    async with database.begin() as connection:
        await library.drop_articles(connection, keys)


async def quarantine(database, article_id):
    async with database.begin() as connection:
        await library.quarantine(connection, article_id, reason="wrong")


async def release(database, article_id):
    async with database.begin() as connection:
        await library.release(connection, article_id)


def search(brain, said=ASKED):
    """Give the ids of what is found."""
    understood = [replace(one, language="en") for one in brain.steps.understander.understand([said])]
    return [candidate.article_id for candidate in brain.steps.retriever.retrieve(understood)[0]]


def finds(librarian, article_id="printer-offline", said=ASKED):
    return search(librarian.brain, said)[:1] == [article_id]


def misses(librarian, article_id="printer-offline", said=ASKED):
    return article_id not in search(librarian.brain, said)


async def test_every_process_finds_an_added_article_and_no_longer_a_removed_one(processes, database):
    await put(database, PRINTER)
    await until(finds, *processes)
    await drop(database, ("printer-offline", "en"))
    await until(misses, *processes)


async def test_every_process_finds_a_changed_article_by_its_new_words_only(processes, database):
    await put(database, PRINTER)
    await put(
        database, replace(PRINTER, ask=("the scanner hums",), question="Why does it hum?", short_answer="It scans.")
    )
    await until(lambda librarian: finds(librarian, said="the scanner hums all the time"), *processes)

    assert [librarian.brain.knowledge.articles["printer-offline", "en"].ask for librarian in processes] == [
        ("the scanner hums",)
    ] * 2


async def test_no_process_finds_an_article_in_quarantine_and_each_does_after_its_release(processes, database):
    await put(database, PRINTER)
    await until(finds, *processes)
    await quarantine(database, "printer-offline")
    await until(misses, *processes)
    await release(database, "printer-offline")
    await until(finds, *processes)


async def test_processes_that_find_the_same_work_share_it(trained, settings, database, database_url):
    encoders = [CountingEncoder(), CountingEncoder()]
    brains = [await load_brain(settings, database, encoder) for encoder in encoders]
    many = [replace(PRINTER, id=f"printer-{n}", question=f"Why is printer {n} offline?") for n in range(40)]
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as two:
        async with Database(database_url) as first, Database(database_url) as second:
            librarians = [
                Librarian(brains[0], settings, first, bench=one),
                Librarian(brains[1], settings, second, bench=two),
            ]
            await put(database, *many)
            await asyncio.gather(*(librarian.look() for librarian in librarians))
    encoded = [said for encoder in encoders for one_pass in encoder.passes for said in one_pass]

    assert sorted(encoded) == sorted(texts_of(many))
    assert [finds(librarian, said="printer 7 offline", article_id="printer-7") for librarian in librarians] == [
        True
    ] * 2


async def test_searches_go_on_while_the_shelves_change(librarian, database):
    many = [replace(PRINTER, id=f"printer-{n}", question=f"Why is printer {n} offline?") for n in range(20)]
    await put(database, *many)
    looking = asyncio.create_task(librarian.look())
    brains = [librarian.brain]
    while not looking.done():
        assert finds(librarian, "battery-drains", "my laptop battery dies quickly")
        brains.append(librarian.brain)
        await asyncio.sleep(0)
    await looking

    assert {len(brain.knowledge.articles) for brain in brains} <= {len(LIBRARY), len(LIBRARY) + len(many)}
    assert len(librarian.brain.knowledge.articles) == len(LIBRARY) + len(many)


async def test_what_nobody_announced_is_found_at_the_next_look(trained, settings, database, bench):
    librarian = Librarian(trained, settings, database, bench=bench, patience=0.02)
    async with keeping(librarian):
        async with database.begin() as connection:
            await connection.execute(insert(articles).values(**PRINTER.to_row()))
        await until(finds, librarian)


async def test_a_change_that_is_committed_after_a_later_one_began_is_not_missed(librarian, database):
    async with database.begin() as early:
        await library.put_articles(early, [PRINTER.to_row()])
        late = asyncio.create_task(put(database, replace(PRINTER, id="later", question="Why is it late?")))
        await blocked(database)
        await librarian.look()
    await late
    await librarian.look()

    assert {("printer-offline", "en"), ("later", "en")} <= librarian.brain.knowledge.articles.keys()


async def test_more_changes_than_are_read_at_once_all_arrive(librarian, database):
    many = [replace(PRINTER, id=f"printer-{n}") for n in range(2 * READ_AT_ONCE + 1)]
    await put(database, *many)
    await librarian.look()

    assert len(librarian.brain.knowledge.articles) == len(LIBRARY) + len(many)


async def test_an_article_that_was_changed_and_changed_back_stays_as_it_was(librarian, database):
    [first] = [article for article in LIBRARY if article.id == "wifi-drops"]
    await put(database, replace(first, question="Why is the network gone?"))
    await put(database, first)
    await librarian.look()

    assert librarian.brain.knowledge.articles["wifi-drops", "en"] == first


async def test_an_expired_article_leaves_the_shelves_at_midnight(trained, settings, database, bench):
    days = [datetime(2026, 11, 20, 23, 59, tzinfo=UTC)]
    librarian = Librarian(trained, settings, database, bench=bench, clock=lambda: days[-1])
    await put(database, replace(PRINTER, valid_until=date(2026, 11, 20)))
    await librarian.look()
    valid = ("printer-offline", "en") in librarian.brain.knowledge.articles
    days.append(datetime(2026, 11, 21, tzinfo=UTC))
    await librarian.look()

    assert valid
    assert ("printer-offline", "en") not in librarian.brain.knowledge.articles


async def test_an_article_that_is_prolonged_comes_back(librarian, database):
    await put(database, replace(PRINTER, valid_until=date(2020, 1, 1)))
    await librarian.look()
    expired = ("printer-offline", "en") not in librarian.brain.knowledge.articles
    await put(database, PRINTER)
    await librarian.look()

    assert expired
    assert finds(librarian)


async def test_indexing_anew_lifts_no_quarantine(librarian, settings, database):
    await quarantine(database, "wifi-drops")
    await librarian.look()
    write_article(settings.data.articles, an_article("wifi-drops", question="Why is my network gone?"))
    await index(settings, database, HashingEncoder())
    await librarian.look()

    assert ("wifi-drops", "en") not in librarian.brain.knowledge.articles


async def test_a_quarantine_waits_for_no_encoder(settings, trained, database, database_url, bench):
    shelved = []

    class Watching(HashingEncoder):
        """Puts an article into quarantine with its first pass, and notes at each one whether it is on the shelf."""

        def encode(self, texts):
            shelved.append(("wifi-drops", "en") in librarian.brain.knowledge.articles)
            if len(shelved) == 1:
                with psycopg.connect(database_url) as connection:
                    connection.execute("insert into quarantines values ('wifi-drops', 'en', 'wrong')")
            return super().encode(texts)

    librarian = Librarian(await load_brain(settings, database, Watching()), settings, database, bench=bench)
    await put(database, *(replace(PRINTER, id=f"p{n}", question=f"Question {n}?") for n in range(ENCODED_AT_ONCE)))
    await librarian.look()

    assert shelved[:2] == [True, False]


async def test_the_last_article_may_go(librarian, database):
    await drop(database, *librarian.brain.knowledge.articles)
    await librarian.look()

    assert search(librarian.brain) == []


async def test_vectors_that_are_gone_are_made_anew(librarian, database):
    await quarantine(database, "wifi-drops")
    await librarian.look()
    async with database.begin() as connection:
        await vectors.drop_other_models(connection, model="another", revision="1")
    await release(database, "wifi-drops")
    await librarian.look()

    assert ("wifi-drops", "en") in librarian.brain.knowledge.articles


async def test_a_process_that_starts_before_all_is_encoded_finds_the_rest_later(trained, settings, database, bench):
    await put(database, PRINTER)
    librarian = Librarian(await load_brain(settings, database, HashingEncoder()), settings, database, bench=bench)
    before = finds(librarian)
    await librarian.look()

    assert (before, finds(librarian)) == (False, True)


async def test_what_was_added_or_changed_since_training_is_not_audited_until_training_again(
    librarian, settings, database
):
    changed = an_article("wifi-drops", question="Why is my network gone?")
    await put(database, PRINTER, changed)
    await librarian.look()
    before = [article.id for article in librarian.brain.knowledge.articles.values() if not audited(librarian, article)]
    await train(settings, database, HashingEncoder())
    await librarian.look()

    assert sorted(before) == ["printer-offline", "wifi-drops"]
    assert all(audited(librarian, article) for article in librarian.brain.knowledge.articles.values())


def audited(librarian, article: Article):
    return librarian.brain.is_audited(article)


async def test_what_was_trained_for_another_encoder_is_left_to_others(librarian, settings, database):
    before = librarian.brain
    other = HashingEncoder(64)
    await index(settings, database, other)
    await train(settings, database, other)
    await librarian.look()

    assert librarian.brain is before


async def test_decisions_name_the_knowledge_base_that_they_were_made_with(librarian, database):
    before = librarian.brain.versions["knowledge"]
    await put(database, PRINTER)
    await librarian.look()
    with_printer = librarian.brain.versions["knowledge"]
    await drop(database, ("printer-offline", "en"))
    await librarian.look()

    assert with_printer != before
    assert librarian.brain.versions["knowledge"] == before


async def test_a_running_service_answers_from_what_was_added_meanwhile(trained, settings, database):
    async with service.running(settings, database, trained, serve=False) as running:
        assert misses(running)
        await put(database, PRINTER)
        await until(finds, running)
