"""Who a request comes from: OAuth 1.0a user context, an OAuth 2.0 user token, or the app's bearer token.

A signature covers the public address https://api.twitter.com, wherever the request really went: that is what
tweepy signs. https://docs.x.com/fundamentals/authentication/oauth-1-0a/creating-a-signature
"""

import hmac
from collections.abc import Mapping
from urllib.parse import parse_qsl

from oauthlib.oauth1 import Client
from oauthlib.oauth1.rfc5849 import signature, utils

from sandbox.config import SandboxConfig
from sandbox.limits import Caller, Endpoint
from sandbox.oauth2 import Grants, scopes_for
from sandbox.problems import FORBIDDEN, UNAUTHORIZED, Problem
from sandbox.snowflake import Clock

ORIGIN = "https://api.twitter.com"


class Credentials:
    """Knows the sandbox's keys and tells callers apart by them."""

    def __init__(self, config: SandboxConfig, clock: Clock) -> None:
        self.grants = Grants(config, clock)
        self._config = config
        self._signer = Client(
            config.consumer_key,
            client_secret=config.consumer_secret,
            resource_owner_key=config.access_token,
            resource_owner_secret=config.access_token_secret,
        )
        self.revoked = False  #: While true, no token is accepted, as after a revocation or an expiry.

    def identify(self, method: str, path_and_query: str, headers: Mapping[str, str]) -> Caller:
        """Tell which caller signed this request; raises `Problem` (401) for anything else.

        *path_and_query* is as it came over the wire, still encoded.
        """
        if self.revoked:
            raise Problem(UNAUTHORIZED)
        header = headers.get("Authorization", "")
        if _same(header, f"Bearer {self._config.bearer_token}"):
            return Caller.APP
        if self._scopes(header) is not None or self._is_signed(method, path_and_query, header):
            return Caller.USER
        raise Problem(UNAUTHORIZED)

    def check_scopes(self, endpoint: Endpoint, headers: Mapping[str, str]) -> None:
        """Raise `Problem` (403) when an OAuth 2.0 user token lacks a scope that the endpoint needs."""
        scopes = self._scopes(headers.get("Authorization", ""))
        if scopes is not None and not scopes_for(endpoint) <= scopes:
            raise Problem(FORBIDDEN)

    def is_client(self, client_id: str, client_secret: str) -> bool:
        """Whether these are the id and the secret of the sandbox's OAuth 2.0 client."""
        known = _same(client_id, self._config.client_id)
        return _same(client_secret, self._config.client_secret) and known

    def _scopes(self, header: str) -> frozenset[str] | None:
        kind, _, token = header.partition(" ")
        return self.grants.scopes_of(token) if kind == "Bearer" else None

    def _is_signed(self, method: str, path_and_query: str, header: str) -> bool:
        try:
            raw = dict(utils.parse_authorization_header(header))
            parameters = {name: utils.unescape(value) for name, value in raw.items()}
            given = parameters.pop("oauth_signature", "")
            return self._knows(parameters) and _same(given, self._sign(method, path_and_query, parameters))
        except ValueError:
            return False

    def _knows(self, parameters: Mapping[str, str]) -> bool:
        return (
            _same(parameters.get("oauth_consumer_key", ""), self._config.consumer_key)
            and _same(parameters.get("oauth_token", ""), self._config.access_token)
            and parameters.get("oauth_signature_method") == "HMAC-SHA1"
        )

    def _sign(self, method: str, path_and_query: str, parameters: Mapping[str, str]) -> str:
        path, _, query = path_and_query.partition("?")
        pairs = [*parse_qsl(query, keep_blank_values=True), *parameters.items()]
        base = signature.signature_base_string(
            method, signature.base_string_uri(ORIGIN + path), signature.normalize_parameters(pairs)
        )
        return str(signature.sign_hmac_sha1_with_client(base, self._signer))


def _same(left: str, right: str) -> bool:
    return hmac.compare_digest(left.encode(), right.encode())
