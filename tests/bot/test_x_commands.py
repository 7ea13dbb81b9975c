"""`heed x` against the sandbox: what a person runs before going live."""

from __future__ import annotations

import json
import logging
from contextlib import asynccontextmanager

import pytest
import structlog
from aiohttp import web
from aiohttp.test_utils import TestServer
from yarl import URL

from bot.cli import checking
from bot.cli import x as commands
from bot.errors import CredentialsRefused, SettingsError
from bot.settings import DatabaseSettings, Settings
from responders.x.subscribing import PATH
from responders.x.tokens import TokenVault
from sandbox.config import SandboxConfig
from sandbox.server import create_app
from sandbox.state import SANDBOX
from sandbox.webhooks import sign
from sandbox.world import World
from tests.responders.conftest import settings_for
from tests.responders.x.logging_in import REDIRECT, agree, oauth2_settings


@pytest.fixture(autouse=True)
def logging_as_before():
    """The commands set up logging for the whole process."""
    root = logging.getLogger()
    before = root.handlers, root.level
    yield
    root.handlers, root.level = before
    structlog.reset_defaults()


@pytest.fixture
async def platform():
    async with TestServer(create_app(World(), SandboxConfig())) as running:
        yield running


@pytest.fixture
def sandbox(platform):
    return platform.app[SANDBOX]


@pytest.fixture
def origin(platform):
    return str(platform.make_url("/"))


@pytest.fixture
def settings(origin):
    return Settings(x=settings_for(origin))


@pytest.fixture
def oauth2(origin, database_url):
    return Settings(x=oauth2_settings(origin), database=DatabaseSettings(url=database_url))


@asynccontextmanager
async def receiver():
    """Answer X's challenges as the service does, and give the address."""

    async def challenged(request):
        return web.json_response(
            {"response_token": sign(SandboxConfig().consumer_secret, request.query["crc_token"].encode())}
        )

    app = web.Application()
    app.router.add_get(PATH, challenged)
    async with TestServer(app) as running:
        yield str(running.make_url(PATH))


def person(sandbox, capsys):
    """Somebody who opens the address that was printed, agrees, and pastes where that led."""

    def paste(_):
        [address] = [line for line in capsys.readouterr().out.splitlines() if "/i/oauth2/authorize" in line]
        return agree(sandbox, address)

    return paste


async def findings(settings, capsys):
    capsys.readouterr()
    code = await checking.check(settings, as_json=True)
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (code == 0) is told["ok"]
    return {each["name"]: each for each in told["checks"]}


async def test_a_log_in_stores_tokens_that_work(oauth2, sandbox, capsys, database):
    assert await commands.log_in(oauth2, REDIRECT, person(sandbox, capsys)) == 0
    assert "@TarnwellHelp" in capsys.readouterr().out
    assert (await TokenVault(database, oauth2.x).load()).scopes


async def test_a_bare_code_is_taken_too(oauth2, sandbox, capsys):
    paste = person(sandbox, capsys)
    assert await commands.log_in(oauth2, REDIRECT, lambda question: URL(paste(question)).query["code"]) == 0


@pytest.mark.parametrize(
    ("pasted", "words"),
    [
        ("http://127.0.0.1:8600/?error=access_denied&state=x", "access_denied"),
        ("http://127.0.0.1:8600/?code=abc&state=of-another", "another log-in"),
        ("nothing of use", "30 seconds"),
    ],
)
async def test_a_log_in_that_came_to_nothing_says_so(oauth2, pasted, words):
    with pytest.raises(CredentialsRefused, match=words):
        await commands.log_in(oauth2, REDIRECT, lambda _: pasted)


@pytest.mark.parametrize(("missing", "words"), [("client_id", r"x\.client_id"), ("token_key", "heed key")])
async def test_what_a_log_in_needs_is_named(origin, database_url, missing, words):
    x = oauth2_settings(origin, enabled=False, **{missing: ""})
    settings = Settings(x=x, database=DatabaseSettings(url=database_url))
    with pytest.raises(SettingsError, match=words):
        await commands.log_in(settings, REDIRECT, lambda _: "code")


async def test_a_log_out_ends_the_tokens_here_and_at_x(oauth2, sandbox, capsys, database):
    await commands.log_in(oauth2, REDIRECT, person(sandbox, capsys))
    pair = await TokenVault(database, oauth2.x).load()
    await commands.log_out(oauth2)
    assert sandbox.credentials.grants.scopes_of(pair.access) is None
    with pytest.raises(CredentialsRefused, match="heed x login"):
        await checking.check(oauth2, as_json=True)


async def test_a_check_tells_who_we_are_and_how_often_x_may_be_asked(settings, capsys):
    found = await findings(settings, capsys)
    assert "@TarnwellHelp" in found["account"]["says"]
    assert "299 more" in found["allowance"]["says"]
    assert [name for name, each in found.items() if not each["ok"]] == []


async def test_a_check_with_a_log_in_looks_at_its_scopes(oauth2, sandbox, capsys):
    await commands.log_in(oauth2, REDIRECT, person(sandbox, capsys))
    found = await findings(oauth2, capsys)
    assert "tweet.write" in found["permissions"]["says"]


async def test_refused_tokens_are_a_problem_with_its_remedy(origin, capsys):
    found = await findings(Settings(x=settings_for(origin, access_token="wrong")), capsys)
    assert not found["account"]["ok"]
    assert "x.access_token" in found["account"]["remedy"]


async def test_messages_need_a_right_that_tokens_for_posts_lack(origin, capsys):
    found = await findings(Settings(x=settings_for(origin, messages=True)), capsys)
    assert not found["permissions"]["ok"]
    assert "directmessages" in found["permissions"]["says"]


async def test_a_webhook_that_is_wanted_and_missing_is_a_problem(origin, capsys):
    found = await findings(Settings(x=settings_for(origin, webhook=True)), capsys)
    assert not found["webhook"]["ok"]
    assert "heed x webhook" in found["webhook"]["remedy"]


async def test_a_webhook_is_registered_once_and_then_found(origin, sandbox, capsys):
    settings = Settings(x=settings_for(origin, webhook=True))
    async with receiver() as url:
        for _ in range(2):
            assert await commands.set_up_webhook(settings, url) == 0
        found = await findings(settings, capsys)
    assert len(sandbox.notices.webhooks.all()) == 1
    assert len(sandbox.notices.subscriptions.all()) == 3
    assert found["webhook"]["ok"]
    assert "post.mention.create" in found["subscriptions"]["says"]


async def test_a_bare_host_gets_the_path_of_the_service(origin, sandbox):
    async with receiver() as url:
        await commands.set_up_webhook(Settings(x=settings_for(origin)), str(URL(url).with_path("/")))
    assert [webhook.url for webhook in sandbox.notices.webhooks.all()] == [url]


@pytest.mark.parametrize("url", ["heed.example", "", "https://heed.example/?a=b", "http://["])
async def test_what_is_no_address_is_named(settings, url):
    with pytest.raises(SettingsError, match="webhooks/x"):
        await commands.set_up_webhook(settings, url)


async def test_a_webhook_without_the_apps_token_says_which_is_missing(origin, capsys):
    found = await findings(Settings(x=settings_for(origin, webhook=True, bearer_token="")), capsys)
    assert "x.bearer_token" in found["webhook"]["says"]


async def test_for_people_each_finding_is_a_line_and_its_remedy_another(settings, capsys):
    await checking.check(settings, as_json=False)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("ok       account")
    assert any(line.strip().startswith("Turn the label on") for line in lines)
