from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responders.x.payloads import Malformed, Post, read_page, read_post


def post(**changes):
    given = {
        "id": "1990000000000000001",
        "text": "@TarnwellHelp it is hot",
        "author_id": "42",
        "created_at": "2026-11-21T09:00:00.000Z",
    }
    return {name: value for name, value in (given | changes).items() if value is not ...}


@pytest.mark.parametrize("names", [("tweet", "tweets"), ("post", "posts")])
def test_both_dialects_are_read(names):
    one, many = names
    raw = post(
        **{
            f"edit_history_{one}_ids": ["1990000000000000000", "1990000000000000001"],
            f"referenced_{many}": [{"type": "quoted", "id": "7"}],
            f"note_{one}": {"text": "the whole of it"},
        }
    )
    page = read_page({"data": [raw], "includes": {many: [post(id="7")]}})
    [read] = page.posts
    assert (read.versions[0], read.referenced("quoted")) == ("1990000000000000000", "7")
    assert read.note is not None
    assert read.note.text == "the whole of it"
    assert set(page.parents) == {"7"}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"id": ...}, "id: missing"),
        ({"id": 5}, "id: string_type"),
        ({"id": "12a"}, "id: string_pattern_mismatch"),
        ({"text": ...}, "text: missing"),
        ({"text": None}, "text: missing"),
        ({"author_id": ...}, "author_id: missing"),
        ({"created_at": "yesterday"}, "created_at: datetime_from_date_parsing"),
        ({"created_at": "2026-11-21T09:00:00"}, "created_at: timezone_aware"),
        ({"referenced_tweets": [{"type": "quoted"}]}, "referenced_tweets.0.id: missing"),
    ],
)
def test_a_malformed_post_says_which_field_is_wrong(changes, problem):
    read = read_post(post(**changes))
    assert isinstance(read, Malformed)
    assert problem in read.problems


def test_a_malformed_post_does_not_repeat_its_text():
    read = read_post(post(author_id=["@TarnwellHelp my number is 555-0199"]))
    assert "555" not in str(read)


def test_a_malformed_post_costs_only_itself():
    page = read_page({"data": [post(id="2"), {"id": "1"}, "nonsense"], "meta": {"result_count": 3}})
    assert [read.id for read in page.posts] == ["2"]
    assert [bad.post_id for bad in page.malformed] == ["1", ""]


def test_a_malformed_author_or_parent_costs_no_post():
    page = read_page({"data": [post()], "includes": {"users": [{"id": "42"}], "tweets": [{"id": "3"}]}})
    assert len(page.posts) == 1
    assert (page.users, page.parents) == ({}, {})


def test_nulls_are_read_as_not_given():
    assert isinstance(read_post(post(entities=None, referenced_tweets=None, note_tweet=None)), Post)


def test_an_empty_page_has_no_posts_and_no_next_one():
    page = read_page({"meta": {"result_count": 0}})
    assert (page.posts, page.next_token) == ((), None)


def test_a_page_with_posts_and_errors_keeps_its_posts():
    gone = {"detail": "Could not find tweet with  referenced_tweets.id: [1].", "title": "Not Found Error"}
    page = read_page({"data": [post()], "errors": [gone], "meta": {"result_count": 1, "next_token": "7140abc"}})
    assert (len(page.posts), page.next_token) == (1, "7140abc")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(("data", "includes", "meta", "errors"), json_values)))
def test_no_json_whatever_breaks_the_reading_of_a_page(answer):
    read_page(answer)


@given(
    st.dictionaries(st.sampled_from(["id", "entities", "note_tweet", "referenced_tweets", "created_at"]), json_values)
)
def test_a_post_is_read_or_reported_and_never_anything_else(changes):
    assert isinstance(read_post(post(**changes)), Post | Malformed)


def lacking(number, parameter="ids", kind="tweet"):
    return {"resource_id": number, "parameter": parameter, "resource_type": kind, "title": "Not Found Error"}


def test_what_was_asked_for_and_is_not_shown_is_named_once():
    errors = [lacking("7"), lacking("7"), lacking("8", kind="post"), lacking("9", "referenced_tweets.id")]
    page = read_page({"data": [post()], "errors": [*errors, lacking("10", kind="user"), "odd"]})
    assert (page.missing, len(page.posts)) == (("7", "8"), 1)


def test_a_wrapped_account_is_read_as_a_bare_one():
    bare = {"id": "42", "username": "mara_k", "name": "Mara", "affiliation": {"description": "Automated"}}
    users = read_page({"includes": {"users": [{"data": bare}, {"data": None}, 5]}}).users
    assert (users["42"].username, users["42"].affiliation.description) == ("mara_k", "Automated")
