"""The OAuth 2.0 token that a request carries: renewed before it ends and when X refuses it, never in a hurry."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.errors import ChannelDown

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from responders.x.tokens import Tokens, Vault

EARLY = timedelta(minutes=5)
"""How long before its end a token is renewed."""

CALM = timedelta(minutes=1)
"""Least time between two renewals of one process: X may refuse good tokens for hours during its own outages."""


class Bearer:
    """The access token that a request may use at this moment."""

    def __init__(
        self, vault: Vault, exchange: Callable[[str], Awaitable[Tokens]], clock: Callable[[], datetime]
    ) -> None:
        self._vault = vault
        self._exchange = exchange
        self._clock = clock
        self._tokens: Tokens | None = None
        self._tried_at: datetime | None = None
        self._turn = asyncio.Lock()

    async def current(self) -> str:
        """Give a token that lasts. Raises CredentialsRefused, ChannelDown, StorageDown.

        While X renews no tokens, the old one serves to its end.
        """
        tokens = await self._kept()
        if self._serves(tokens):
            return tokens.access
        async with self._turn:
            tokens = await self._kept()
            try:
                return tokens.access if self._serves(tokens) else await self._renewed(tokens)
            except ChannelDown:
                if self._left(tokens) > timedelta():
                    return tokens.access
                raise

    async def instead_of(self, refused: str) -> str | None:
        """Give another token than the one that X *refused*; None where it was renewed a moment ago.

        Raises what `current` raises.
        """
        async with self._turn:
            tokens = await self._kept()
            if tokens.access != refused:
                return tokens.access
            return None if self._is_calm() else await self._renewed(tokens)

    async def _kept(self) -> Tokens:
        if self._tokens is None:
            self._tokens = await self._vault.load()
        return self._tokens

    async def _renewed(self, stale: Tokens) -> str:
        self._tried_at = self._clock()
        self._tokens = await self._vault.renew(stale, self._exchange)
        return self._tokens.access

    def _serves(self, tokens: Tokens) -> bool:
        left = self._left(tokens)
        return left > EARLY or (left > timedelta() and self._is_calm())

    def _left(self, tokens: Tokens) -> timedelta:
        return tokens.expires_at - self._clock()

    def _is_calm(self) -> bool:
        return self._tried_at is not None and self._clock() - self._tried_at < CALM
