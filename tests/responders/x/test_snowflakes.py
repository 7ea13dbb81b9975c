from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from responders.x.snowflakes import earlier, moment_of, snowflake_at

moments = st.datetimes(datetime(2011, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def test_an_id_of_x_tells_its_time():
    assert moment_of("2080761390344937796").replace(microsecond=0) == datetime(2026, 7, 24, 21, 5, 48, tzinfo=UTC)


@given(moments)
def test_the_first_id_of_a_moment_is_of_that_millisecond(moment):
    assert timedelta() <= moment - moment_of(str(snowflake_at(moment))) < timedelta(milliseconds=1)


@given(st.integers(0, 2**63 - 1), st.timedeltas(timedelta(), timedelta(days=9999)))
def test_an_earlier_id_is_never_later_and_never_the_zero_that_x_refuses(snowflake, by):
    assert 1 <= earlier(snowflake, by) <= max(1, snowflake)


def test_a_moment_before_x_began_still_gives_an_id_that_x_accepts():
    assert snowflake_at(datetime(2001, 1, 1, tzinfo=UTC)) == 1
