from __future__ import annotations

import tomllib

import pytest

from bot.cli.configuring import example, shown
from bot.settings import ROOT, LaneRuleSettings, ReplyingSettings, Settings, TeamsSettings, load_settings
from bot.vocabulary import Danger

EXAMPLE = ROOT / "heed.example.toml"


def test_the_example_file_is_what_the_code_says():
    assert EXAMPLE.read_text(encoding="utf-8") == example()


def test_the_example_file_loads_as_the_defaults():
    assert load_settings(EXAMPLE, {}) == Settings()


@pytest.mark.parametrize("section", Settings.model_fields)
def test_the_example_names_every_setting(section):
    kind = Settings.model_fields[section].annotation
    part = example().partition(f"\n[{section}]\n")[2].partition("\n[")[0]

    assert [name for name in kind.model_fields if f"{name} =" not in part] == []


def test_shown_settings_hide_secrets_and_say_that_they_are_set():
    environ = {"HEED_X_ACCESS_TOKEN": "hush", "HEED_DATABASE_URL": "postgresql://u:hush@h/d"}
    text = shown(load_settings(environ=environ))

    assert "hush" not in text
    assert 'access_token = "**********"' in text
    assert 'consumer_key = ""' in text


def test_shown_settings_are_toml_whatever_they_hold():
    odd = ReplyingSettings(signature='^"Bot"\\', stop_words=('a"b', "añ"))
    replying = tomllib.loads(shown(Settings(replying=odd)))["replying"]

    assert (replying["signature"], replying["stop_words"]) == ('^"Bot"\\', ['a"b', "añ"])


def test_shown_lane_rules_are_toml_that_loads_as_the_same(tmp_path):
    rules = (
        LaneRuleSettings(team='the "A" team', topics=("wifi", "dock"), least=0.7, answer_within_minutes=5),
        LaneRuleSettings(team="b", dangers=(Danger.FIRE,)),
    )
    teams = TeamsSettings(default="us", rules=rules)
    file = tmp_path / "heed.toml"
    file.write_text(shown(Settings(teams=teams)), encoding="utf-8")

    assert TeamsSettings(**tomllib.loads(file.read_text(encoding="utf-8"))["teams"]) == teams
