"""`heed teams` lists who gets what, and tries lane rules on past mentions without changing anything."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from bot.cli.main import app
from bot.cli.teams import moment, show_teams, try_out
from bot.deciding.rules import decide
from bot.deciding.teams import Teams
from bot.errors import SettingsError
from bot.settings import DatabaseSettings, LaneRuleSettings, Settings, TeamsSettings
from bot.vocabulary import Outcome, Ranked
from storage.tables import conversations, decisions, moves
from tests.bot.values import a_candidate, a_case, a_mention, an_understanding, the_limits
from tests.storage.outcomes import handed, heard, put

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
OUTAGE, SALES, QUESTION = ({intent: 0.9} for intent in ("outage", "purchase_interest", "question"))
BURNING = (Ranked(label="fire", probability=0.9),)


def with_rules(settings, *rules, default="customer service"):
    teams = TeamsSettings(default=default, rules=tuple(LaneRuleSettings(**rule) for rule in rules))
    return settings.model_copy(update={"teams": teams})


@pytest.fixture
def settings(database_url):
    """Settings of the database of this test."""
    return Settings().model_copy(update={"database": DatabaseSettings(url=database_url)})


async def decided(database, settings, **said):
    """Let a customer post and have that decided under *settings*, by the rules that real mentions meet."""
    post = a_mention(author_id=str(len(said)), posted_at=datetime.now(UTC))
    admitted = (await heard(database, replace(post, author_id=post.post_id)))[-1]
    limits = the_limits(teams=Teams.from_settings(settings.teams), draft=settings.deciding.draft_threshold)
    topic = said.pop("topic", "accounts")
    candidates = (a_candidate(topic=topic, confidence=said.pop("confidence", 0.6)),)
    case = a_case(
        mention=admitted.mention, limits=limits, candidates=candidates, understanding=an_understanding(**said)
    )
    outcome: Outcome = handed(admitted)
    await put(database, replace(outcome, decision=replace(decide(case), route=outcome.decision.route)))


async def told(capsys, command):
    assert await command == 0
    return json.loads(capsys.readouterr().out.splitlines()[-1])


async def everything(database):
    async with database.begin() as connection:
        tables = (conversations, decisions, moves)
        return [(await connection.execute(select(table).order_by(table.c.id))).all() for table in tables]


async def test_teams_are_listed_with_their_rules_and_open_conversations(settings, database, capsys):
    await decided(database, settings, intents=SALES)
    await decided(database, settings, intents=QUESTION)
    given = await told(capsys, show_teams(settings, as_json=True))

    found = {team["team"]: (team["open"], len(team["rules"])) for team in given["teams"]}
    assert found == {
        "customer service": (1, 0),
        "safety": (0, 2),
        "legal": (0, 1),
        "marketing": (0, 2),
        "technical": (0, 1),
        "sales": (1, 1),
    }
    assert (given["default"], given["open_without_team"]) == ("customer service", 0)


async def test_a_team_that_no_rule_names_any_more_is_listed_while_it_has_conversations(settings, database, capsys):
    await decided(database, settings, intents=SALES)
    other = with_rules(settings, {"team": "shop", "intents": ("purchase_interest",)})
    given = await told(capsys, show_teams(other, as_json=True))

    assert [(team["team"], team["open"]) for team in given["teams"]] == [
        ("customer service", 0),
        ("shop", 0),
        ("sales", 1),
    ]


async def test_a_dry_run_counts_what_each_rule_would_have_matched(settings, database, capsys):
    for said in ({"intents": SALES}, {"intents": SALES}, {"intents": OUTAGE}, {"dangers": BURNING, "danger": 0.9}):
        await decided(database, settings, **said)
    await decided(database, settings, topic="wifi")
    other = with_rules(
        settings,
        {"team": "safety", "dangers": ("fire",)},
        {"team": "wifi", "topics": ("wifi",)},
        {"team": "shop", "intents": ("purchase_interest",), "least": 0.8},
        {"team": "german", "languages": ("de",)},
    )
    given = await told(capsys, try_out(other, "30d", as_json=True))

    assert [(rule["rule"], rule["team"], rule["matched"]) for rule in given["rules"]] == [
        (1, "safety", 1),
        (2, "wifi", 1),
        (3, "shop", 2),
        (4, "german", 0),
    ]
    assert given["default"] == {"team": "customer service", "matched": 1, "share": 0.2}
    # Sales became the shop's, wifi was for customer service, and the outage falls to them.
    assert (given["mentions"], given["changed"], given["unassigned"]) == (5, 4, 0)


async def test_a_dry_run_of_the_rules_in_force_changes_no_team(settings, database, capsys):
    for said in ({"intents": SALES}, {"intents": OUTAGE}, {"dangers": BURNING}, {"topic": "wifi"}):
        await decided(database, settings, **said)

    assert (await told(capsys, try_out(settings, "1d", as_json=True)))["changed"] == 0


async def test_a_dry_run_changes_nothing(settings, database, capsys):
    await decided(database, settings, intents=SALES)
    before = await everything(database)
    await told(capsys, try_out(with_rules(settings, {"team": "all", "channels": ("x",)}), "30d", as_json=True))

    assert await everything(database) == before


async def test_a_dry_run_takes_the_draft_threshold_of_the_settings_it_tries(settings, database, capsys):
    await decided(database, settings, topic="wifi", confidence=0.6)
    wifi = with_rules(settings, {"team": "wifi", "topics": ("wifi",)})
    strict = wifi.model_copy(update={"deciding": wifi.deciding.model_copy(update={"draft_threshold": 0.7})})
    counts = [await told(capsys, try_out(each, "30d", as_json=True)) for each in (wifi, strict)]

    assert [given["rules"][0]["matched"] for given in counts] == [1, 0]


async def test_mentions_before_there_were_teams_are_no_change(settings, database, capsys):
    admitted = (await heard(database, a_mention()))[-1]
    await put(database, handed(admitted))
    given = await told(capsys, try_out(settings, "30d", as_json=True))

    assert (given["mentions"], given["changed"], given["unassigned"]) == (1, 0, 1)


async def test_a_dry_run_without_any_mention_has_no_share_of_the_default(settings, database, capsys):
    assert (await told(capsys, try_out(settings, "30d", as_json=True)))["default"]["share"] == 0


async def test_people_read_what_would_have_matched(settings, database, capsys):
    await decided(database, settings, intents=SALES)
    await try_out(settings, "30d", as_json=False)

    assert "would have matched 1" in " ".join(capsys.readouterr().out.split())


async def test_an_intent_that_the_examples_lack_is_refused(settings, database):
    with pytest.raises(SettingsError, match=r"teams\.rules\.1\.intents: there is no intent 'prise'"):
        await show_teams(with_rules(settings, {"team": "a", "intents": ("prise",)}), as_json=True)


@pytest.mark.parametrize(
    ("since", "named"),
    [
        ("90m", NOW - timedelta(minutes=90)),
        ("12h", NOW - timedelta(hours=12)),
        (" 30D ", NOW - timedelta(days=30)),
        ("4w", NOW - timedelta(weeks=4)),
        ("2026-11-01", datetime(2026, 11, 1, tzinfo=UTC)),
        ("2026-11-01T10:00+02:00", datetime(2026, 11, 1, 8, tzinfo=UTC)),
    ],
)
def test_a_beginning_is_a_span_or_a_day(since, named):
    assert moment(since, NOW) == named


@pytest.mark.parametrize("since", ["", "30", "d", "30y", "-3d", "1.5d", "99999d", "yesterday", "2026-13-01"])
def test_a_beginning_that_cannot_be_read_is_refused_with_what_to_write(since):
    with pytest.raises(SettingsError, match=r"^--since .*: write a span such as 90m, 12h, 30d or 4w, or a day such as"):
        moment(since, NOW)


def test_a_beginning_in_the_future_is_refused():
    with pytest.raises(SettingsError, match="in the future"):
        moment("2026-11-21", NOW)


def test_a_beginning_without_a_dry_run_is_refused():
    result = CliRunner().invoke(app, ["teams", "--since", "30d"])

    assert (result.exit_code, "--since needs --dry-run" in result.output.replace("\n", " ")) == (2, True)
