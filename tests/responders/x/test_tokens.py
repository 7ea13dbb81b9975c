"""OAuth 2.0 from the log-in to the end: the sandbox takes a refresh token once, as X does."""

from __future__ import annotations

import asyncio
import traceback
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from yarl import URL

from bot.errors import ChannelDown, CredentialsRefused, OutcomeUnknown, SettingsError
from responders.x.bearer import CALM, EARLY, Bearer
from responders.x.client import open_client
from responders.x.oauth2 import OAuth2
from responders.x.session import open_session
from responders.x.tokens import TokenVault, vault_for
from sandbox.faults import Fault, FaultKind
from storage.sealing import new_key
from tests.responders.x.logging_in import REDIRECT, agree, first_pair, oauth2_settings


@pytest.fixture
def settings(platform):
    return oauth2_settings(str(platform.make_url("/")))


@pytest.fixture
async def pair(sandbox, settings, clock):
    return await first_pair(sandbox, settings, clock)


@pytest.fixture
async def vault(database, settings, pair):
    made = TokenVault(database, settings)
    await made.store(pair)
    return made


@pytest.fixture
async def client(settings, clock, vault):
    async with open_client(settings, clock, vault=vault) as opened:
        yield opened


@pytest.fixture
async def oauth2(settings, clock):
    async with open_session(settings) as session:
        yield OAuth2(session, settings, clock)


def end_access(sandbox, pair):
    """Let X forget the access token, as when it expires early."""
    sandbox.credentials.grants._access.pop(pair.access)


async def test_a_log_in_lets_us_read_and_write(client, world, say):
    question = say("mara_k", "@TarnwellHelp help")
    assert (await client.me()).handle == "TarnwellHelp"
    assert world.get(await client.create_reply("Hold the power key. ^Bot", question)).author == world.brand


async def test_the_tokens_are_not_readable_in_the_database(database, vault, pair):
    async with database.begin() as connection:
        [sealed] = await connection.scalars(text("select sealed from tokens"))
    assert pair.access.encode() not in sealed
    assert pair.refresh.encode() not in sealed
    assert await vault.load() == pair


async def test_another_key_opens_nothing_and_is_named(database, vault, settings):
    other = TokenVault(database, settings.model_copy(update={"token_key": type(settings.token_key)(new_key())}))
    with pytest.raises(CredentialsRefused, match=r"x\.token_key"):
        await other.load()


async def test_a_key_that_is_none_is_named(database, platform):
    settings = oauth2_settings(str(platform.make_url("/")), token_key="secret")
    with pytest.raises(SettingsError, match="heed key"):
        TokenVault(database, settings)


async def test_before_the_first_log_in_the_way_to_it_is_named(database, settings, clock):
    async with open_client(settings, clock, vault=TokenVault(database, settings)) as client:
        with pytest.raises(CredentialsRefused, match="heed x login"):
            await client.me()


async def test_oauth2_without_a_vault_is_refused_at_the_start(settings, clock):
    with pytest.raises(SettingsError, match="heed x login"):
        async with open_client(settings, clock):
            pass


async def test_only_oauth2_needs_a_vault(database, settings):
    assert isinstance(vault_for(settings, database), TokenVault)
    assert vault_for(settings.model_copy(update={"auth": "oauth1"}), database) is None


async def test_a_token_is_renewed_before_it_ends(client, clock, vault, pair):
    await client.me()
    clock.now = pair.expires_at - EARLY + timedelta(seconds=1)
    await client.me()
    assert (await vault.load()).access != pair.access


async def test_a_refused_token_is_renewed_and_the_request_made_again(client, sandbox, vault, pair):
    await client.me()
    end_access(sandbox, pair)
    assert (await client.me()).handle == "TarnwellHelp"
    assert (await vault.load()).access != pair.access


async def test_a_reply_whose_token_was_refused_is_posted_once(client, sandbox, pair, ask):
    question = ask()
    end_access(sandbox, pair)
    await client.create_reply("Hello. ^Bot", question.id)
    assert question.answers == ["Hello. ^Bot"]


async def test_requests_at_the_same_time_renew_once(client, sandbox, vault, pair):
    end_access(sandbox, pair)
    await asyncio.gather(*(client.me() for _ in range(8)))
    renewed = await vault.load()
    await client.me()
    assert renewed.access != pair.access
    assert await vault.load() == renewed


async def test_processes_at_the_same_time_renew_once(database, settings, clock, sandbox, vault, pair):
    """Each has its own client; were a refresh token sent twice, X would refuse the second one."""
    end_access(sandbox, pair)

    async def of_another_process():
        async with open_client(settings, clock, vault=TokenVault(database, settings)) as client:
            return (await client.me()).handle

    assert await asyncio.gather(*(of_another_process() for _ in range(4))) == ["TarnwellHelp"] * 4


async def test_a_pair_is_stored_before_anybody_uses_it(vault, oauth2, pair):
    stored = []

    async def exchange(refresh):
        fresh = await oauth2.refresh(refresh)
        stored.append(fresh)
        return fresh

    used = await vault.renew(pair, exchange)
    assert [used] == stored == [await vault.load()]


async def test_whoever_is_cancelled_while_renewing_still_stores_the_pair(vault, oauth2, pair):
    reached, go_on = asyncio.Event(), asyncio.Event()

    async def exchange(refresh):
        fresh = await oauth2.refresh(refresh)
        reached.set()
        await go_on.wait()
        return fresh

    renewal = asyncio.ensure_future(vault.renew(pair, exchange))
    await reached.wait()
    renewal.cancel()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await renewal
    assert (await vault.load()).access != pair.access


async def test_a_renewal_that_x_refuses_sends_to_the_log_in(client, clock, sandbox, pair):
    sandbox.credentials.grants.revoke(pair.refresh)
    clock.move(hours=3)
    with pytest.raises(CredentialsRefused, match="heed x login"):
        await client.me()


async def test_while_x_renews_nothing_the_old_token_serves_to_its_end(client, clock, sandbox, pair):
    sandbox.faults.add(Fault(kind=FaultKind.STATUS, path="/2/oauth2", times=0))
    clock.now = pair.expires_at - timedelta(minutes=4)
    await client.me()
    clock.now = pair.expires_at + timedelta(seconds=1)
    with pytest.raises(ChannelDown, match="tokens"):
        await client.me()


async def test_an_outage_that_refuses_good_tokens_does_not_use_up_renewals(client, clock, sandbox, vault, pair):
    sandbox.faults.add(Fault(kind=FaultKind.EMPTY_401, path="/2/users", times=0))
    for _ in range(3):
        with pytest.raises(CredentialsRefused):
            await client.me()
    renewed = await vault.load()
    assert renewed.access != pair.access
    clock.move(seconds=CALM.total_seconds() + 1)
    sandbox.faults.clear()
    await client.me()
    assert await vault.load() == renewed


async def test_after_the_calm_a_refused_token_is_renewed_again(vault, oauth2, clock, pair):
    bearer = Bearer(vault, oauth2.refresh, clock)
    first = await bearer.instead_of(await bearer.current())
    assert await bearer.instead_of(first) is None
    clock.move(seconds=CALM.total_seconds() + 1)
    assert await bearer.instead_of(first) not in {None, first}


async def test_a_code_works_once(oauth2, sandbox):
    invitation = oauth2.invitation(REDIRECT)
    code = URL(agree(sandbox, invitation.address)).query["code"]
    await oauth2.exchange(code, invitation)
    with pytest.raises(CredentialsRefused, match="heed x login"):
        await oauth2.exchange(code, invitation)


async def test_a_code_of_another_log_in_is_refused(oauth2, sandbox):
    invitation = oauth2.invitation(REDIRECT)
    code = URL(agree(sandbox, oauth2.invitation(REDIRECT).address)).query["code"]
    with pytest.raises(CredentialsRefused):
        await oauth2.exchange(code, invitation)


async def test_every_invitation_is_another(oauth2):
    one, other = oauth2.invitation(REDIRECT), oauth2.invitation(REDIRECT)
    assert one.state != other.state
    assert one.verifier != other.verifier
    assert one.verifier not in one.address


@pytest.mark.parametrize(
    ("origin", "site"),
    [
        ("https://api.twitter.com", "https://x.com"),
        ("https://api.x.com", "https://x.com"),
        ("http://127.0.0.1:8601", "http://127.0.0.1:8601"),
    ],
)
async def test_people_agree_on_xs_own_site_or_on_the_sandbox(origin, site, clock):
    settings = oauth2_settings(origin)
    async with open_session(settings) as session:
        address = OAuth2(session, settings, clock).invitation(REDIRECT).address
    assert address.startswith(f"{site}/i/oauth2/authorize?")


async def test_a_revoked_token_opens_nothing(oauth2, client, sandbox, pair):
    await oauth2.revoke(pair.access)
    await oauth2.revoke(pair.refresh)
    with pytest.raises(CredentialsRefused, match="heed x login"):
        await client.me()


async def test_forgotten_tokens_are_gone(vault):
    await vault.forget()
    with pytest.raises(CredentialsRefused, match="Nobody has logged in"):
        await vault.load()


async def test_neither_token_is_in_an_error_or_a_repr(client, sandbox, clock, pair):
    sandbox.credentials.grants.revoke(pair.refresh)
    clock.move(hours=3)
    with pytest.raises(CredentialsRefused) as caught:
        await client.me()
    told = "".join(traceback.format_exception(caught.value)) + repr(pair) + repr(replace(pair, scopes=()))
    assert pair.access not in told
    assert pair.refresh not in told


async def test_a_reply_in_doubt_is_in_doubt_with_oauth2_too(client, sandbox, ask):
    question = ask()
    sandbox.faults.add(Fault(kind=FaultKind.LOST, method="POST", path="/2/tweets"))
    with pytest.raises(OutcomeUnknown):
        await client.create_reply("Hello. ^Bot", question.id)
    assert question.answers == ["Hello. ^Bot"]
