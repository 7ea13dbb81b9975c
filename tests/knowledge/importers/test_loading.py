from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.errors import DataError
from knowledge.article import Article
from knowledge.importers.admitting import Entry
from knowledge.importers.discourse import read_discourse
from knowledge.importers.found import Imported, Reached, Skipped, Why
from knowledge.importers.json_lines import read_json_lines
from knowledge.importers.loading import BATCH, find_cursor, load, off_the_loop
from knowledge.importers.reporting import EXAMPLES
from storage import library
from tests.knowledge.importers.board import Board, a_topic
from tests.knowledge.importers.sources import TODAY, a_row, as_json_lines, some_terms

ORIGIN = {"origin": "kettles", "today": TODAY}


def imported(number, origin="kettles", **given):
    entry = Entry(where=f"faq:{number}", id=str(number), question="Why does it hum?", answer=f"Plate {number}.")
    return some_terms(origin=origin).admit(replace(entry, **given))


async def stream(*items):
    for item in items:
        if isinstance(item, Exception):
            raise item
        yield item


async def documents(database):
    async with database.begin() as connection:
        return [Article.from_document(document) for document in await library.article_documents(connection)]


async def put(database, article):
    row = {name: getattr(article, name) for name in ("id", "language", "topic", "fingerprint")}
    async with database.begin() as connection:
        await library.put_articles(connection, [{**row, "document": article.to_document()}])


def counts(report):
    return {
        name: getattr(report, name) for name in ("added", "changed", "unchanged", "removed") if getattr(report, name)
    }


async def test_what_is_found_is_stored_as_it_is(database):
    items = [imported(number) for number in range(BATCH + 3)]
    report = await load(database, stream(*items), **ORIGIN)

    assert sorted(await documents(database), key=repr) == sorted((item.article for item in items), key=repr)
    assert counts(report) == {"added": BATCH + 3}
    assert report.read == BATCH + 3


async def test_a_second_import_changes_nothing_and_says_so(database):
    await load(database, stream(imported(1), imported(2)), **ORIGIN)
    before = await documents(database)
    report = await load(database, stream(imported(1), imported(2)), **ORIGIN)

    assert counts(report) == {"unchanged": 2}
    assert await documents(database) == before


async def test_a_changed_article_takes_the_place_of_its_former_form(database):
    await load(database, stream(imported(1), imported(2)), **ORIGIN)
    report = await load(database, stream(imported(1, answer="Another plate."), imported(2)), **ORIGIN)

    assert counts(report) == {"changed": 1, "unchanged": 1}
    assert [article.full_answer for article in await documents(database)] == ["Another plate.", "Plate 2."]


async def test_an_article_that_is_found_twice_counts_once(database):
    report = await load(database, stream(imported(1), imported(1, answer="Another plate.")), **ORIGIN)

    assert (counts(report), report.read) == ({"added": 1}, 1)


async def test_what_was_stored_before_an_error_stays_and_is_not_stored_again(database):
    items = [imported(number) for number in range(BATCH + 5)]
    with pytest.raises(DataError):
        await load(database, stream(*items, DataError("broken.", file="faq")), **ORIGIN)
    report = await load(database, stream(*items), **ORIGIN)

    assert counts(report) == {"added": 5, "unchanged": BATCH}


@pytest.mark.parametrize("prune", [True, False])
async def test_what_the_source_no_longer_has_is_removed_only_on_request(database, prune):
    await load(database, stream(imported(1), imported(2)), **ORIGIN)
    report = await load(database, stream(imported(2)), prune=prune, **ORIGIN)

    assert (report.absent, report.removed) == (1, int(prune))
    assert len(await documents(database)) == 2 - prune


async def test_articles_of_other_origins_are_neither_removed_nor_absent(database):
    await load(database, stream(imported(1, origin="teapots")), origin="teapots", today=TODAY)
    report = await load(database, stream(imported(1)), prune=True, **ORIGIN)

    assert (report.added, report.absent) == (1, 0)
    assert [article.id for article in await documents(database)] == ["kettles-1", "teapots-1"]


async def test_an_id_that_another_origin_has_is_left_to_it(database):
    theirs = replace(imported(1).article, origin="teapots")
    await put(database, theirs)
    report = await load(database, stream(imported(1), imported(2)), **ORIGIN)

    assert (report.added, report.read, report.skipped) == (1, 2, {Why.ID_TAKEN: 1})
    assert report.examples == (Skipped(where="the article kettles-1", why=Why.ID_TAKEN),)
    assert (await documents(database))[0] == theirs


async def test_what_a_person_reviewed_is_kept(database):
    reviewed = replace(imported(1).article, reviewed=True, short_answer="It is normal.")
    await put(database, reviewed)
    report = await load(database, stream(imported(1)), prune=True, **ORIGIN)

    assert (report.kept, counts(report)) == (1, {})
    assert await documents(database) == [reviewed]


async def test_what_was_skipped_is_counted_by_reason_with_the_first_as_examples(database):
    closed = [Skipped(where=f"faq:{number}", why=Why.CLOSED) for number in range(EXAMPLES + 2)]
    report = await load(database, stream(*closed, Skipped(where="faq:9", why=Why.EMPTY)), **ORIGIN)

    assert report.skipped == {Why.CLOSED: EXAMPLES + 2, Why.EMPTY: 1}
    assert report.examples == (*closed[:EXAMPLES], Skipped(where="faq:9", why=Why.EMPTY))
    assert report.read == EXAMPLES + 3


async def test_what_is_past_its_day_is_stored_and_counted(database):
    report = await load(database, stream(imported(1, valid_until=date(2020, 1, 1)), imported(2)), **ORIGIN)

    assert (report.added, report.expired) == (2, 1)


async def test_nothing_of_a_wrong_file_is_imported(database, tmp_path):
    file = tmp_path / "faq.jsonl"
    file.write_text(as_json_lines(*(a_row(number) for number in range(BATCH + 1))) + "nonsense\n")
    with pytest.raises(DataError):
        await load(database, off_the_loop(read_json_lines(file, some_terms())), **ORIGIN)

    assert await documents(database) == []


async def test_the_cursor_moves_with_what_was_stored(database):
    items = (imported(1), Reached(cursor="1"), imported(2), DataError("broken.", file="forum"))
    with pytest.raises(DataError):
        await load(database, stream(*items), **ORIGIN)

    assert await find_cursor(database, "kettles") == "1"
    assert [article.id for article in await documents(database)] == ["kettles-1"]


async def test_an_interrupted_import_of_a_forum_goes_on_and_the_next_begins_anew(database, opened):
    board = Board([a_topic(1), a_topic(2), a_topic(3)])
    good, board.topics[3]["whole"] = board.topics[3]["whole"], {"post_stream": "broken"}
    async with opened(board) as forum:

        async def once():
            cursor = await find_cursor(database, "kettles")
            found = read_discourse(forum, some_terms(), cursor=cursor)
            return await load(database, found, whole=not cursor, **ORIGIN)

        with pytest.raises(DataError):
            await once()
        board.topics[3]["whole"] = good
        second, third = await once(), await once()

    assert (counts(second), second.absent) == ({"added": 1}, 0)
    assert counts(third) == {"unchanged": 3}
    assert board.asked["/t/1.json"] == 2


async def test_an_iterator_is_read_in_order_off_the_loop():
    items = [imported(number) for number in range(BATCH * 2 + 1)]

    assert [item async for item in off_the_loop(iter(items))] == items
    assert all(isinstance(item, Imported) for item in items)
