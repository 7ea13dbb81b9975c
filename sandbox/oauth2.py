"""OAuth 2.0 with PKCE: codes, access tokens and refresh tokens, and what each lets the app do.

https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code
"""

import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest

from sandbox.config import SandboxConfig
from sandbox.limits import Endpoint
from sandbox.problems import Answer, Problem
from sandbox.snowflake import Clock

CODE_LASTS = timedelta(seconds=30)
OFFLINE = "offline.access"  #: Without this scope there is no refresh token.
KNOWN_SCOPES = frozenset(
    "tweet.read tweet.write tweet.moderate.write users.email users.read follows.read follows.write offline.access"
    " space.read mute.read mute.write like.read like.write list.read list.write block.read block.write"
    " bookmark.read bookmark.write dm.read dm.write media.write".split()
)
_READING = frozenset({"tweet.read", "users.read"})
_FURTHER = {
    Endpoint.BLOCKING: "block.read",
    Endpoint.CREATE: "tweet.write",
    Endpoint.DELETE: "tweet.write",
    Endpoint.HIDE: "tweet.moderate.write",
    Endpoint.MESSAGES: "dm.read",
    Endpoint.MESSAGES_WITH: "dm.read",
    Endpoint.SEND: "dm.write",
}


def scopes_for(endpoint: Endpoint) -> frozenset[str]:
    """Return the scopes that a user's token needs for this endpoint."""
    return _READING | ({_FURTHER[endpoint]} if endpoint in _FURTHER else set())


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What an app asks a person to agree to."""

    client_id: str
    redirect_uri: str
    scopes: frozenset[str]
    challenge: str  #: The hashed verifier, or with the method "plain" the verifier itself.
    method: str  #: "S256" or "plain".


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What an app gets in exchange."""

    access: str = field(repr=False)
    refresh: str | None = field(repr=False)
    scopes: frozenset[str]


def refused(error: str, description: str, *, status: int = 400) -> Problem:
    """Word a refusal as the token endpoint does."""
    return Problem(Answer(status, {"error": error, "error_description": description}))


class Grants:
    """Remembers what was agreed to; codes and refresh tokens are good for one use."""

    def __init__(self, config: SandboxConfig, clock: Clock) -> None:
        self._clock = clock
        self._lasting = timedelta(seconds=config.access_seconds)
        self._codes: dict[str, tuple[Request, datetime]] = {}
        self._access: dict[str, tuple[frozenset[str], datetime]] = {}
        self._refresh: dict[str, frozenset[str]] = {}

    def agree(self, request: Request) -> str:
        """Return a code for what a person agreed to, good for 30 seconds."""
        code = secrets.token_urlsafe(32)
        self._codes[code] = request, self._clock() + CODE_LASTS
        return code

    def exchange(self, code: str, *, verifier: str, redirect_uri: str, client_id: str) -> Tokens:
        """Give tokens for a code; raises `Problem` (400)."""
        request, until = self._codes.pop(code, (None, self._clock()))
        if request is None or self._clock() >= until or client_id != request.client_id:
            raise refused("invalid_request", "Value passed for the authorization code was invalid.")
        if redirect_uri != request.redirect_uri:
            raise refused("invalid_request", "Value passed for the redirect uri did not match the uri of the code.")
        if not _fits(verifier, request):
            raise refused("invalid_request", "Value passed for the code verifier did not match the code challenge.")
        return self._issue(request.scopes)

    def renew(self, refresh_token: str) -> Tokens:
        """Give new tokens for a refresh token, which is used up by that; raises `Problem` (400)."""
        scopes = self._refresh.pop(refresh_token, None)
        if scopes is None:
            raise refused("invalid_request", "Value passed for the token was invalid.")
        return self._issue(scopes)

    def revoke(self, token: str) -> None:
        """Make an access or a refresh token worthless."""
        self._access.pop(token, None)
        self._refresh.pop(token, None)

    def scopes_of(self, access_token: str) -> frozenset[str] | None:
        """Return what an access token allows, or None for one that is unknown or expired."""
        scopes, until = self._access.get(access_token, (None, self._clock()))
        return scopes if self._clock() < until else None

    def _issue(self, scopes: frozenset[str]) -> Tokens:
        access, refresh = secrets.token_urlsafe(48), secrets.token_urlsafe(48) if OFFLINE in scopes else None
        self._access[access] = scopes, self._clock() + self._lasting
        if refresh:
            self._refresh[refresh] = scopes
        return Tokens(access=access, refresh=refresh, scopes=scopes)


def _fits(verifier: str, request: Request) -> bool:
    hashed = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    given = hashed if request.method == "S256" else verifier
    return compare_digest(given.encode(), request.challenge.encode())
