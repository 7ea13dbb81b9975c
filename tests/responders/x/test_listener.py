from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.errors import ChannelDown
from responders.x.listener import Cursor, XListener
from responders.x.payloads import Malformed, Page, Post
from responders.x.posts import Account
from responders.x.snowflakes import snowflake_at
from sandbox.faults import Fault, FaultKind

OVERLAP = timedelta(seconds=300)

ids = st.integers(1, 2**62)
cursors = st.builds(Cursor, newest=ids, floor=st.just(0) | ids)


@pytest.fixture
def listener(client, settings, clock):
    return XListener(client, settings, clock)


async def said_ids(listener, cursor):
    return [mention.post_id for mention in (await listener.hear(cursor)).mentions]


@given(cursors)
def test_a_cursor_comes_back_from_its_text(cursor):
    assert Cursor.parse(str(cursor)) == cursor


@given(cursors, st.lists(ids))
def test_a_cursor_never_goes_back(cursor, seen):
    for newest in seen:
        moved = cursor.advanced(newest, OVERLAP)
        assert moved.newest >= cursor.newest
        cursor = moved


@given(ids, st.lists(ids))
def test_no_look_ever_goes_below_the_first_mark(mark, seen):
    cursor = Cursor(newest=mark, floor=mark)
    for newest in seen:
        cursor = cursor.advanced(newest, OVERLAP)
        assert cursor.since(OVERLAP) >= mark


def test_a_cursor_becomes_the_newest_id_once_the_overlap_has_left_the_first_mark(clock):
    mark = snowflake_at(clock.now)
    later = snowflake_at(clock.now + OVERLAP * 2)
    assert str(Cursor(newest=mark, floor=mark).advanced(later, OVERLAP)) == str(later)


async def test_a_look_goes_back_by_the_overlap_for_posts_that_x_indexes_late(listener, clock, say):
    first = await listener.hear(None)
    clock.move(hours=1)
    late = say("mara_k", "@TarnwellHelp late")
    clock.move(seconds=200)
    newest = say("jon", "@TarnwellHelp newest")
    assert await said_ids(listener, newest) == [late, newest]
    assert first.cursor is not None


async def test_what_is_older_than_the_overlap_is_not_fetched_again(listener, clock, say):
    say("mara_k", "@TarnwellHelp old")
    clock.move(seconds=400)
    newest = say("jon", "@TarnwellHelp newest")
    assert await said_ids(listener, newest) == [newest]


async def test_all_pages_are_heard_oldest_first(listener, say):
    first = await listener.hear(None)
    said = [say("mara_k", f"@TarnwellHelp question {number}") for number in range(230)]
    assert await said_ids(listener, first.cursor) == said


async def test_a_page_made_short_by_deleted_posts_does_not_end_the_look(listener, world, say):
    first = await listener.hear(None)
    said = [say("mara_k", f"@TarnwellHelp question {number}") for number in range(150)]
    for post_id in said[60:]:
        world.delete(post_id)
    assert await said_ids(listener, first.cursor) == said[:60]


async def test_a_failure_on_a_later_page_loses_nothing(listener, sandbox, say):
    first = await listener.hear(None)
    said = [say("mara_k", f"@TarnwellHelp question {number}") for number in range(150)]
    await listener.hear(first.cursor)
    for kind in (FaultKind.LATENCY, FaultKind.STATUS):
        sandbox.faults.add(Fault(kind=kind, seconds=0, path="/2/users"))
    with pytest.raises(ChannelDown):
        await listener.hear(first.cursor)
    assert await said_ids(listener, first.cursor) == said


async def test_quotes_reposts_and_edits_are_heard_as_what_they_are(listener, world, say):
    first = await listener.hear(None)
    own = say("TarnwellHelp", "New firmware is out.")
    quote = say("sofia", "really?", quote_of=own)
    question = say("mara_k", "@TarnwellHelp how?")
    repost = say("jon", repost_of=question)
    edited = world.edit(question, "@TarnwellHelp how exactly?").id
    found = {each.post_id: each for each in (await listener.hear(first.cursor)).mentions}
    assert [found[number].kind for number in (quote, repost, edited)] == ["quote", "repost", "post"]
    assert found[quote].addressed
    assert (found[edited].chain_id, found[edited].text) == (question, "@TarnwellHelp how exactly?")


async def test_being_carried_along_in_a_thread_is_no_address(listener, say):
    first = await listener.hear(None)
    root = say("mara_k", "@TarnwellHelp and @jon what do you think?")
    aside = say("jon", "I would send it back", reply_to=root)
    found = {each.post_id: each.addressed for each in (await listener.hear(first.cursor)).mentions}
    assert found == {root: True, aside: False}


class Pages:
    """A client that gives prepared pages, for what the sandbox never sends."""

    def __init__(self, *pages):
        self._pages = pages

    async def me(self):
        return Account(id="100", handle="TarnwellHelp")

    async def mentions(self, user_id, since_id, pagination_token=None):
        return self._pages[int(pagination_token or 0) % len(self._pages)]


def page(*posts, malformed=(), next_token=None):
    return Page(posts=posts, malformed=malformed, users={}, parents={}, next_token=next_token)


def post(number):
    return Post(id=number, text="hi", author_id="42", created_at="2026-11-21T09:00:00Z")


async def test_a_malformed_post_is_named_once_without_its_text_and_the_rest_goes_on(settings, clock):
    bad = Malformed(post_id="7", problems=("text: missing",))
    listener = XListener(Pages(page(post("8"), post("6"), malformed=(bad,))), settings, clock)
    with capture_logs() as logs:
        heard = [await said_ids(listener, "1") for _ in range(2)]
    assert heard == [["6", "8"], ["6", "8"]]
    assert [(each["event"], each["post"]) for each in logs] == [("malformed post skipped", "7")]


async def test_a_page_that_leads_back_to_itself_does_not_trap_the_listener(settings, clock):
    listener = XListener(Pages(page(post("8"), next_token="1"), page(post("6"), next_token="1")), settings, clock)
    assert await said_ids(listener, "1") == ["6", "8"]


async def test_an_empty_look_keeps_the_cursor(settings, clock):
    listener = XListener(Pages(page()), settings, clock)
    assert (await listener.hear("77")).cursor == "77"


async def test_a_late_older_post_does_not_move_the_cursor_back(settings, clock):
    listener = XListener(Pages(page(post("8"))), settings, clock)
    assert (await listener.hear("77")).cursor == "77"
