"""OAuth 2.0 tokens: kept encrypted in the database, and renewed by one process at a time.

An access token lasts two hours. X takes a refresh token once and gives the next one with its answer, so a pair that is
not stored before it is used is lost with the process.
https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from cryptography.fernet import InvalidToken

from bot.errors import CredentialsRefused
from storage import tokens as rows
from storage.sealing import cipher_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.settings import XSettings
    from storage.database import Database

NAME = "x"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """A pair of tokens of one account."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_at: datetime  #: When the access token ends; the refresh token ends when it is used.
    scopes: tuple[str, ...] = ()


class Vault(Protocol):
    """Where the tokens are kept."""

    async def load(self) -> Tokens:
        """Give the present pair. Raises CredentialsRefused where nobody has logged in."""
        ...

    async def renew(self, stale: Tokens, exchange: Callable[[str], Awaitable[Tokens]]) -> Tokens:
        """Give a pair newer than *stale*, stored before anybody sees it.

        *exchange* gives the next pair for a refresh token; it is not called where another process was faster.
        """
        ...


class TokenVault:
    """Implements `Vault` in the database, with a key that is not in it."""

    def __init__(self, database: Database, settings: XSettings) -> None:
        """Raises SettingsError where x.token_key is no key."""
        self._database = database
        self._cipher = cipher_of(settings.token_key.get_secret_value(), setting="x.token_key")

    async def load(self) -> Tokens:
        """Give the present pair; see the protocol. Raises StorageDown."""
        async with self._database.begin() as connection:
            return self._opened(await rows.find(connection, NAME))

    async def renew(self, stale: Tokens, exchange: Callable[[str], Awaitable[Tokens]]) -> Tokens:
        """Give a pair newer than *stale*; see the protocol. Raises StorageDown and what *exchange* raises.

        A cancelled caller waits for the end of it: X may have taken the refresh token already.
        """
        renewal = asyncio.ensure_future(self._renewed(stale, exchange))
        try:
            return await asyncio.shield(renewal)
        except asyncio.CancelledError:
            await asyncio.wait({renewal})
            raise

    async def store(self, pair: Tokens) -> None:
        """Keep *pair* instead of the present one. Raises StorageDown."""
        async with self._database.begin() as connection:
            await rows.save(connection, NAME, self._sealed(pair))

    async def forget(self) -> None:
        """Keep no pair any more. Raises StorageDown."""
        async with self._database.begin() as connection:
            await rows.remove(connection, NAME)

    async def _renewed(self, stale: Tokens, exchange: Callable[[str], Awaitable[Tokens]]) -> Tokens:
        # The row stays locked during the request: a second process that sent the same refresh token would end both.
        async with self._database.begin() as connection:
            present = self._opened(await rows.hold(connection, NAME))
            if present.access != stale.access:
                return present
            fresh = await exchange(present.refresh)
            await rows.save(connection, NAME, self._sealed(fresh))
        return fresh

    def _sealed(self, pair: Tokens) -> bytes:
        plain = [pair.access, pair.refresh, pair.expires_at.isoformat(), list(pair.scopes)]
        return self._cipher.encrypt(json.dumps(plain).encode())

    def _opened(self, sealed: bytes | None) -> Tokens:
        if sealed is None:
            raise CredentialsRefused("Nobody has logged in to X. Run `heed x login`.")
        try:
            access, refresh, expires_at, scopes = json.loads(self._cipher.decrypt(sealed))
        except InvalidToken:
            raise CredentialsRefused(
                "The tokens for X were encrypted with another x.token_key. Set that one, or run `heed x login`."
            ) from None
        return Tokens(
            access=access, refresh=refresh, expires_at=datetime.fromisoformat(expires_at), scopes=tuple(scopes)
        )


def vault_for(settings: XSettings, database: Database) -> TokenVault | None:
    """Give the vault that *settings* need; None where OAuth 1.0a needs none. Raises SettingsError."""
    return TokenVault(database, settings) if settings.auth == "oauth2" else None
