"""How a request is made: reads are tried again while X is down, and tokens that X no longer takes are renewed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import stamina

from bot.errors import ChannelDown, CredentialsRefused

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from responders.x.bearer import Bearer

    Ask: TypeAlias = Callable[..., Awaitable[Any]]

TRIES = 3
"""Of a read; what changes something is tried once."""

_FIRST_PAUSE, _LONGEST_PAUSE, _JITTER = 0.2, 2.0, 0.3
"""Seconds between tries, doubling."""


class Voice(Protocol):
    """What of tweepy's client is touched here."""

    bearer_token: str


class Asking:
    """Makes the requests of one caller: the brand's account or the app alone."""

    def __init__(self, voice: Voice, seconds: float, *, signed: bool = False, bearer: Bearer | None = None) -> None:
        """*signed* requests carry an OAuth 1.0a signature, others the token of *bearer*, else that of *voice*.

        After *seconds* a read is not tried again.
        """
        self._voice = voice
        self._seconds = seconds
        self._signed = signed
        self._bearer = bearer

    async def read(self, ask: Ask, *args: object, **wanted: object) -> Any:  # noqa: ANN401 - what tweepy gives
        """Call *ask* until X answers, a few times. Raises ChannelError.

        Each try is signed anew, because a signature is good for one request.
        """
        async for attempt in stamina.retry_context(
            on=ChannelDown,
            attempts=TRIES,
            timeout=self._seconds,
            wait_initial=_FIRST_PAUSE,
            wait_max=_LONGEST_PAUSE,
            wait_jitter=_JITTER,
        ):
            with attempt:
                answer = await self.write(ask, *args, **wanted)
        return answer

    async def write(self, ask: Ask, *args: object, **wanted: object) -> Any:  # noqa: ANN401 - what tweepy gives
        """Call *ask*, and once more with another token where X certainly did nothing. Raises ChannelError."""
        if self._bearer is None:
            return await ask(*args, user_auth=self._signed, **wanted)
        token = self._voice.bearer_token = await self._bearer.current()
        try:
            return await ask(*args, user_auth=False, **wanted)
        except CredentialsRefused:
            renewed = await self._bearer.instead_of(token)
            if renewed is None:
                raise
            self._voice.bearer_token = renewed
        return await ask(*args, user_auth=False, **wanted)
