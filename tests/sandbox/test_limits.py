"""How requests are counted: by window and by day, for the account and for the app."""

import pytest
import tweepy

from sandbox.config import SandboxConfig
from sandbox.limits import DAY, PER_DAY, PER_WINDOW, Caller, Endpoint, Limits
from sandbox.state import SANDBOX


def test_the_account_and_the_app_have_windows_of_their_own(clock):
    limits = Limits(clock)
    assert limits.take(Endpoint.MENTIONS, Caller.USER).headers()["x-rate-limit-remaining"] == "299"
    assert limits.take(Endpoint.MENTIONS, Caller.APP).headers()["x-rate-limit-remaining"] == "449"
    assert limits.take(Endpoint.MENTIONS, Caller.USER).headers()["x-rate-limit-remaining"] == "298"


def test_publishing_is_counted_by_the_day_too(clock):
    headers = Limits(clock).take(Endpoint.CREATE, Caller.USER).headers()
    assert (headers["x-rate-limit-limit"], headers["x-rate-limit-remaining"]) == ("100", "99")
    assert (headers["x-user-limit-24hour-limit"], headers["x-user-limit-24hour-remaining"]) == ("2400", "2399")
    assert (headers["x-app-limit-24hour-limit"], headers["x-app-limit-24hour-remaining"]) == ("10000", "9999")
    ends = int(headers["x-user-limit-24hour-reset"]) - clock.now.timestamp()
    assert 0 <= ends - DAY.total_seconds() <= 1


def test_what_is_only_read_has_no_limit_of_the_day(clock):
    assert not any("24hour" in name for name in Limits(clock).take(Endpoint.MENTIONS, Caller.USER).headers())


def test_a_used_up_day_does_not_end_with_the_window(clock):
    limits = Limits(clock, scale=0.005)  # one a window, twelve a day
    for _ in range(12):
        assert not limits.take(Endpoint.CREATE, Caller.USER).exceeded
        clock.move(minutes=15)
    quota = limits.take(Endpoint.CREATE, Caller.USER)
    assert quota.exceeded
    assert quota.headers()["x-rate-limit-remaining"] == "1"
    assert quota.headers()["x-user-limit-24hour-remaining"] == "0"
    clock.move(hours=21)
    assert not limits.take(Endpoint.CREATE, Caller.USER).exceeded


def test_a_refused_request_costs_nothing_of_the_day(clock):
    limits = Limits(clock, scale=0.01)
    remaining = [limits.take(Endpoint.CREATE, Caller.USER).headers()["x-user-limit-24hour-remaining"] for _ in range(3)]
    assert remaining == ["23", "23", "23"]


def test_requests_and_refusals_are_counted_by_endpoint(clock):
    limits = Limits(clock, scale=0.01)
    for _ in range(3):
        limits.take(Endpoint.CREATE, Caller.USER)
    limits.take(Endpoint.ME, Caller.USER)
    assert limits.requests == {Endpoint.CREATE: 3, Endpoint.ME: 1}
    assert limits.refused[Endpoint.CREATE] == 2
    assert limits.refused[Endpoint.ME] == 0


def test_every_limit_of_a_day_belongs_to_an_endpoint_with_a_window():
    assert {endpoint for endpoint, _ in PER_DAY} <= {endpoint for endpoint, _ in PER_WINDOW}


class TestOverTheLine:
    @pytest.fixture
    def config(self):
        return SandboxConfig(port=0, limit_scale=0.001)

    async def test_a_limit_of_the_day_is_a_429_that_says_so(self, x, clock, web):
        for _ in range(3):
            await x.create_tweet(text=f"News at {clock.now}")
            clock.move(minutes=15)
        with pytest.raises(tweepy.TooManyRequests) as refused:
            await x.create_tweet(text="one too many")
        assert refused.value.response.headers["x-user-limit-24hour-remaining"] == "0"
        assert web.app[SANDBOX].limits.refused[Endpoint.CREATE] == 1
