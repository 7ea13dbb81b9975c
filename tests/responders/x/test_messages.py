from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.errors import ChannelBusy
from bot.vocabulary import Audience
from responders.x.events import Message, MessagePage
from responders.x.messages import MOST_PAGES, XMessages, is_between_two, mention_of_message
from responders.x.payloads import User
from responders.x.posts import Account
from sandbox.faults import Fault, FaultKind
from sandbox.limits import Endpoint
from tests.responders.x.listening import Ear

US = Account(id="100", handle="TarnwellHelp")


@pytest.fixture
def write(world):
    """Send a direct message and give its id."""

    def sent(text, *, sender="mara_k", to="TarnwellHelp"):
        return world.send(sender, to, text).id

    return sent


@pytest.fixture
async def ear(client, settings, clock):
    listening = Ear(XMessages(client, settings, clock), clock)
    await listening.look()
    return listening


async def test_a_message_is_heard_in_private_and_in_the_thread_of_its_conversation(ear, write, world):
    sent = write("my order is late &amp; I'm sad")
    [mention] = (await ear.look()).mentions
    mara = world.accounts.open("mara_k").id
    assert (mention.post_id, mention.chain_id, mention.author_id) == (sent, sent, mara)
    assert (mention.author_handle, mention.audience, mention.ours) == ("mara_k", Audience.PRIVATE, False)
    assert mention.root_id == "-".join(sorted((mara, world.brand.id), key=int))
    assert mention.account == world.brand.id


async def test_what_a_person_of_the_brand_writes_is_heard_as_ours_in_the_same_thread(ear, write):
    write("hello?")
    write("Hi, how can we help?", sender="TarnwellHelp", to="mara_k")
    theirs, ours = (await ear.look()).mentions
    assert (theirs.ours, ours.ours) == (False, True)
    assert theirs.root_id == ours.root_id


async def test_a_look_stops_at_what_was_heard_before(ear, write, sandbox):
    write("hello?")
    await ear.look()
    write("one more")
    before = sandbox.limits.requests[Endpoint.MESSAGES]
    await ear.look()
    assert sandbox.limits.requests[Endpoint.MESSAGES] - before == 1


async def test_more_messages_than_one_window_gives_are_all_heard_in_the_next(ear, write, sandbox):
    said = [write(f"message {number}") for number in range(1_700)]
    await ear.looks(2)
    assert sorted(ear.heard, key=int) == said
    assert sandbox.limits.refused[Endpoint.MESSAGES] == 0


async def test_a_restart_within_a_long_look_begins_it_anew_and_loses_nothing(
    ear, write, client, settings, clock, sandbox
):
    said = [write(f"message {number}") for number in range(1_600)]
    await ear.look()
    ear.listener = XMessages(client, settings, clock)
    await ear.looks(3)
    assert sorted(ear.heard, key=int) == said


async def test_looks_leave_the_time_that_the_rate_limit_needs(ear, write, sandbox):
    write("hello?")
    await ear.looks(30)
    assert sandbox.limits.refused[Endpoint.MESSAGES] == 0


async def test_what_is_older_than_x_keeps_is_a_gap(ear, write, clock):
    clock.move(days=40)
    write("hello?")
    heard = await ear.look()
    [gap] = heard.gaps
    assert gap.why.startswith("Direct messages from ")
    assert (await ear.look()).gaps == ()


async def test_a_long_silence_is_no_gap(ear, clock):
    for _ in range(40):
        clock.move(days=1)
        await ear.look()
    assert ear.gaps == []


async def test_a_busy_channel_is_left_to_its_caller(ear, sandbox):
    sandbox.faults.add(Fault(kind=FaultKind.RATE_LIMIT, path="/2/dm_events"))
    with pytest.raises(ChannelBusy):
        await ear.look()


def a_message(**values):
    given = {
        "id": "9",
        "text": "see https://t.co/abc",
        "sender_id": "42",
        "dm_conversation_id": "42-100",
        "created_at": datetime(2026, 11, 22, 9, 0, tzinfo=UTC),
        "urls": [{"url": "https://t.co/abc", "expanded_url": "https://example.org/photo"}],
    }
    return Message.model_validate(given | values)


def test_links_are_written_out():
    page = MessagePage(users={"42": User(id="42", username="ana", name="Ana")})
    mention = mention_of_message(a_message(), page, US)
    assert (mention.text, mention.author_name) == ("see https://example.org/photo", "Ana")


def test_a_sender_whom_x_left_out_has_no_handle():
    assert mention_of_message(a_message(), MessagePage(users={}), US).author_handle == ""


@pytest.mark.parametrize(("conversation", "private"), [("42-100", True), ("1590000000000000000", False)])
def test_the_conversation_of_a_group_is_known_by_its_number(conversation, private):
    assert is_between_two(a_message(dm_conversation_id=conversation)) is private


def test_a_look_never_takes_more_requests_than_a_window_has():
    assert MOST_PAGES == 15
