"""`heed x`: log in to X, and let X deliver events."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from yarl import URL

from bot import service
from bot.cli.output import out
from bot.errors import CredentialsRefused, SettingsError
from bot.telemetry import set_up_logging
from responders.x.client import open_client, utc_now
from responders.x.oauth2 import SCOPES, OAuth2
from responders.x.session import open_session
from responders.x.subscribing import PATH, set_up, wanted_events
from responders.x.tokens import TokenVault, vault_for

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from bot.settings import Settings
    from responders.x.client import XClient
    from responders.x.oauth2 import Invitation
    from responders.x.tokens import Tokens


@asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[XClient]:
    """Open the client of X, and the database only where the tokens are in it. Raises SettingsError, StorageDown."""
    if settings.x.auth == "oauth1":
        async with open_client(settings.x) as client:
            yield client
        return
    async with (
        service.open_database(settings) as database,
        open_client(settings.x, vault=vault_for(settings.x, database)) as client,
    ):
        yield client


async def log_in(settings: Settings, redirect: str, ask: Callable[[str], str]) -> int:
    """Let a person allow us to act for the brand's account, and store the tokens.

    *ask* shows a question and gives what is typed. Raises SettingsError, ChannelError, StorageDown.
    """
    be_quiet(settings)
    if not settings.x.client_id:
        raise SettingsError("x.client_id is empty. Set the OAuth 2.0 client id from X's developer console.")
    async with service.open_database(settings) as database, open_session(settings.x) as session:
        vault, oauth2 = TokenVault(database, settings.x), OAuth2(session, settings.x, utc_now)
        invitation = oauth2.invitation(redirect)
        out.print(
            "Open this address in a browser where the brand's account is logged in, and agree. The page it leads to"
            " may fail to load; only its address counts, and only for 30 seconds.\n"
        )
        out.print(invitation.address, markup=False, highlight=False, soft_wrap=True)
        pasted = await asyncio.to_thread(ask, "\nThe address that the browser was sent to, or the code in it")
        pair = await oauth2.exchange(code_of(pasted, invitation), invitation)
        await vault.store(pair)
        as_oauth2 = settings.x.model_copy(update={"auth": "oauth2"})
        async with open_client(as_oauth2, vault=vault) as client:
            us = await client.me()
    out.print(f"Logged in as @{us.handle}.{_advice(settings, pair)}", markup=False)
    return 0


async def log_out(settings: Settings) -> int:
    """End the log-in at X and forget its tokens. Raises SettingsError, ChannelError, StorageDown."""
    be_quiet(settings)
    async with service.open_database(settings) as database, open_session(settings.x) as session:
        vault, oauth2 = TokenVault(database, settings.x), OAuth2(session, settings.x, utc_now)
        pair = await vault.load()
        for token in (pair.refresh, pair.access):
            await oauth2.revoke(token)
        await vault.forget()
    out.print("Logged out of X; nothing is heard or sent until `heed x login`.", markup=False)
    return 0


async def set_up_webhook(settings: Settings, url: str) -> int:
    """Let X deliver events to *url*, where it does not yet. Raises SettingsError, ChannelError, StorageDown."""
    be_quiet(settings)
    async with connected(settings) as client:
        made = await set_up(client, _with_path(url), wanted_events(settings.x))
    out.print(f"X delivers to {made.url}: {', '.join(made.events)}.", markup=False)
    for event, words in made.refused.items():
        out.print(f"X does not deliver {event}, which is heard by polling. {words}", markup=False)
    if not settings.x.webhook:
        out.print("Set x.webhook = true, or Heed does not take what is delivered.", markup=False)
    return 0


def code_of(pasted: str, invitation: Invitation) -> str:
    """Give the code in the address that the browser was sent to, or the bare code. Raises CredentialsRefused."""
    text = pasted.strip()
    try:
        query = URL(text).query if "?" in text else None
    except ValueError:
        query = None
    if query is None:
        return text
    if "code" not in query:
        raise CredentialsRefused(f"X gave no code: {query.get('error', 'no reason given')}. Run `heed x login` again.")
    if query.get("state") != invitation.state:
        raise CredentialsRefused("That address belongs to another log-in. Run `heed x login` again.")
    return query["code"]


def be_quiet(settings: Settings) -> None:
    """Log nothing but errors, for people."""
    set_up_logging(settings.log.model_copy(update={"level": "error", "format": "console"}))


def _advice(settings: Settings, pair: Tokens) -> str:
    missing = [scope for scope in SCOPES if scope not in pair.scopes]
    return (f" X did not allow {', '.join(missing)}." if missing else "") + (
        "" if settings.x.auth == "oauth2" else " Set x.auth = 'oauth2', so that it is used."
    )


def _with_path(url: str) -> str:
    """Give the address at which the service takes deliveries; a bare host gets the path."""
    try:
        address = URL(url)
    except ValueError as error:
        raise SettingsError(f"{url!r} is not an address; write https://host{PATH}") from error
    if not address.absolute or address.query:
        raise SettingsError(f"{url!r} is not an address of a webhook; write https://host{PATH}")
    return str(address.with_path(PATH) if address.path == "/" else address)
