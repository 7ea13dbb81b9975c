"""Rate limits in fixed windows per endpoint, as X counts them for one account and one app.

https://docs.x.com/x-api/fundamentals/rate-limits
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sandbox.snowflake import Clock

WINDOW = timedelta(minutes=15)


class Caller(StrEnum):
    """On whose behalf a request comes."""

    USER = "user"
    APP = "app"


class Endpoint(StrEnum):
    """What can be asked of the API."""

    ME = "GET /2/users/me"
    MENTIONS = "GET /2/users/:id/mentions"
    PUBLISHED = "GET /2/users/:id/tweets"
    LOOK_UP = "GET /2/tweets/:id"
    LOOK_UP_MANY = "GET /2/tweets"
    CREATE = "POST /2/tweets"
    DELETE = "DELETE /2/tweets/:id"


#: Requests per window; what is not listed is not open to that caller.
PER_WINDOW = {
    (Endpoint.ME, Caller.USER): 75,
    (Endpoint.MENTIONS, Caller.USER): 300,
    (Endpoint.MENTIONS, Caller.APP): 450,
    (Endpoint.PUBLISHED, Caller.USER): 900,
    (Endpoint.PUBLISHED, Caller.APP): 10_000,
    (Endpoint.LOOK_UP, Caller.USER): 900,
    (Endpoint.LOOK_UP, Caller.APP): 450,
    (Endpoint.LOOK_UP_MANY, Caller.USER): 5_000,
    (Endpoint.LOOK_UP_MANY, Caller.APP): 3_500,
    (Endpoint.CREATE, Caller.USER): 100,
    (Endpoint.DELETE, Caller.USER): 50,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """Where a caller stands in the window of one endpoint."""

    limit: int
    remaining: int  #: -1 when this request was one too many.
    resets_at: datetime

    @property
    def exceeded(self) -> bool:
        """Whether this request must be refused."""
        return self.remaining < 0

    def headers(self) -> dict[str, str]:
        """Write the `x-rate-limit-*` headers; the reset in seconds since 1970."""
        return {
            "x-rate-limit-limit": str(self.limit),
            "x-rate-limit-remaining": str(max(0, self.remaining)),
            "x-rate-limit-reset": str(math.ceil(self.resets_at.timestamp())),
        }


class Limits:
    """Counts requests; *scale* multiplies every limit."""

    def __init__(self, clock: Clock, *, scale: float = 1.0) -> None:
        self._clock = clock
        self._scale = scale
        self._windows: dict[tuple[Endpoint, Caller], Quota] = {}

    def take(self, endpoint: Endpoint, caller: Caller) -> Quota:
        """Count one request of *caller*; a window begins with its first request."""
        key, now = (endpoint, caller), self._clock()
        window = self._windows.get(key)
        if window is None or now >= window.resets_at:
            limit = max(1, math.ceil(PER_WINDOW[key] * self._scale))
            window = Quota(limit=limit, remaining=limit, resets_at=now + WINDOW)
        left = max(-1, window.remaining - 1)
        self._windows[key] = Quota(limit=window.limit, remaining=left, resets_at=window.resets_at)
        return self._windows[key]
