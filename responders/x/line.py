"""The line to X: an aiohttp session as tweepy uses one, moved to another origin, with every failure made plain.

tweepy knows only https://api.twitter.com, and its OAuth 1.0a signature covers that address; the line keeps path and
query and replaces the origin, so that the signature still holds. It asks nothing that X would refuse by its rate
limits, and refuses every answer that tweepy would stumble over (HTML, an empty body, a wrong content type) or tell
apart by class only, before tweepy sees it.
"""

from __future__ import annotations

import json
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

from aiohttp import ClientConnectorError, ClientError, ClientSession, ConnectionTimeoutError, InvalidURL
from yarl import URL

from bot import telemetry
from bot.errors import ChannelBusy, ChannelDown, ChannelError, OutcomeUnknown
from responders.x.refusals import IN_DOUBT, Answer, refusal
from responders.x.verbs import SPEAKING, Verb, verb_of
from responders.x.windows import Windows

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping
    from datetime import datetime

CHANNEL = "x"

#: Failures before a single byte of the request left.
_NEVER_SENT = (ClientConnectorError, ConnectionTimeoutError, InvalidURL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What tweepy takes for aiohttp's answer: a success with a JSON object in it, read to its end."""

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes

    async def read(self) -> bytes:
        """Give the body."""
        return self.body

    async def json(self) -> Any:  # noqa: ANN401 - the checks that follow give it a shape
        """Decode the body, whatever the content type says."""
        return json.loads(self.body)


class Line:
    """What tweepy takes for its aiohttp session."""

    def __init__(self, session: ClientSession, origin: URL, clock: Callable[[], datetime]) -> None:
        self.windows = Windows(clock)
        self.access = ""  #: What X last said the tokens may do: "read", "read-write" or "read-write-directmessages".
        self._session = session
        self._origin = origin
        self._clock = clock

    @asynccontextmanager
    async def request(
        self,
        method: str,
        url: str | URL,
        *,
        params: Mapping[str, str] | None = None,
        json: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> AsyncIterator[Given]:
        """Make one request and give its answer, which is a success and a JSON object. Raises ChannelError.

        Raises ChannelBusy without a request where the endpoint's window is used up, and OutcomeUnknown where something
        was said to a customer and its outcome cannot be known.
        """
        target = URL(f"{self._origin}{URL(url).raw_path_qs}", encoded=True)
        verb = verb_of(method, target.path)
        self.windows.enter(verb)
        with _measured(verb):
            try:
                # A redirected POST would arrive as a GET, and a redirect elsewhere would carry our signature there.
                async with self._session.request(
                    method, target, params=params, json=json, headers=headers, allow_redirects=False
                ) as answer:
                    body = await answer.read()
            except (ClientError, TimeoutError) as error:
                raise self._unreachable(verb, error) from error
            given = Given(status=answer.status, reason=answer.reason or "", headers=answer.headers, body=body)
            self._check(verb, given)
        yield given

    def _check(self, verb: Verb, given: Given) -> None:
        self.access = given.headers.get("x-access-level", self.access)
        self.windows.note(verb, given.headers)
        answer = Answer(verb=verb, status=given.status, headers=given.headers, body=given.body)
        refused = refusal(answer, self._clock())
        if refused is None:
            self.windows.accepted(verb)
            return
        if isinstance(refused, ChannelBusy):
            refused.retry_after = self.windows.refused(verb, refused.retry_after)
        raise refused

    def _unreachable(self, verb: Verb, error: ClientError | TimeoutError) -> ChannelError:
        if isinstance(error, _NEVER_SENT):
            return ChannelDown(f"X cannot be reached at {self._origin}. Check x.base_url and the network.")
        what = "did not answer in time" if isinstance(error, TimeoutError) else "broke the connection"
        if verb in SPEAKING:
            return OutcomeUnknown(f"X at {self._origin} {what} after a reply was handed over. {IN_DOUBT}.")
        return ChannelDown(f"X at {self._origin} {what}. Heed tries again; x.timeout_seconds is the longest wait.")


@contextmanager
def _measured(verb: Verb) -> Iterator[None]:
    began = perf_counter()
    telemetry.REQUESTS.labels(CHANNEL, verb).inc()
    try:
        yield
    except ChannelError as error:
        telemetry.REQUEST_ERRORS.labels(CHANNEL, verb, type(error).__name__).inc()
        raise
    finally:
        telemetry.REQUEST_SECONDS.labels(CHANNEL, verb).observe(perf_counter() - began)
