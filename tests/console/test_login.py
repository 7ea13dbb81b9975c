"""Who comes in, and who does not."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import update

from console.door import COOKIE
from console.throttle import Doorkeeper, Throttle
from storage.agents import (
    AgentRefused,
    Role,
    authenticate,
    create_agent,
    ensure_agent,
    find_session,
    open_session,
)
from storage.tables import agents, sessions
from tests.console.conftest import PASSWORD
from tests.console.rows import rows_of


@pytest.fixture
async def ann(database):
    async with database.begin() as connection:
        return await create_agent(connection, "Ann", "AN", Role.AGENT, PASSWORD)


async def log_in(client, *, name="Ann", password=PASSWORD, wanted=""):
    page = await (await client.get("/login", params={"next": wanted})).text()
    csrf = re.search(r'name="csrf" value="([^"]+)"', page)[1]
    form = {"csrf": csrf, "name": name, "password": password, "next": wanted}
    return await client.post("/login", data=form, allow_redirects=False)


async def test_the_right_password_opens_the_queue(stranger, ann):
    answer = await log_in(stranger)

    assert (answer.status, answer.headers["Location"]) == (303, "/queue")
    assert (await stranger.get("/queue")).status == 200


async def test_a_wrong_password_opens_nothing(stranger, ann):
    answer = await log_in(stranger, password="wrong horse battery")

    assert answer.status == 401
    assert "do not belong together" in await answer.text()
    assert COOKIE not in answer.cookies


async def test_a_name_that_nobody_has_is_told_the_same_as_a_wrong_password(stranger, ann):
    answer = await log_in(stranger, name="Nobody")

    assert answer.status == 401
    assert "do not belong together" in await answer.text()


async def test_guessing_is_slowed_down_even_for_the_right_password(stranger, ann):
    for _ in range(5):
        await log_in(stranger, password="wrong")

    answer = await log_in(stranger)

    assert answer.status == 429
    assert int(answer.headers["Retry-After"]) >= 1


async def test_the_session_cookie_is_kept_from_scripts_and_other_sites(stranger, ann):
    cookie = (await log_in(stranger)).cookies[COOKIE]

    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"


async def test_only_the_hash_of_a_token_is_stored(database, ann):
    async with database.begin() as connection:
        token = await open_session(connection, ann.id, timedelta(hours=1))

    stored = await rows_of(database, sessions)
    assert token.encode() not in stored[0].token_hash


async def test_whoever_has_no_session_logs_in_and_comes_back(stranger, ann):
    sent_away = await stranger.get("/conversations/7?x=1", allow_redirects=False)
    assert sent_away.headers["Location"] == "/login?next=/conversations/7?x%3D1"

    answer = await log_in(stranger, wanted="/conversations/7?x=1")

    assert answer.headers["Location"] == "/conversations/7?x=1"


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "https://evil.example", "/\\evil.example", "/login", "javascript:1"]
)
async def test_a_log_in_never_leads_elsewhere(stranger, ann, wanted):
    assert (await log_in(stranger, wanted=wanted)).headers["Location"] == "/queue"


async def test_a_forged_cookie_leads_to_the_log_in_page(stranger, ann):
    answer = await stranger.get("/queue", cookies={COOKIE: "forged"}, allow_redirects=False)

    assert (answer.status, answer.headers["Location"]) == (303, "/login?next=/queue")


async def test_an_expired_session_leads_to_the_log_in_page(browser, database):
    ann = await browser()
    async with database.begin() as connection:
        await connection.execute(update(sessions).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))

    assert (await ann.get("/queue")).headers["Location"] == "/login?next=/queue"


async def test_logging_out_ends_the_session_in_the_database(browser, database):
    ann = await browser()

    assert (await ann.send("/logout")).status == 303

    assert await rows_of(database, sessions) == []


async def test_an_open_page_without_a_session_is_told_so_and_not_redirected(stranger):
    assert (await stranger.get("/events")).status == 401
    assert (await stranger.get("/queue", headers={"X-Heed-Refresh": "1"})).status == 401


async def test_a_hash_of_weaker_parameters_is_renewed_at_log_in(database, ann):
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    async with database.begin() as connection:
        await connection.execute(update(agents).values(password_hash=weak))

    assert await authenticate(database, "Ann", PASSWORD) == ann

    assert (await rows_of(database, agents))[0].password_hash != weak
    assert await authenticate(database, "Ann", PASSWORD) == ann


async def test_ensuring_an_agent_twice_leaves_one_with_the_newer_password(database):
    async with database.begin() as connection:
        first = await ensure_agent(connection, "Demo", "DE", Role.AGENT, "first password")
        second = await ensure_agent(connection, "Demo", "DE", Role.OPS, "other password")

    assert (first.id, second.role) == (second.id, Role.OPS)
    assert await authenticate(database, "Demo", "first password") is None
    assert await authenticate(database, "Demo", "other password") == second


@pytest.mark.parametrize(
    ("name", "initials", "password"),
    [("", "AN", PASSWORD), ("Ann", "ann", PASSWORD), ("Ann", "AN", "short"), ("A\nB", "AN", PASSWORD)],
)
async def test_an_agent_that_is_not_fit_is_refused(database, name, initials, password):
    async with database.begin() as connection:
        with pytest.raises(AgentRefused):
            await create_agent(connection, name, initials, Role.AGENT, password)


async def test_a_name_is_taken_once(database, ann):
    async with database.begin() as connection:
        with pytest.raises(AgentRefused, match="already"):
            await create_agent(connection, "Ann", "AA", Role.AGENT, PASSWORD)


async def test_a_token_of_no_session_finds_nothing(database, ann):
    async with database.begin() as connection:
        assert await find_session(connection, "\udcff") is None


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def test_each_further_try_waits_twice_as_long_up_to_a_limit():
    clock = Clock()
    throttle = Throttle(3, clock=clock)
    waits = []
    for _ in range(14):
        throttle.note("ann")
        waits.append(throttle.wait("ann"))

    assert waits[:6] == [0, 0, 1, 2, 4, 8]
    assert waits[-1] == 300


def test_a_wait_ends():
    clock = Clock()
    throttle = Throttle(1, clock=clock)
    throttle.note("ann")
    clock.now = 1.0

    assert throttle.wait("ann") == 0


def test_the_throttle_forgets_the_oldest_name_before_it_grows_without_end(monkeypatch):
    monkeypatch.setattr("console.throttle.REMEMBERED", 2)
    throttle = Throttle(1, clock=Clock())
    for name in ("first", "second", "third"):
        throttle.note(name)

    assert throttle.wait("first") == 0
    assert throttle.wait("third") > 0


async def test_a_try_that_must_wait_does_not_count():
    keeper = Doorkeeper(clock=Clock())
    for _ in range(5):
        keeper.wait("ann", "10.0.0.1")

    assert keeper.wait("ann", "10.0.0.1") == keeper.wait("ann", "10.0.0.1") == 1
