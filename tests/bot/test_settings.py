from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from bot.errors import SettingsError
from bot.settings import ROOT, DecidingSettings, Settings, XSettings, load_settings

SECRETS = {
    f"HEED_X_{name}": f"secret-{name}"
    for name in ("CONSUMER_KEY", "CONSUMER_SECRET", "ACCESS_TOKEN", "ACCESS_TOKEN_SECRET")
}


@pytest.fixture
def written(tmp_path):
    """Writes a settings file and gives its path."""

    def write(text):
        file = tmp_path / "heed.toml"
        file.write_text(text, encoding="utf-8")
        return file

    return write


def test_nothing_given_gives_the_defaults(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert load_settings(environ={}) == Settings()


def test_the_file_in_the_present_folder_is_read(written, monkeypatch):
    file = written("[web]\nport = 9000\n")
    monkeypatch.chdir(file.parent)

    assert load_settings(environ={}).web.port == 9000


def test_a_file_named_by_the_environment_is_read(written):
    file = written("[web]\nport = 9000\n")

    assert load_settings(environ={"HEED_CONFIG": str(file)}).web.port == 9000


def test_the_environment_outranks_the_file(written):
    file = written('[web]\nport = 9000\nhost = "0.0.0.0"\n')
    web = load_settings(file, {"HEED_WEB_PORT": "9001"}).web

    assert (web.port, web.host) == (9001, "0.0.0.0")  # noqa: S104 - an address in a test


def test_a_key_with_underscores_is_found_in_the_environment():
    assert load_settings(environ={"HEED_DECIDING_MAX_WRONG": "0.02"}).deciding.max_wrong == 0.02


def test_a_list_is_separated_by_commas_in_the_environment():
    environ = {"HEED_REPLYING_STOP_WORDS": "stop, opt out ,"}

    assert load_settings(environ=environ).replying.stop_words == ("stop", "opt out")


def test_an_empty_list_in_the_environment_has_no_empty_word():
    assert load_settings(environ={"HEED_REPLYING_STOP_WORDS": ""}).replying.stop_words == ()


@pytest.mark.parametrize("variable", ["HEED_DATABASE_URL", "HEED_DECIDING_ANSWER_THRESHOLD"])
def test_an_optional_setting_that_is_empty_in_the_environment_is_not_set(variable):
    assert load_settings(environ={variable: ""}) == Settings()


def test_a_secret_can_come_from_a_file(tmp_path):
    file = tmp_path / "token"
    file.write_text("s3cret\n", encoding="utf-8")
    settings = load_settings(environ={"HEED_X_ACCESS_TOKEN_FILE": str(file)})

    assert settings.x.access_token.get_secret_value() == "s3cret"


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"HEED_WBE_PORT": "1"}, r"HEED_WBE_PORT: there is no section 'wbe'\. Sections: data, database"),
        ({"HEED_WEB_PROT": "1"}, r"HEED_WEB_PROT: there is no setting 'web\.prot'\. It has: host, port"),
        ({"HEED_X_TOKEN_FILE": "/x"}, r"HEED_X_TOKEN_FILE: there is no setting"),
        ({"HEED_X_ACCESS_TOKEN_FILE": "/nowhere"}, r"HEED_X_ACCESS_TOKEN_FILE: cannot read /nowhere"),
        ({"HEED_WEB_PORT": "80000"}, r"web\.port: .*65535"),
        ({"HEED_DECIDING_MODE": "yolo"}, r"deciding\.mode: .*'draft' or 'auto'"),
    ],
)
def test_a_wrong_variable_is_refused_by_name(environ, said):
    with pytest.raises(SettingsError, match=said):
        load_settings(environ=environ)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[wbe]\nport = 1\n", r"^wbe: no such setting; `heed config show` lists all$"),
        ("[web]\nprot = 1\n", r"^web\.prot: no such setting; `heed config show` lists all$"),
        ('[web]\nport = "high"\n', r"^web\.port: "),
        ("web = 3\n", r"^web: "),
        ("[web\n", r"heed\.toml: not valid TOML: .*line 1"),
        ("[deciding]\nanswer_threshold = 0.2\n", "^deciding: draft_threshold must not exceed answer_threshold$"),
        ("[deciding]\ncase_numbers = ['(']\n", r"^deciding: case_numbers: '\(' is no regular expression"),
        ("[worker]\nheartbeat_seconds = 9.0\n", "^worker: stalled_seconds must be at least twice heartbeat_seconds$"),
        ("[x]\nenabled = true\n", r"^x: x\.enabled needs x\.consumer_key, x\.consumer_secret, x\.access_token, "),
    ],
)
def test_a_wrong_file_is_refused_by_name(written, text, said):
    with pytest.raises(SettingsError, match=said):
        load_settings(written(text), {})


def test_all_wrong_settings_are_named_at_once(written):
    with pytest.raises(SettingsError, match=r"(?s)web\.port.*worker\.batch"):
        load_settings(written("[web]\nport = -1\n[worker]\nbatch = 0\n"), {})


def test_a_section_that_is_no_table_is_refused_whatever_the_environment_says(written):
    with pytest.raises(SettingsError, match=r"^web: "):
        load_settings(written("web = 3\n"), {"HEED_WEB_PORT": "9000"})


def test_a_named_file_that_is_missing_is_an_error(tmp_path):
    with pytest.raises(SettingsError, match=r"absent\.toml: no such settings file"):
        load_settings(tmp_path / "absent.toml", {})


def test_a_folder_in_the_place_of_the_file_is_an_error(tmp_path):
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings(tmp_path, {})


def test_a_file_that_is_not_utf_8_is_an_error(written):
    file = written("")
    file.write_bytes(b'[replying]\nsignature = "\xff"\n')

    with pytest.raises(SettingsError, match="not UTF-8"):
        load_settings(file, {})


def test_the_channel_is_complete_with_all_its_secrets():
    assert load_settings(environ={**SECRETS, "HEED_X_ENABLED": "true"}).x.enabled


def test_settings_cannot_be_changed():
    with pytest.raises(ValidationError, match="frozen"):
        Settings().web.port = 1


def test_a_secret_is_hidden_in_the_repr():
    settings = load_settings(environ={**SECRETS, "HEED_DATABASE_URL": "postgresql://u:hush@h/d"})

    assert "secret-" not in repr(settings)
    assert "hush" not in repr(settings)


def test_a_wrong_value_of_a_secret_is_not_repeated(written):
    with pytest.raises(SettingsError) as refused:
        load_settings(written("[x]\nconsumer_key = 42424242\n"), {})

    assert "42424242" not in str(refused.value)


def test_a_relative_path_starts_at_the_projects_folder():
    assert load_settings(environ={"HEED_DATA_FOLDER": "elsewhere"}).data.folder == ROOT / "elsewhere"
    assert load_settings(environ={"HEED_DATA_FOLDER": "/elsewhere"}).data.folder == Path("/elsewhere")


@pytest.mark.parametrize("section", Settings.model_fields)
def test_every_setting_says_what_it_is_for(section):
    kind = Settings.model_fields[section].annotation

    assert kind.__doc__
    assert [name for name, field in kind.model_fields.items() if not field.description] == []


def test_every_credential_is_a_secret():
    fields = {name: field for name, field in XSettings.model_fields.items() if name.startswith(("consumer", "access"))}

    assert len(fields) == 4
    assert {field.annotation for field in fields.values()} == {SecretStr}


def test_a_fresh_installation_shows_every_answer_to_a_person_first():
    assert DecidingSettings().mode == "draft"


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ('{team = "a"}', r"^teams\.rules\.1: no condition; name intents, topics, dangers, languages or channels"),
        ('{team = "a", intents = []}', r"^teams\.rules\.1: no condition"),
        ('{team = " ", topics = ["wifi"]}', r"^teams\.rules\.1\.team: "),
        ('{team = "a", dangers = ["fire", "fyre"]}', r"^teams\.rules\.1\.dangers\.2: .*'fire', 'battery'"),
        ('{team = "a", topics = ["b"]}, {team = "c", least = 0}', r"^teams\.rules\.2\.least: "),
        ('{team = "a", topics = ["b"], languages = ["German"]}', r"^teams\.rules\.1\.languages\.1: "),
        ('{team = "a", topics = ["b"], answer_within_minutes = 0}', r"^teams\.rules\.1\.answer_within_minutes: "),
        ('{team = "a", topics = ["b"], intent = ["c"]}', r"^teams\.rules\.1\.intent: no such setting"),
        ('"sales"', r"^teams\.rules\.1: "),
    ],
)
def test_a_wrong_lane_rule_is_refused_by_its_number(written, rules, said):
    with pytest.raises(SettingsError, match=said):
        load_settings(written(f"[teams]\nrules = [{rules}]\n"), {})


FIRST = '{team = "a", intents = ["outage", "question"], least = 0.5}'


@pytest.mark.parametrize(
    "later",
    [
        '{team = "b", intents = ["outage"]}',
        '{team = "b", intents = ["outage"], least = 0.9}',
        '{team = "b", intents = ["question", "outage"], languages = ["de"]}',
    ],
)
def test_a_lane_rule_that_can_never_match_is_refused(written, later):
    said = r"^teams: rule 2 \(b\) can never match, since rule 1 \(a\) catches everything that it would"

    with pytest.raises(SettingsError, match=said):
        load_settings(written(f"[teams]\nrules = [{FIRST}, {later}]\n"), {})


@pytest.mark.parametrize(
    "later",
    [
        '{team = "b", intents = ["outage"], least = 0.4}',
        '{team = "b", intents = ["outage", "praise"]}',
        '{team = "b", languages = ["de"]}',
    ],
)
def test_a_lane_rule_that_matches_what_an_earlier_one_lets_pass_is_accepted(written, later):
    assert len(load_settings(written(f"[teams]\nrules = [{FIRST}, {later}]\n"), {}).teams.rules) == 2


def test_lane_rules_may_be_written_as_an_array_of_tables(written):
    text = '[teams]\ndefault = "us"\n[[teams.rules]]\nteam = "a"\ntopics = ["wifi"]\n'
    teams = load_settings(written(text), {}).teams

    assert (teams.default, [rule.team for rule in teams.rules]) == ("us", ["a"])


def test_a_list_of_tables_does_not_fit_into_the_environment():
    with pytest.raises(SettingsError, match=r"^HEED_TEAMS_RULES: teams\.rules is a list of tables; write it in the"):
        load_settings(environ={"HEED_TEAMS_RULES": "sales"})
