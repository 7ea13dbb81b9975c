"""The line to X: an aiohttp session as tweepy uses one, moved to another origin, with every failure made plain.

tweepy knows only https://api.twitter.com, and its OAuth 1.0a signature covers that address; the line keeps path and
query and replaces the origin, so that the signature still holds. It refuses every answer that tweepy would stumble
over (HTML, an empty body) or tell apart by class only, before tweepy sees it.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from aiohttp import ClientConnectorError, ClientError, ClientResponse, ClientSession, ConnectionTimeoutError, InvalidURL
from yarl import URL

from bot.errors import ChannelDown, ChannelError, OutcomeUnknown
from responders.x.refusals import Answer, refusal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from datetime import datetime

#: Failures before a single byte of the request left.
_NEVER_SENT = (ClientConnectorError, ConnectionTimeoutError, InvalidURL)


class Line:
    """What tweepy takes for its aiohttp session."""

    def __init__(self, session: ClientSession, origin: URL, clock: Callable[[], datetime]) -> None:
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
    ) -> AsyncIterator[ClientResponse]:
        """Make one request and give its answer, which is a success and a JSON object. Raises ChannelError.

        A POST whose outcome cannot be known raises OutcomeUnknown.
        """
        target = URL(f"{self._origin}{URL(url).raw_path_qs}", encoded=True)
        try:
            # A redirected POST would arrive as a GET, and a redirect elsewhere would carry our signature there.
            async with self._session.request(
                method, target, params=params, json=json, headers=headers, allow_redirects=False
            ) as response:
                self._check(method, response, await response.read())
                yield response
        except (ClientError, TimeoutError) as error:
            raise self._unreachable(method, error) from error

    def _check(self, method: str, response: ClientResponse, body: bytes) -> None:
        answer = Answer(method=method, status=response.status, headers=response.headers, body=body)
        refused = refusal(answer, self._clock())
        if refused is not None:
            raise refused

    def _unreachable(self, method: str, error: ClientError | TimeoutError) -> ChannelError:
        if isinstance(error, _NEVER_SENT):
            return ChannelDown(f"X cannot be reached at {self._origin}. Check x.base_url and the network.")
        what = "did not answer in time" if isinstance(error, TimeoutError) else "broke the connection"
        if method == "POST":
            remedy = "Heed looks at the account's own posts before it tries again"
            return OutcomeUnknown(f"X at {self._origin} {what} after a reply was handed over. {remedy}.")
        return ChannelDown(f"X at {self._origin} {what}. Heed tries again; x.timeout_seconds is the longest wait.")
