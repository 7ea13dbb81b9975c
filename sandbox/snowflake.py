"""Ids as X makes them: milliseconds since its own epoch, shifted left by 22 bits."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

Clock = Callable[[], datetime]  #: Gives the present moment, always timezone-aware.

_EPOCH_MS = 1_288_834_974_657  #: 2010-11-04T01:42:54.657Z
_EPOCH = datetime.fromtimestamp(_EPOCH_MS // 1000, UTC) + timedelta(milliseconds=_EPOCH_MS % 1000)
_SHIFT = 22


class Snowflakes:
    """Gives ids that only ever grow, even when many are asked for in one millisecond."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def next(self) -> str:
        """Give the next id, of the present moment."""
        self._last = max(self._last + 1, snowflake_at(self._clock()))
        return str(self._last)


def snowflake_at(moment: datetime) -> int:
    """Return the smallest id that a post of *moment* can have."""
    return max(0, (moment - _EPOCH) // timedelta(milliseconds=1)) << _SHIFT


def moment_of(snowflake: int) -> datetime:
    """When the post with this id was made, to the millisecond."""
    return _EPOCH + timedelta(milliseconds=snowflake >> _SHIFT)


def user_id(handle: str) -> str:
    """Return the id of the account *handle*, the same in every sandbox and after every restart."""
    digest = blake2b(handle.lower().encode(), digest_size=7).digest()
    return str(10**9 + int.from_bytes(digest, "big"))
