"""The world itself: ids, threads, and whom a post reaches."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.language import guess_language
from sandbox.posts import handles_in
from sandbox.refusals import NoSuchPost, NotEditable
from sandbox.snowflake import Snowflakes, moment_of, snowflake_at, user_id
from sandbox.timeline import Span, Timeline
from sandbox.world import World

MOMENTS = st.datetimes(datetime(2011, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def test_ids_grow_even_within_a_millisecond():
    ids = Snowflakes(lambda: datetime(2026, 11, 21, tzinfo=UTC))
    numbers = [int(ids.next()) for _ in range(5000)]
    assert numbers == sorted(set(numbers))


def test_a_known_id_has_its_known_moment():
    """X itself names this pair in its answer to a search from too long ago."""
    assert f"{moment_of(2069097036665323520):%Y-%m-%dT%H:%M}" == "2026-06-22T16:35"


@given(MOMENTS)
def test_an_id_keeps_its_moment_to_the_millisecond(moment):
    assert abs((moment_of(snowflake_at(moment)) - moment).total_seconds()) < 0.001


def test_an_account_has_the_same_id_in_every_world_and_spelling():
    assert World().accounts.open("Mara_K").id == World().accounts.open("mara_k").id == user_id("MARA_K")


def test_nothing_can_be_done_to_a_deleted_post(world, say):
    number = say("mara_k", "hello")
    world.delete(number)
    for attempt in (
        lambda: world.edit(number, "x"),
        lambda: world.delete(number),
        lambda: say("a", "b", reply_to=number),
    ):
        with pytest.raises(NoSuchPost):
            attempt()


def test_deleting_one_version_deletes_them_all(world, say):
    old = say("mara_k", "helo")
    new = world.edit(old, "hello").id
    world.delete(old)
    assert world.find(new) is None


def test_a_post_is_edited_five_times_at_most(world, say):
    number = say("mara_k", "v0")
    for n in range(5):
        number = world.edit(number, f"v{n + 1}").id
    with pytest.raises(NotEditable, match="5 times"):
        world.edit(number, "v6")


def test_a_post_is_edited_within_an_hour(world, say, clock):
    number = say("mara_k", "helo")
    clock.move(minutes=59)
    number = world.edit(number, "hello").id
    clock.move(minutes=1)
    with pytest.raises(NotEditable, match="one hour"):
        world.edit(number, "hello!")


def test_messages_between_two_accounts_are_read_oldest_first_and_of_one_newest_first(world):
    texts = [("mara_k", "jon", "1"), ("jon", "mara_k", "2"), ("mara_k", "noor", "3")]
    sent = [world.send(*words) for words in texts]
    mara, jon = world.accounts.named("mara_k"), world.accounts.named("jon")
    assert world.message_thread(jon.id, mara.id) == sent[:2]
    assert world.messages_of(mara.id) == sent[::-1]
    assert world.messages_of(mara.id, before=int(sent[1].id)) == sent[:1]


def test_after_unsubscribing_changes_are_not_told(world, say):
    told = []
    stop = world.subscribe(told.append)
    say("mara_k", "one")
    stop()
    say("mara_k", "two")
    assert len(told) == 1


@pytest.mark.parametrize(
    ("text", "handles"),
    [
        ("@a and @b_2!", ["a", "b_2"]),
        ("mail me@tarnwell.com", []),
        ("@toolongahandle_for_x", []),
        ("＠wide works", ["wide"]),
        ("(@a)", ["a"]),
    ],
)
def test_handles_are_read_as_x_reads_them(text, handles):
    assert list(handles_in(text)) == handles


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("@TarnwellHelp how do I reset my tablet?", "en"),
        ("@TarnwellHelp ¿cómo puedo conectar la pantalla?", "es"),
        ("@TarnwellHelp mein Akku lädt nicht", "de"),
        ("@TarnwellHelp ???", "und"),
    ],
)
def test_the_language_is_guessed_from_common_words(text, language):
    assert guess_language(text) == language


@given(st.lists(st.integers(1, 60), unique=True), st.integers(0, 61), st.integers(1, 62), st.integers(1, 9))
def test_pages_together_hold_each_id_between_the_bounds_once(ids, since, until, limit):
    timeline = Timeline(cap=1000)
    for number in ids:
        timeline.add(str(number))
    seen, bound, more = [], until, True
    while more:
        page = timeline.page(Span(since=since, until=bound, limit=limit))
        seen += [int(number) for number in page.ids]
        more, bound = page.more, seen[-1] if seen else until
    assert seen == [number for number in sorted(ids, reverse=True) if since < number < until]
