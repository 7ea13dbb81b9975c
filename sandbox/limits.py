"""Rate limits in fixed windows per endpoint, as X counts them: for one account, for one app, and for a day.

https://docs.x.com/x-api/fundamentals/rate-limits
"""

import math
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sandbox.snowflake import Clock

WINDOW = timedelta(minutes=15)
DAY = timedelta(hours=24)


class Caller(StrEnum):
    """On whose behalf a request comes."""

    USER = "user"
    APP = "app"


class Endpoint(StrEnum):
    """What can be asked of the API."""

    ME = "GET /2/users/me"
    USER = "GET /2/users/:id"
    USERS = "GET /2/users"
    USERS_BY = "GET /2/users/by"
    BLOCKING = "GET /2/users/:id/blocking"
    MENTIONS = "GET /2/users/:id/mentions"
    PUBLISHED = "GET /2/users/:id/tweets"
    LOOK_UP = "GET /2/tweets/:id"
    LOOK_UP_MANY = "GET /2/tweets"
    SEARCH = "GET /2/tweets/search/recent"
    CREATE = "POST /2/tweets"
    DELETE = "DELETE /2/tweets/:id"
    HIDE = "PUT /2/tweets/:tweet_id/hidden"
    MESSAGES = "GET /2/dm_events"
    MESSAGES_WITH = "GET /2/dm_conversations/with/:participant_id/dm_events"
    SEND = "POST /2/dm_conversations/with/:participant_id/messages"
    SEARCH_STREAM = "GET /2/tweets/search/stream"
    RULES = "GET /2/tweets/search/stream/rules"
    CHANGE_RULES = "POST /2/tweets/search/stream/rules"
    ACTIVITY_STREAM = "GET /2/activity/stream"
    SUBSCRIPTIONS = "GET /2/activity/subscriptions"
    SUBSCRIBE = "POST /2/activity/subscriptions"
    UNSUBSCRIBE = "DELETE /2/activity/subscriptions/:subscription_id"
    WEBHOOKS = "GET /2/webhooks"
    CREATE_WEBHOOK = "POST /2/webhooks"
    CHECK_WEBHOOK = "PUT /2/webhooks/:webhook_id"
    DELETE_WEBHOOK = "DELETE /2/webhooks/:webhook_id"
    REPLAY = "POST /2/webhooks/replay"


#: Requests per window; what is not listed is not open to that caller.
PER_WINDOW = {
    (Endpoint.ME, Caller.USER): 75,
    (Endpoint.USER, Caller.USER): 900,
    (Endpoint.USER, Caller.APP): 300,
    (Endpoint.USERS, Caller.USER): 900,
    (Endpoint.USERS, Caller.APP): 300,
    (Endpoint.USERS_BY, Caller.USER): 900,
    (Endpoint.USERS_BY, Caller.APP): 300,
    (Endpoint.BLOCKING, Caller.USER): 15,
    (Endpoint.MENTIONS, Caller.USER): 300,
    (Endpoint.MENTIONS, Caller.APP): 450,
    (Endpoint.PUBLISHED, Caller.USER): 900,
    (Endpoint.PUBLISHED, Caller.APP): 10_000,
    (Endpoint.LOOK_UP, Caller.USER): 900,
    (Endpoint.LOOK_UP, Caller.APP): 450,
    (Endpoint.LOOK_UP_MANY, Caller.USER): 5_000,
    (Endpoint.LOOK_UP_MANY, Caller.APP): 3_500,
    (Endpoint.SEARCH, Caller.USER): 300,
    (Endpoint.SEARCH, Caller.APP): 450,
    (Endpoint.CREATE, Caller.USER): 100,
    (Endpoint.DELETE, Caller.USER): 50,
    (Endpoint.HIDE, Caller.USER): 50,
    (Endpoint.MESSAGES, Caller.USER): 15,
    (Endpoint.MESSAGES_WITH, Caller.USER): 15,
    (Endpoint.SEND, Caller.USER): 15,
    (Endpoint.SEARCH_STREAM, Caller.APP): 50,
    (Endpoint.RULES, Caller.APP): 450,
    (Endpoint.CHANGE_RULES, Caller.APP): 100,
    (Endpoint.ACTIVITY_STREAM, Caller.APP): 450,
    (Endpoint.SUBSCRIPTIONS, Caller.APP): 500,
    (Endpoint.SUBSCRIPTIONS, Caller.USER): 500,
    (Endpoint.SUBSCRIBE, Caller.APP): 500,
    (Endpoint.SUBSCRIBE, Caller.USER): 500,
    (Endpoint.UNSUBSCRIBE, Caller.APP): 500,
    (Endpoint.WEBHOOKS, Caller.APP): 450,
    (Endpoint.CREATE_WEBHOOK, Caller.APP): 450,
    (Endpoint.CHECK_WEBHOOK, Caller.APP): 450,
    (Endpoint.DELETE_WEBHOOK, Caller.APP): 450,
    (Endpoint.REPLAY, Caller.APP): 100,
}

#: Requests per day, counted for the account and for the whole app. The account's posts are limited by
#: https://help.x.com/en/rules-and-policies/x-limits
PER_DAY = {
    (Endpoint.CREATE, Caller.USER): 2_400,
    (Endpoint.CREATE, Caller.APP): 10_000,
    (Endpoint.SEND, Caller.USER): 1_440,
    (Endpoint.SEND, Caller.APP): 1_440,
}

_Key = tuple[Endpoint, Caller, timedelta]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """Where a caller stands in one window of one endpoint, and in those of the day."""

    limit: int
    remaining: int  #: -1 when this request was one too many.
    resets_at: datetime
    name: str = "x-rate-limit"  #: How its headers begin.
    daily: tuple["Quota", ...] = ()

    @property
    def exceeded(self) -> bool:
        """Whether this request must be refused."""
        return self.remaining < 0 or any(quota.exceeded for quota in self.daily)

    def headers(self) -> dict[str, str]:
        """Write the headers of every window; the reset in seconds since 1970."""
        own = {
            f"{self.name}-limit": str(self.limit),
            f"{self.name}-remaining": str(max(0, self.remaining)),
            f"{self.name}-reset": str(math.ceil(self.resets_at.timestamp())),
        }
        return own | {name: value for quota in self.daily for name, value in quota.headers().items()}


class Limits:
    """Counts requests; *scale* multiplies every limit."""

    def __init__(self, clock: Clock, *, scale: float = 1.0) -> None:
        self.requests: Counter[Endpoint] = Counter()  #: How many came, those refused among them.
        self.refused: Counter[Endpoint] = Counter()  #: How many were over a limit.
        self._clock = clock
        self._scale = scale
        self._windows: dict[_Key, Quota] = {}

    def take(self, endpoint: Endpoint, caller: Caller) -> Quota:
        """Count one request of *caller*; a window begins with its first request.

        A request over one limit is not counted against the others.
        """
        days = [(endpoint, whose, DAY) for whose in Caller if (endpoint, whose) in PER_DAY]
        standing = {key: self._standing(key) for key in [(endpoint, caller, WINDOW), *days]}
        over = any(quota.remaining <= 0 for quota in standing.values())
        for key, quota in standing.items():
            counted = 0 if over and quota.remaining > 0 else 1
            self._windows[key] = replace(quota, remaining=max(-1, quota.remaining - counted))
        self.requests[endpoint] += 1
        self.refused[endpoint] += over
        window, *daily = (self._windows[key] for key in standing)
        return replace(window, daily=tuple(daily))

    def _standing(self, key: _Key) -> Quota:
        """Return the window as it stands before this request, or a new one."""
        window, now = self._windows.get(key), self._clock()
        if window and now < window.resets_at:
            return window
        endpoint, whose, lasting = key
        name = "x-rate-limit" if lasting == WINDOW else f"x-{whose}-limit-24hour"
        allowed = PER_WINDOW[endpoint, whose] if lasting == WINDOW else PER_DAY[endpoint, whose]
        limit = max(1, math.ceil(allowed * self._scale))
        return Quota(limit=limit, remaining=limit, resets_at=now + lasting, name=name)
