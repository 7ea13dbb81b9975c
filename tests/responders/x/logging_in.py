"""The way to tokens, as a browser would take it on the sandbox."""

from __future__ import annotations

from yarl import URL

from responders.x.oauth2 import OAuth2
from responders.x.session import open_session
from sandbox.config import SandboxConfig
from sandbox.oauth2 import Request
from storage.sealing import new_key
from tests.responders.conftest import settings_for

REDIRECT = "http://127.0.0.1:8600/"
KEY = new_key()


def oauth2_settings(origin, **changes):
    keys = SandboxConfig()
    given = {
        "auth": "oauth2",
        "client_id": keys.client_id,
        "client_secret": keys.client_secret,
        "token_key": KEY,
        "consumer_key": "",
        "access_token": "",
    }
    return settings_for(origin, **(given | changes))


def agree(sandbox, address):
    """Agree to what the address asks, and give the address that the browser is sent to."""
    asked = URL(address).query
    code = sandbox.credentials.grants.agree(
        Request(
            client_id=asked["client_id"],
            redirect_uri=asked["redirect_uri"],
            scopes=frozenset(asked["scope"].split()),
            challenge=asked["code_challenge"],
            method=asked["code_challenge_method"],
        )
    )
    return str(URL(asked["redirect_uri"]).with_query(code=code, state=asked["state"]))


async def first_pair(sandbox, settings, clock):
    """Log in and give the tokens."""
    async with open_session(settings) as session:
        oauth2 = OAuth2(session, settings, clock)
        invitation = oauth2.invitation(REDIRECT)
        code = URL(agree(sandbox, invitation.address)).query["code"]
        return await oauth2.exchange(code, invitation)
