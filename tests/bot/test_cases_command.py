"""`heed cases`."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from bot.cli.cases import list_cases, redeliver
from bot.errors import IllegalMove, SettingsError
from bot.settings import DatabaseSettings, Settings
from storage import escalations
from tests.responders.desks.values import ESCALATION, PERSONAL
from tests.storage.escalating import case_of, put_case

NOW = ESCALATION.opened_at


@pytest.fixture
def settings(database_url):
    return Settings(database=DatabaseSettings(url=database_url))


@pytest.fixture
async def dead(database):
    case_id = await put_case(database, reference="H7K-2QF-9")
    async with database.begin() as connection:
        case = await escalations.take(connection, case_id, now=NOW, lease_seconds=1)
        await escalations.bury(connection, case, problem="The help desk refused the case with HTTP 422.")
    return case_id


async def test_programs_read_how_far_each_case_is(settings, database, dead, capsys):
    await put_case(database, reference="AAA-AAA-A")
    assert await list_cases(settings, None, as_json=True) == 0
    cases = json.loads(capsys.readouterr().out.splitlines()[-1])["cases"]
    assert [(case["reference"], case["state"], case["attempts"]) for case in cases] == [
        ("AAA-AAA-A", "queued", 0), ("H7K-2QF-9", "dead", 1),
    ]  # fmt: skip
    assert cases[1]["problem"] == "The help desk refused the case with HTTP 422."


async def test_people_read_a_line_for_each(settings, dead, capsys):
    await list_cases(settings, "dead", as_json=False)
    shown = capsys.readouterr().out
    assert "H7K-2QF-9" in shown
    assert "1 case." in shown


@pytest.mark.parametrize("as_json", [True, False])
async def test_who_the_customers_are_is_not_shown(settings, dead, capsys, as_json):
    await list_cases(settings, None, as_json=as_json)
    shown = capsys.readouterr().out
    assert [secret for secret in (*PERSONAL, "mara_k") if secret in shown] == []


async def test_only_cases_in_one_state_are_listed(settings, dead, capsys):
    await list_cases(settings, "open", as_json=True)
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {"cases": []}


async def test_a_state_that_does_not_exist_is_named(settings):
    with pytest.raises(SettingsError, match="--state lost: write one of queued, open, resolved, dead"):
        await list_cases(settings, "lost", as_json=True)


async def test_a_dead_case_waits_again(settings, database, dead, capsys):
    assert await redeliver(settings, "h7k-2qf-9") == 0
    assert "for try 2" in capsys.readouterr().out
    case = await case_of(database, dead)
    assert (case.state, case.next_try_at > NOW - timedelta(days=1)) == ("queued", True)


async def test_a_case_that_is_not_dead_stays_as_it_is(settings, database):
    await put_case(database, reference="H7K-2QF-9")
    with pytest.raises(IllegalMove):
        await redeliver(settings, "H7K-2QF-9")


async def test_a_case_that_does_not_exist_is_named(settings, database):
    with pytest.raises(escalations.NoSuchCase, match="XXX"):
        await redeliver(settings, "xxx")
