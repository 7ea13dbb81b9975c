"""X's ids carry their time: milliseconds since X's own epoch, shifted left by 22 bits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(2010, 11, 4, 1, 42, 54, 657_000, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_SHIFT = 22


def snowflake_at(moment: datetime) -> int:
    """Give the smallest id that a post of *moment* can have; 1 at least, because X refuses 0."""
    return max(1, ((moment - _EPOCH) // _MILLISECOND) << _SHIFT)


def moment_of(post_id: str) -> datetime:
    """Give the time at which the post *post_id* was made, to the millisecond."""
    return _EPOCH + (int(post_id) >> _SHIFT) * _MILLISECOND


def earlier(snowflake: int, by: timedelta) -> int:
    """Give the id that is older than *snowflake* by a time; 1 at least."""
    return max(1, snowflake - ((by // _MILLISECOND) << _SHIFT))
