"""`heed teams`: who gets what, and who would have got what under other lane rules."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from rich.table import Table

from bot import service
from bot.cli.output import emit, out
from bot.deciding.teams import Matter, Teams, check_intents
from bot.errors import SettingsError
from bot.nlu.examples import read_examples
from bot.telemetry import set_up_logging
from storage.cases import count_open
from storage.past import past_decisions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.settings import LaneRuleSettings, Settings
    from storage.database import Database
    from storage.past import Past

UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_SPAN = re.compile(r"(\d{1,4})([mhdw])")


@dataclass(slots=True, kw_only=True)
class Trial:
    """What lane rules would have made of past mentions."""

    since: datetime
    mentions: int = 0
    matched: Counter[int] = field(default_factory=Counter)  #: Mentions by the number of their rule; 0 is none.
    changed: int = 0  #: Mentions that another team was given when they were decided.
    unassigned: int = 0  #: Mentions that were decided when there were no teams.

    @property
    def default_share(self) -> float:
        """The share of mentions that no rule matches, 0 to 1."""
        return self.matched[0] / self.mentions if self.mentions else 0.0


def check_lane_rules(settings: Settings) -> None:
    """Compare lane rules with the training examples. Raises SettingsError, DataError."""
    if "rules" in settings.teams.model_fields_set:
        check_intents(settings.teams, {example.intent for example in read_examples(settings.data.training)})


def moment(since: str, now: datetime) -> datetime:
    """Give the moment that *since* names: a span before *now* such as 30d, or a day such as 2026-11-01.

    Raises SettingsError.
    """
    if span := _SPAN.fullmatch(since.strip().lower()):
        return now - int(span[1]) * UNITS[span[2]]
    try:
        named = datetime.fromisoformat(since.strip())
    except ValueError:
        raise SettingsError(
            f"--since {since!r}: write a span such as 90m, 12h, 30d or 4w, or a day such as {now:%Y-%m-%d}."
        ) from None
    named = named if named.tzinfo else named.replace(tzinfo=UTC)
    if named > now:
        raise SettingsError(f"--since {since!r}: that is in the future.")
    return named


async def show_teams(settings: Settings, *, as_json: bool) -> int:
    """Show the teams, their lane rules, and how many open conversations each has."""
    check_lane_rules(settings)
    set_up_logging(settings.log.model_copy(update={"level": "error", "format": "console"}))
    async with service.open_database(settings) as database, database.begin() as connection:
        counts = await count_open(connection)
    document = as_document(settings, counts)
    if as_json:
        emit(document)
    else:
        _show_teams(document)
    return 0


async def try_out(settings: Settings, since: str, *, as_json: bool) -> int:
    """Run the lane rules over past mentions and show what would be different; nothing is sent or changed."""
    check_lane_rules(settings)
    start = moment(since, datetime.now(UTC))
    set_up_logging(settings.log.model_copy(update={"level": "error", "format": "console"}))
    async with service.open_database(settings) as database:
        trial = await run_trial(settings, database, start)
    if as_json:
        emit(trial_document(settings, trial))
    else:
        _show_trial(trial_document(settings, trial))
    return 0


async def run_trial(settings: Settings, database: Database, since: datetime) -> Trial:
    """Match every mention that was read since then against the lane rules. Raises StorageDown."""
    teams, trial = Teams.from_settings(settings.teams), Trial(since=since)
    numbers = {id(rule): number for number, rule in enumerate(teams.rules, start=1)}
    async with database.begin() as connection:
        async for past in past_decisions(connection, since):
            rule = teams.rule_of(_matter(past, settings.deciding.draft_threshold))
            trial.mentions += 1
            trial.matched[numbers[id(rule)] if rule else 0] += 1
            trial.unassigned += past.team is None
            trial.changed += past.team not in {None, rule.team if rule else teams.default}
    return trial


def as_document(settings: Settings, counts: Mapping[str, int]) -> dict[str, Any]:
    """Give the teams as other programs read them; one that only conversations name still has no rule."""
    teams = Teams.from_settings(settings.teams)
    names = dict.fromkeys((*teams.names, *sorted(name for name in counts if name)))
    rules = [rule_document(number, rule) for number, rule in enumerate(settings.teams.rules, start=1)]
    return {
        "default": teams.default,
        "answer_within_minutes": settings.teams.answer_within_minutes,
        "teams": [
            {"team": name, "open": counts.get(name, 0), "rules": [rule for rule in rules if rule["team"] == name]}
            for name in names
        ],
        "open_without_team": counts.get("", 0),
    }


def rule_document(number: int, rule: LaneRuleSettings) -> dict[str, Any]:
    """Give a lane rule as other programs read it: its number, from 1, and what it was given."""
    least = {"least": rule.least} if {"intents", "dangers"} & set(rule.conditions) else {}
    within = {"answer_within_minutes": rule.answer_within_minutes} if rule.answer_within_minutes else {}
    return {"rule": number, "team": rule.team, **rule.conditions, **least, **within}


def trial_document(settings: Settings, trial: Trial) -> dict[str, Any]:
    """Give a trial as other programs read it."""
    rules = [
        {**rule_document(number, rule), "matched": trial.matched[number]}
        for number, rule in enumerate(settings.teams.rules, start=1)
    ]
    default = {"team": settings.teams.default, "matched": trial.matched[0], "share": round(trial.default_share, 4)}
    return {
        "since": trial.since.isoformat(),
        "mentions": trial.mentions,
        "rules": rules,
        "default": default,
        "changed": trial.changed,
        "unassigned": trial.unassigned,
    }


def _matter(past: Past, draft_threshold: float) -> Matter:
    return Matter(
        channel=past.channel,
        intents=past.intents,
        dangers=past.dangers,
        danger=past.danger,
        topic=past.topic if past.confidence >= draft_threshold else "",
        language=past.language,
    )


def _show_teams(document: dict[str, Any]) -> None:
    table = Table("team", "open", "rule", "takes", "answers within", box=None)
    for team in document["teams"]:
        table.add_row(team["team"], str(team["open"]), *_first(document, team))
        for rule in team["rules"]:
            table.add_row("", "", str(rule["rule"]), _conditions(rule), _minutes(document, rule))
    out.print(table)
    if document["open_without_team"]:
        out.print(f"{document['open_without_team']} open conversations have no team yet.")


def _first(document: dict[str, Any], team: dict[str, Any]) -> tuple[str, str, str]:
    if team["team"] == document["default"]:
        return "", "what no rule matches", _minutes(document, {})
    return "", "" if team["rules"] else "no rule any more", ""


def _minutes(document: dict[str, Any], rule: dict[str, Any]) -> str:
    return f"{rule.get('answer_within_minutes', document['answer_within_minutes']):g} min"


def _conditions(rule: dict[str, Any]) -> str:
    named = [f"{name} {', '.join(rule[name])}" for name in _NAMES if name in rule]
    return "; ".join(named) + (f"; at least {rule['least']:g}" if "least" in rule else "")


_NAMES = ("intents", "topics", "dangers", "languages", "channels")


def _show_trial(document: dict[str, Any]) -> None:
    out.print(f"{document['mentions']} mentions were read since {document['since'][:16]}.")
    table = Table("rule", "team", "takes", "", box=None)
    for rule in document["rules"]:
        table.add_row(str(rule["rule"]), rule["team"], _conditions(rule), f"would have matched {rule['matched']}")
    default = document["default"]
    table.add_row("", default["team"], "what no rule matches", f"{default['matched']} ({default['share']:.0%})")
    out.print(table)
    out.print(f"{document['changed']} would go to another team than they did.")
    if document["unassigned"]:
        out.print(f"{document['unassigned']} were decided before there were teams.")
