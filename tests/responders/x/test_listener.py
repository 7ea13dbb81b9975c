from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from bot.errors import ChannelDown
from responders.x.asking import TRIES
from responders.x.listener import XListener
from responders.x.payloads import Malformed, Page, Post
from responders.x.posts import Account
from responders.x.windows import Allowance
from sandbox.faults import Fault, FaultKind
from tests.responders.x.listening import Ear


@pytest.fixture
def listener(client, settings, clock):
    return XListener(client, settings, clock)


@pytest.fixture
def ear(listener, clock):
    return Ear(listener, clock)


async def said_ids(listener, cursor):
    return [mention.post_id for mention in (await listener.hear(cursor)).mentions]


async def test_a_post_that_x_indexes_late_is_heard_by_the_next_deep_look(ear, world, say, clock):
    await ear.looks(2)
    late = say("mara_k", "@TarnwellHelp late", late=True)
    clock.move(seconds=20)
    newest = say("jon", "@TarnwellHelp newest")
    await ear.look()
    assert ear.heard == [newest]
    world.index(late)
    await ear.look()
    assert ear.heard == [newest]
    clock.move(seconds=60)
    await ear.look()
    assert ear.heard == [newest, late]


async def test_a_post_that_x_indexes_late_is_heard_by_the_first_look_after_a_restart(
    ear, world, say, clock, client, settings
):
    await ear.looks(2)
    late = say("mara_k", "@TarnwellHelp late", late=True)
    newest = say("jon", "@TarnwellHelp newest")
    clock.move(seconds=20)
    await ear.look()
    world.index(late)
    ear.listener = XListener(client, settings, clock)
    await ear.look()
    assert ear.heard == [newest, late]


async def test_a_near_look_does_not_fetch_again_what_was_heard(ear, say, clock):
    await ear.looks(2)
    say("mara_k", "@TarnwellHelp old")
    clock.move(seconds=10)
    newest = say("jon", "@TarnwellHelp newest")
    await ear.look()
    assert [mention.post_id for mention in (await ear.look()).mentions] == [newest]


async def test_a_late_post_from_before_the_first_look_is_never_heard(ear, world, say, clock):
    early = say("mara_k", "@TarnwellHelp early", late=True)
    await ear.looks(2)
    world.index(early)
    clock.move(seconds=60)
    await ear.look()
    assert ear.heard == []


async def test_a_clock_that_was_set_back_brings_a_deep_look(ear, world, say, clock):
    await ear.looks(2)
    late = say("mara_k", "@TarnwellHelp late", late=True)
    say("jon", "@TarnwellHelp newest")
    clock.move(seconds=10)
    await ear.look()
    world.index(late)
    clock.move(hours=-1)
    await ear.look()
    assert late in ear.heard


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
    sandbox.faults.add(Fault(kind=FaultKind.LATENCY, seconds=0, path="/2/users"))
    sandbox.faults.add(Fault(kind=FaultKind.STATUS, path="/2/users", times=TRIES))
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

    async def search(self, query, *, since_id=None, until_id=None, next_token=None):
        return page()

    def allowance(self, verb):
        return Allowance(remaining=None, seconds=0.0)


def page(*posts, malformed=(), next_token=None):
    return Page(posts=posts, malformed=malformed, users={}, parents={}, next_token=next_token)


def post(number):
    return Post(id=number, text="hi", author_id="42", created_at="2026-11-21T09:00:00Z")


async def test_a_malformed_post_is_named_once_without_its_text_and_the_rest_goes_on(settings, clock):
    bad = Malformed(post_id="7", problems=("text: missing",))
    listener = XListener(Pages(page(post("8"), post("6"), malformed=(bad,))), settings, clock)
    with capture_logs() as logs:
        heard = [await said_ids(listener, "1:1") for _ in range(2)]
    assert heard == [["6", "8"], ["6", "8"]]
    assert [(each["event"], each["post"]) for each in logs] == [("malformed post skipped", "7")]


async def test_a_page_that_leads_back_to_itself_does_not_trap_the_listener(settings, clock):
    listener = XListener(Pages(page(post("8"), next_token="1"), page(post("6"), next_token="1")), settings, clock)
    assert await said_ids(listener, "1:1") == ["6", "8"]


async def test_an_empty_look_keeps_the_cursor(settings, clock):
    listener = XListener(Pages(page()), settings, clock)
    assert (await listener.hear("77:70")).cursor == "77:70"


async def test_a_late_older_post_does_not_move_the_cursor_back(settings, clock):
    listener = XListener(Pages(page(post("8"))), settings, clock)
    assert (await listener.hear("77:7")).cursor == "77:7"
