"""`heed certificate` says what is certified and what is missing."""

from __future__ import annotations

import json
import re

import pytest

from bot.cli.certifying import show_certificate
from bot.errors import NotTrained
from bot.settings import DatabaseSettings
from storage.certificates import demote, revoke
from tests.bot.certified import certified, right_answers, settings_with


@pytest.fixture
def settings(database_url):
    """Settings of the database of this test."""
    return settings_with().model_copy(update={"database": DatabaseSettings(url=database_url)})


async def told(settings, capsys):
    assert await show_certificate(settings, as_json=True) == 0
    return json.loads(capsys.readouterr().out.splitlines()[-1])


async def test_before_any_training_it_says_what_to_do(settings, database):
    with pytest.raises(NotTrained, match="heed train"):
        await show_certificate(settings, as_json=True)


async def test_it_tells_what_is_certified_by_audience_and_topic(settings, database, capsys):
    await certified(database, settings, right_answers(60, topics=("wifi", "sound", "sound")))
    given = await told(settings, capsys)

    assert (given["mode"], given["max_wrong"], given["revoked"], given["waiting_audits"]) == ("auto", 0.05, False, 0)
    assert given["public"]["whole"]["certified"]
    assert given["public"]["topics"]["wifi"] == {
        "standing": "whole",
        "certified": True,
        "threshold": 0.8,
        "answers": 20,
        "wrong": 0,
        "upper_bound": pytest.approx(0.139, abs=0.001),
        "missing": 39,
    }
    assert (given["private"]["whole"]["certified"], given["private"]["whole"]["missing"]) == (False, 59)


async def test_a_public_topic_that_is_demoted_stays_certified_in_private(settings, database, capsys):
    answers = right_answers(60, topics=("wifi",))
    _, stored = await certified(database, settings, answers, private=answers)
    async with database.begin() as connection:
        await demote(connection, stored.id, {"wifi"})
    given = await told(settings, capsys)

    assert [given[audience]["topics"]["wifi"]["certified"] for audience in ("public", "private")] == [False, True]
    assert (given["private_from_file"], given["private_from_agents"]) == (60, 0)


async def test_what_is_revoked_or_demoted_is_not_certified(settings, database, capsys):
    _, stored = await certified(database, settings, right_answers(60, topics=("wifi", "sound")))
    async with database.begin() as connection:
        await demote(connection, stored.id, {"wifi"})
    demoted = await told(settings, capsys)
    async with database.begin() as connection:
        await revoke(connection, stored.id, "Too many were wrong.")
    revoked = await told(settings, capsys)

    assert [demoted["public"]["topics"][name]["certified"] for name in ("wifi", "sound")] == [False, True]
    assert demoted["public"]["topics"]["wifi"]["standing"] == "demoted"
    assert (revoked["revoked_because"], revoked["public"]["whole"]["certified"]) == ("Too many were wrong.", False)
    assert not revoked["public"]["topics"]["sound"]["certified"]


async def test_people_get_a_table(settings, database, capsys):
    await certified(database, settings, right_answers(20, topics=("wifi",)))
    await show_certificate(settings, as_json=False)
    shown = capsys.readouterr().out

    assert re.search(r"public, all topics +not yet +20 +0 +13\.9% +39", shown)
    assert re.search(r"private, all topics +not yet +0 +0 +100\.0% +59", shown)
