from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.vocabulary import Kind
from responders.x.payloads import read_page
from responders.x.posts import Account, mentions_of

US = Account(id="100", handle="TarnwellHelp")


def mention(includes=None, **changes):
    raw = {
        "id": "1990000000000000002",
        "text": "@TarnwellHelp it is hot",
        "author_id": "42",
        "created_at": "2026-11-21T09:00:00.000Z",
    }
    [made] = mentions_of(read_page({"data": [raw | changes], "includes": includes or {}}), US)
    return made


def naming(handle, start):
    return {"start": start, "end": start + len(handle) + 1, "username": handle}


def test_the_author_comes_from_the_includes_with_their_reach():
    users = [{"id": "42", "username": "mara_k", "name": "Mara", "public_metrics": {"followers_count": 310}}]
    made = mention({"users": users})
    assert (made.author_handle, made.author_name, made.followers) == ("mara_k", "Mara", 310)


def test_an_author_whom_x_left_out_has_no_handle_but_is_heard():
    made = mention()
    assert (made.author_id, made.author_handle, made.followers) == ("42", "", 0)


def test_the_time_is_aware():
    assert mention().posted_at == datetime(2026, 11, 21, 9, tzinfo=UTC)


def test_an_edited_post_keeps_the_id_of_its_first_version():
    made = mention(edit_history_tweet_ids=["1990000000000000001", "1990000000000000002"])
    assert (made.post_id, made.chain_id) == ("1990000000000000002", "1990000000000000001")


def test_without_an_edit_history_a_post_is_its_own_first_version():
    assert mention().chain_id == "1990000000000000002"


@pytest.mark.parametrize(
    ("changes", "root"),
    [
        ({"conversation_id": "5", "referenced_tweets": [{"type": "replied_to", "id": "6"}]}, "5"),
        ({"referenced_tweets": [{"type": "replied_to", "id": "6"}]}, "6"),
        ({}, "1990000000000000002"),
    ],
)
def test_the_root_is_the_thread_else_the_parent_else_the_post_itself(changes, root):
    assert mention(**changes).root_id == root


@pytest.mark.parametrize(
    ("types", "kind", "parent"),
    [
        ([], Kind.POST, None),
        (["replied_to"], Kind.POST, "0"),
        (["quoted"], Kind.QUOTE, None),
        (["replied_to", "quoted"], Kind.QUOTE, "0"),
        (["retweeted"], Kind.REPOST, None),
    ],
)
def test_the_kind_follows_from_what_a_post_refers_to(types, kind, parent):
    references = [{"type": name, "id": str(place)} for place, name in enumerate(types)]
    made = mention(referenced_tweets=references)
    assert (made.kind, made.in_reply_to) == (kind, parent)


def test_the_text_is_unescaped():
    assert mention(text="fan &amp; lid &lt;3 &quot;hot&quot;").text == 'fan & lid <3 "hot"'


def test_a_long_post_is_heard_to_its_end():
    assert mention(text="cut…", note_tweet={"text": "not cut &amp; whole"}).text == "not cut & whole"


def test_links_are_shown_as_their_author_wrote_them():
    urls = [{"url": "https://t.co/ab", "expanded_url": "https://tarnwell.example/manual"}]
    made = mention(text="see https://t.co/ab and https://t.co/abc", entities={"urls": urls})
    assert made.text == "see https://tarnwell.example/manual and https://t.co/abc"


def test_a_long_posts_own_links_are_expanded():
    note = {
        "text": "see https://t.co/zz",
        "entities": {"urls": [{"url": "https://t.co/zz", "expanded_url": "https://b.example"}]},
    }
    assert mention(note_tweet=note).text == "see https://b.example"


@pytest.mark.parametrize("text", ["a\0b", "a\ud83db"])
def test_what_no_database_can_store_is_taken_out_of_a_text(text):
    assert mention(text=text).text in {"ab", "a?b"}


@pytest.mark.parametrize(
    ("changes", "addressed"),
    [
        ({"entities": {"mentions": [naming("tarnwellhelp", 0)]}, "display_text_range": [0, 23]}, True),
        ({"entities": {"mentions": [naming("TarnwellHelp", 20)]}, "display_text_range": [14, 40]}, True),
        ({"entities": {"mentions": [naming("TarnwellHelp", 0)]}, "display_text_range": [14, 40]}, False),
        ({"entities": {"mentions": [naming("SomebodyElse", 20)]}}, False),
        ({"in_reply_to_user_id": "100"}, True),
        ({"in_reply_to_user_id": "7"}, False),
        ({"referenced_tweets": [{"type": "quoted", "id": "8"}]}, True),
        ({"referenced_tweets": [{"type": "quoted", "id": "9"}]}, False),
        ({"referenced_tweets": [{"type": "quoted", "id": "10"}]}, False),
        ({}, False),
    ],
    ids=[
        "named in a post, in other capitals",
        "named in a reply's body",
        "only carried along before a reply's body",
        "somebody else named",
        "a reply to us",
        "a reply to another",
        "a quote of ours",
        "a quote of another",
        "a quote of a post that is gone",
        "not named at all",
    ],
)
def test_a_mention_is_addressed_when_its_author_speaks_to_us(changes, addressed):
    quoted = {"text": "New firmware", "created_at": "2026-11-20T09:00:00.000Z"}
    parents = [quoted | {"id": "8", "author_id": "100"}, quoted | {"id": "9", "author_id": "7"}]
    assert mention({"tweets": parents}, **changes).addressed is addressed


def test_a_name_late_in_a_long_post_is_an_address():
    note = {"text": "…", "entities": {"mentions": [naming("TarnwellHelp", 400)]}}
    assert mention(text="cut…", note_tweet=note).addressed


@given(st.text())
def test_every_text_can_be_stored(text):
    stored = mention(text=text).text
    assert "\0" not in stored
    stored.encode("utf-8")
