from __future__ import annotations

from datetime import date

import pytest

from bot.errors import DataError
from knowledge.importers.discourse import read_discourse
from knowledge.importers.found import Imported, Reached, Skipped, Why
from tests.knowledge.importers.board import Board, a_post, a_topic
from tests.knowledge.importers.sources import some_terms


async def found(opened, board, *, terms=None, **given):
    async with opened(board) as forum:
        return [item async for item in read_discourse(forum, terms or some_terms(), **given)]


async def test_a_solved_topic_becomes_an_article(opened):
    (imported, _) = await found(opened, Board([a_topic(7)]))
    article = imported.article

    assert (article.id, article.question, article.topic) == ("kettles-7", "Why does my kettle hum?", "noise")
    assert (article.full_answer, article.author, article.votes) == ("Post 2: the plate warms up.", "ines", 6)
    assert (article.accepted, article.reviewed, article.last_verified) == (True, False, date(2026, 2, 4))
    assert article.url.endswith("/t/7/2")


SECOND = {"post_stream": {"posts": [a_post(1), a_post(2)]}}


@pytest.mark.parametrize(
    "topic",
    [
        a_topic(7),
        a_topic(7, whole={**SECOND, "accepted_answer": {"post_number": 2, "username": "ines"}}),
        a_topic(7, whole={**SECOND, "accepted_answers": [a_post(2), a_post(3)]}),
        a_topic(7, whole={"post_stream": {"posts": [a_post(1)]}, "accepted_answer": {"post_number": 2}}),
    ],
    ids=["marked post", "its number", "several", "beyond the first posts"],
)
async def test_the_solution_is_found_in_whichever_way_the_forum_tells_it(opened, topic):
    (imported, _) = await found(opened, Board([topic]))

    assert imported.article.full_answer == "Post 2: the plate warms up."


@pytest.mark.parametrize(
    ("topic", "why"),
    [
        (a_topic(7, solved=False), Why.UNSOLVED),
        (a_topic(7) | {"whole": None}, Why.GONE),
        (a_topic(7, whole={"post_stream": {"posts": [a_post(1)]}}), Why.GONE),
        (a_topic(7, whole={"post_stream": {"posts": [a_post(2, cooked="<img>", accepted_answer=True)]}}), Why.EMPTY),
    ],
    ids=["unsolved", "deleted", "solution gone", "nothing but a picture"],
)
async def test_what_is_no_good_is_skipped_with_the_reason(opened, topic, why):
    board = Board([topic])
    (skipped, _) = await found(opened, board)

    assert isinstance(skipped, Skipped)
    assert skipped.why is why
    assert skipped.where.endswith("/t/7")
    assert board.asked["/t/7.json"] == (why is not Why.UNSOLVED)


async def test_pages_are_read_one_by_one_and_each_is_a_place_to_go_on_from(opened):
    told = []
    board = Board([a_topic(1), a_topic(2), a_topic(3)])
    items = await found(opened, board, progress=lambda *given: told.append(given))

    assert [type(item) for item in items] == [Imported, Imported, Reached, Imported, Reached]
    assert [item.cursor for item in items if isinstance(item, Reached)] == ["1 ", ""]
    assert told == [("Reading pages", 1, 2), ("Reading pages", 2, 2)]


@pytest.mark.parametrize("category", ["", "help/5"])
async def test_reading_goes_on_from_a_cursor(opened, category):
    board = Board([a_topic(1), a_topic(2), a_topic(3)])
    first = await found(opened, board, category=category)
    cursor = next(item.cursor for item in first if isinstance(item, Reached))
    items = await found(opened, board, category=category, cursor=cursor)

    assert [item.article.id for item in items if isinstance(item, Imported)] == ["kettles-3"]


async def test_a_cursor_of_another_category_counts_for_nothing(opened):
    items = await found(opened, Board([a_topic(1), a_topic(2), a_topic(3)]), category="help/5", cursor="1 ")

    assert len(items) == 5


async def test_one_category_can_be_read(opened):
    board = Board([a_topic(1)])
    await found(opened, board, category="help/5")

    assert board.asked["/c/help/5.json"] == 1


async def test_a_topic_that_is_given_spares_asking_for_categories(opened):
    board = Board([a_topic(1)])
    (imported, _) = await found(opened, board, terms=some_terms(topic="kettles"))

    assert imported.article.topic == "kettles"
    assert board.asked["/site.json"] == 0


async def test_a_forum_that_shows_nothing_is_an_error_and_not_an_empty_source(opened):
    with pytest.raises(DataError, match=r"shows no solved topic\. Perhaps it wants a key"):
        await found(opened, Board())
