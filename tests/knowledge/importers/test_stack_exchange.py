from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import DataError
from knowledge.importers.found import Imported, Skipped, Why
from knowledge.importers.stack_exchange import read_stack_exchange
from tests.knowledge.importers.sources import a_question, an_answer, as_xml, some_terms


@pytest.fixture
def dump(tmp_path):
    """Writes the files of a dump and gives their folder."""

    def write(posts, users=None):
        (tmp_path / "Posts.xml").write_text(as_xml("posts", posts))
        if users is not None:
            (tmp_path / "Users.xml").write_text(as_xml("users", users))
        return tmp_path

    return write


def articles(folder, **given):
    found = read_stack_exchange(folder, some_terms(), **given)
    return [item.article for item in found if isinstance(item, Imported)]


def skipped(folder, **given):
    found = read_stack_exchange(folder, some_terms(), **given)
    return [(item.where.rpartition(":")[2], item.why) for item in found if isinstance(item, Skipped)]


def test_a_question_with_its_accepted_answer_becomes_an_article(dump):
    posts = [
        a_question(1, AcceptedAnswerId=3),
        an_answer(2, 1, Score=90),
        an_answer(3, 1, Score=4, OwnerUserId=8, LastActivityDate="2026-04-05T10:00:00.000"),
    ]
    (article,) = articles(dump(posts, [{"Id": 8, "DisplayName": "Ines", "Reputation": 321}]), site="kettles.example")

    assert (article.id, article.topic, article.question) == ("kettles-1", "noise", "Why does kettle 1 hum?")
    assert (article.full_answer, article.votes, article.accepted) == ("Answer 3: the plate warms up.", 4, True)
    assert (article.author, article.reputation) == ("Ines", 321)
    assert (article.last_verified, article.url) == (date(2026, 4, 5), "https://kettles.example/a/3")


def test_the_posts_alone_are_enough(dump):
    folder = dump([a_question(1), an_answer(2, 1, OwnerUserId=8, OwnerDisplayName="gone8")])

    assert [(a.author, a.reputation) for a in articles(folder / "Posts.xml")] == [("gone8", 0)]


@pytest.mark.parametrize("tags", ["<noise><plate>", "|noise|plate|"])
def test_the_first_tag_is_the_topic_in_both_ways_of_writing_tags(dump, tags):
    assert articles(dump([a_question(1, Tags=tags), an_answer(2, 1)]))[0].topic == "noise"


@pytest.mark.parametrize(
    ("answers", "chosen"),
    [
        ([an_answer(2, 1, Score=3), an_answer(3, 1, Score=9)], 3),
        ([an_answer(2, 1, Score=9), an_answer(3, 1, Score=9)], 2),
        ([an_answer(2, 1, Score=9), an_answer(7, 1, Score=0)], 7),
        ([an_answer(2, 1, Score=9), an_answer(7, 1, Score=-1)], 2),
        ([an_answer(2, 1, Score=5)], 2),
    ],
    ids=["the best", "the first of the best", "the accepted", "not one voted down", "instead of a deleted one"],
)
def test_one_answer_is_chosen(dump, answers, chosen):
    (article,) = articles(dump([a_question(1, AcceptedAnswerId=7), *answers]))

    assert article.full_answer.startswith(f"Answer {chosen}:")
    assert article.accepted is (chosen == 7)


@pytest.mark.parametrize(
    ("posts", "why"),
    [
        ([a_question(1, ClosedDate="2020-01-01T00:00:00.000"), an_answer(2, 1)], Why.CLOSED),
        ([a_question(1, Score=-1), an_answer(2, 1)], Why.NEGATIVE_SCORE),
        ([a_question(1, Title=" "), an_answer(2, 1)], Why.EMPTY),
        ([a_question(1)], Why.NO_ANSWER),
        ([a_question(1, AcceptedAnswerId=2)], Why.NO_ANSWER),
        ([a_question(1), an_answer(2, 1, Score=0)], Why.LOW_SCORE),
        ([a_question(1, Title="x" * 301), an_answer(2, 1)], Why.TOO_LONG),
        ([a_question(1), an_answer(2, 1, Body="<img src='x'>")], Why.EMPTY),
        ([a_question(1, Title="Was der Kessel tut?!"), an_answer(2, 1)], Why.LANGUAGE_UNCLEAR),
    ],
)
def test_what_is_no_good_is_skipped_with_the_reason(dump, posts, why):
    assert [reason for _, reason in skipped(dump(posts))] == [why]


def test_the_least_score_is_a_choice(dump):
    folder = dump([a_question(1), an_answer(2, 1, Score=4)])

    assert len(articles(folder, min_score=4)) == 1
    assert skipped(folder, min_score=5) == [("3", Why.LOW_SCORE)]


def test_other_kinds_of_posts_are_passed_over(dump):
    posts = [a_question(1), an_answer(2, 1), {"Id": 3, "PostTypeId": 5}, an_answer(4, 99)]

    assert len(articles(dump(posts))) == 1
    assert skipped(dump(posts)) == []


POSTS = [a_question(n, AcceptedAnswerId=n + 20) for n in range(1, 6)] + [an_answer(n + 20, n) for n in range(1, 6)]


@given(st.permutations(POSTS))
def test_the_order_of_the_posts_does_not_matter(tmp_path_factory, posts):
    folder = tmp_path_factory.mktemp("dump")
    (folder / "Posts.xml").write_text(as_xml("posts", posts))

    assert {(a.id, a.full_answer) for a in articles(folder)} == {
        (f"kettles-{n}", f"Answer {n + 20}: the plate warms up.") for n in range(1, 6)
    }


@pytest.mark.parametrize(
    ("posts", "users", "said"),
    [
        ([{"Id": 1}], None, "Posts.xml:3: PostTypeId '' is no number"),
        ([a_question("one")], None, "Posts.xml:3: Id 'one' is no number"),
        ([a_question(1), an_answer(2, 1), an_answer(3, "")], None, "Posts.xml:5: ParentId '' is no number"),
        ([a_question(1), an_answer(2, 1), an_answer(3, 1, CreationDate="?")], None, "Posts.xml:5: CreationDate"),
        ([a_question(1), an_answer(2, 1, OwnerUserId="?")], None, "Posts.xml:4: OwnerUserId"),
        ([a_question(1), an_answer(2, 1), a_question(1)], None, r"Posts.xml:5: the id 1 is at .*Posts.xml:3 already"),
        ([a_question(1), an_answer(2, 1)], [{"Id": "?"}], "Users.xml:3: Id"),
        ([an_answer(2, 1)], None, "Posts.xml: holds no question"),
    ],
)
def test_a_fault_is_named_by_file_and_line_before_anything_is_imported(dump, posts, users, said):
    found = read_stack_exchange(dump(posts, users), some_terms())

    with pytest.raises(DataError, match=said):
        next(item for item in found if isinstance(item, Imported))


def test_a_folder_without_a_dump_is_an_error(tmp_path):
    with pytest.raises(DataError, match=r"Posts\.xml: cannot be read"):
        articles(tmp_path)
