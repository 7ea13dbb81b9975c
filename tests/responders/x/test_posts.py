from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.vocabulary import Kind
from responders.x.payloads import read_page
from responders.x.posts import Account, mentions_of

US = Account(id="100", handle="TarnwellHelp")


def mention(includes=None, us=US, **changes):
    raw = {
        "id": "1990000000000000002",
        "text": "@TarnwellHelp it is hot",
        "author_id": "42",
        "created_at": "2026-11-21T09:00:00.000Z",
    }
    [made] = mentions_of(read_page({"data": [raw | changes], "includes": includes or {}}), us)
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


OURS = {"id": "8", "author_id": "100", "text": "New firmware", "created_at": "2026-11-20T09:00:00.000Z"}
QUOTE_OF_OURS = {"referenced_tweets": [{"type": "quoted", "id": "8"}]}
NAMED = {"entities": {"mentions": [naming("TarnwellHelp", 20)]}, "display_text_range": [14, 40]}
CARRIED = {"entities": {"mentions": [naming("TarnwellHelp", 0)]}, "display_text_range": [14, 40]}
REPLY_TO_US = CARRIED | {"in_reply_to_user_id": "100", "referenced_tweets": [{"type": "replied_to", "id": "8"}]}


@pytest.mark.parametrize(
    ("changes", "by_naming", "by_replying"),
    [(NAMED, True, True), (QUOTE_OF_OURS, True, True), (REPLY_TO_US, False, True), (CARRIED, False, False)],
    ids=["named in the body", "quoted", "replied to", "carried along"],
)
def test_who_lets_a_program_reply_depends_on_the_setting(changes, by_naming, by_replying):
    said = {
        rule: mention(
            {"tweets": [OURS]}, Account(id="100", handle="TarnwellHelp", summoned_by=rule), **changes
        ).summoned
        for rule in ("naming", "replying", "anything")
    }
    assert said == {"naming": by_naming, "replying": by_replying, "anything": True}


def test_a_mention_names_the_account_that_heard_it():
    assert mention().account == "100"


def test_our_own_post_needs_no_author_from_x_to_have_a_handle():
    made = mention(author_id="100")
    assert (made.ours, made.author_handle) == (True, "TarnwellHelp")


def test_posts_of_the_brands_other_accounts_are_ours():
    us = Account(id="100", handle="TarnwellHelp", also_ours=frozenset({"tarnwell"}))
    users = [{"id": "42", "username": "Tarnwell", "name": "Tarnwell"}]
    assert mention({"users": users}, us).ours
    assert not mention({"users": [users[0] | {"username": "mara_k"}]}, us).ours


def thread(*links):
    """Posts with the ids 1, 2, ... by the users 1, 2, ..., of which each refers as *links* says."""
    return [
        {
            "id": str(number),
            "author_id": str(number),
            "text": f"post &amp; {number}",
            "created_at": "2026-11-20T09:00:00.000Z",
            "referenced_tweets": [{"type": kind, "id": target} for kind, target in link.items()],
        }
        for number, link in enumerate(links, 1)
    ]


def test_parents_come_nearest_first_with_their_author_and_plain_text():
    posts = thread({}, {"replied_to": "1"}, {})
    users = [{"id": "2", "username": "jon", "name": "Jon"}]
    references = [{"type": "replied_to", "id": "2"}, {"type": "quoted", "id": "3"}]
    made = mention({"tweets": posts, "users": users}, referenced_tweets=references)
    assert [(each.post_id, each.author_handle, each.text) for each in made.parents] == [
        ("2", "jon", "post & 2"),
        ("3", "", "post & 3"),
        ("1", "", "post & 1"),
    ]


def test_posts_that_refer_to_each_other_end():
    posts = thread({"replied_to": "2"}, {"replied_to": "1", "quoted": "2"})
    made = mention({"tweets": posts}, referenced_tweets=[{"type": "replied_to", "id": "1"}])
    assert [each.post_id for each in made.parents] == ["1", "2"]


def test_a_parent_that_x_does_not_show_is_left_out():
    assert mention(referenced_tweets=[{"type": "replied_to", "id": "7"}]).parents == ()
