from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from responders.x.cursors import JITTER, Cursor, Owed
from responders.x.snowflakes import earlier, snowflake_at

OVERLAP = timedelta(seconds=300)
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)

ids = st.integers(1, 2**62)
debts = st.none() | st.builds(Owed, until=ids, settles=ids)
cursors = st.builds(Cursor, newest=ids, settled=ids, owed=debts)


@given(cursors)
def test_a_cursor_comes_back_from_its_text(cursor):
    assert Cursor.parse(str(cursor), OVERLAP) == cursor


def test_a_cursor_that_says_nothing_of_what_is_settled_goes_back_by_the_overlap():
    newest = snowflake_at(NOW)
    assert Cursor.parse(str(newest), OVERLAP).settled == earlier(newest, OVERLAP)


@given(cursors, st.lists(ids))
def test_a_cursor_never_goes_back(cursor, seen):
    for number in seen:
        moved = cursor.reached(number).complete(OVERLAP)
        assert (moved.newest, moved.settled) >= (cursor.newest, cursor.settled)
        cursor = moved


@given(cursors)
def test_no_near_look_goes_below_what_is_settled(cursor):
    assert cursor.near >= cursor.settled


def test_a_near_look_goes_back_for_ids_that_were_made_at_the_same_time():
    newest = snowflake_at(NOW)
    assert Cursor(newest=newest, settled=1).near == earlier(newest, JITTER)


@given(cursors, ids)
def test_a_look_that_broke_off_settles_nothing_before_the_rest_is_fetched(cursor, oldest):
    broken = cursor.broken_off(oldest, OVERLAP)
    assert broken.settled == cursor.settled
    assert broken.owed.until == oldest


def test_what_was_heard_up_to_the_overlap_is_settled_once_nothing_is_owed():
    newest = snowflake_at(NOW)
    broken = Cursor(newest=newest, settled=1).broken_off(newest - 5, OVERLAP)
    assert broken.fetched(newest - 9).owed.until == newest - 9
    assert broken.fetched(None) == Cursor(newest=newest, settled=earlier(newest, OVERLAP))


def test_what_nobody_can_give_any_more_is_owed_no_more():
    cursor = Cursor(newest=90, settled=10, owed=Owed(until=50, settles=40))
    assert cursor.forgiven(30) == Cursor(newest=90, settled=30, owed=Owed(until=50, settles=40))
    assert cursor.forgiven(60) == Cursor(newest=90, settled=40)
