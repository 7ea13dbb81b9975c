"""X's OAuth 2.0 endpoints: the address at which a person lets us in, and the tokens for it. PKCE with S256.

https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from aiohttp import ClientConnectorError, ClientError, ClientSession, encode_basic_auth
from yarl import URL

from bot.errors import ChannelDown, ChannelError, CredentialsRefused
from responders.x.session import origin_of
from responders.x.tokens import Tokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.settings import XSettings

SCOPES = ("tweet.read", "tweet.write", "users.read", "dm.read", "dm.write", "offline.access")

_API_HOSTS = frozenset({"api.twitter.com", "api.x.com"})
_X = URL("https://x.com")


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """An address at which a person lets us in, and what proves later that we made it."""

    address: str
    state: str
    verifier: str = field(repr=False)
    redirect: str


class OAuth2:
    """Asks X for tokens. Every request raises ChannelDown where X cannot be asked now."""

    def __init__(self, session: ClientSession, settings: XSettings, clock: Callable[[], datetime]) -> None:
        """Raises SettingsError where x.base_url is no address."""
        self.clock = clock
        self._session = session
        self._client_id = settings.client_id
        self._secret = settings.client_secret.get_secret_value().strip()
        self._origin = origin_of(settings)

    def invitation(self, redirect: str) -> Invitation:
        """Make an address to open in a browser where the brand's account is logged in.

        X sends the browser to *redirect* afterwards, which must be one of the app's callback addresses.
        """
        state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        site = _X if self._origin.host in _API_HOSTS else self._origin
        address = (site / "i/oauth2/authorize").with_query(
            response_type="code",
            client_id=self._client_id,
            redirect_uri=redirect,
            scope=" ".join(SCOPES),
            state=state,
            code_challenge=challenge,
            code_challenge_method="S256",
        )
        return Invitation(address=str(address), state=state, verifier=verifier, redirect=redirect)

    async def exchange(self, code: str, invitation: Invitation) -> Tokens:
        """Give the first pair for *code*, which lasts 30 seconds. Raises CredentialsRefused where X refuses it."""
        return self._tokens(
            await self._ask(
                "/2/oauth2/token",
                "The code was refused; it lasts 30 seconds and works once. Run `heed x login` again.",
                grant_type="authorization_code",
                code=code,
                redirect_uri=invitation.redirect,
                code_verifier=invitation.verifier,
            )
        )

    async def refresh(self, token: str) -> Tokens:
        """Give the next pair for a refresh *token*. Raises CredentialsRefused where X refuses it."""
        remedy = "The log-in to X has ended; somebody may have revoked it. Run `heed x login`."
        return self._tokens(await self._ask("/2/oauth2/token", remedy, grant_type="refresh_token", refresh_token=token))

    async def revoke(self, token: str) -> None:
        """End *token* at X. Raises CredentialsRefused where X does not know the app."""
        await self._ask("/2/oauth2/revoke", "Check x.client_id and x.client_secret.", token=token)

    async def _ask(self, path: str, remedy: str, **form: str) -> dict[str, Any]:
        known = {"Authorization": encode_basic_auth(self._client_id, self._secret)} if self._secret else {}
        address = self._origin.with_path(path)
        try:
            async with self._session.post(
                address, data=form | {"client_id": self._client_id}, headers=known, allow_redirects=False
            ) as answer:
                return _checked(answer.status, await answer.read(), remedy)
        except (ClientError, TimeoutError) as error:
            what = "cannot be reached" if isinstance(error, ClientConnectorError) else "broke off or took too long"
            raise ChannelDown(f"X {what} at {self._origin}, so there are no new tokens. Heed tries again.") from error

    def _tokens(self, answer: dict[str, Any]) -> Tokens:
        access, refresh, seconds = (answer.get(name) for name in ("access_token", "refresh_token", "expires_in"))
        if not (isinstance(access, str) and isinstance(refresh, str) and isinstance(seconds, int | float)):
            raise CredentialsRefused(
                "X gave tokens that cannot be renewed. Allow 'offline.access' and run `heed x login` again."
            )
        expires_at = self.clock() + timedelta(seconds=seconds)
        return Tokens(
            access=access, refresh=refresh, expires_at=expires_at, scopes=tuple(str(answer.get("scope") or "").split())
        )


def _checked(status: int, body: bytes, remedy: str) -> dict[str, Any]:
    """X refuses in the words of OAuth, {"error": ..., "error_description": ...}, where it is X itself."""
    try:
        answer = json.loads(body)
    except ValueError:
        answer = None
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS:
        raise ChannelDown(f"X answered {status} when asked for tokens. Heed tries again.")
    if not isinstance(answer, dict):
        raise ChannelError(f"X answered {status} without JSON when asked for tokens. Check x.base_url.")
    if status >= HTTPStatus.MULTIPLE_CHOICES:
        said = answer.get("error_description") or answer.get("detail") or answer.get("error") or "no reason given"
        raise CredentialsRefused(f"X answered {status}: {str(said).rstrip('.')}. {remedy}")
    return answer
