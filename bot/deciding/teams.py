"""Which team a mention belongs to, by lane rules in the order that ops gave them. Pure.

A *team* is the people's side, such as sales. The *lanes* of a channel are something else: hearing, posting, messaging.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from bot.settings import LaneRuleSettings, TeamsSettings
    from bot.vocabulary import Candidate, Ranked, Understanding


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What lane rules look at: what a mention is about, and where it was said."""

    channel: str
    intents: tuple[Ranked, ...] = ()
    dangers: tuple[Ranked, ...] = ()  #: Most probable first.
    danger: float = 0.0  #: Probability of any of them, 0 to 1.
    topic: str = ""  #: Of the best candidate; empty where none is sure enough for a draft.
    language: str | None = None  #: ISO 639-1 code; None where it cannot be told.


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneRule:
    """One line of the list: the team of everything that meets all its conditions. An empty one is no condition."""

    team: str
    intents: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    dangers: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    least: float = 0.5  #: Probability that the named intents need together, and so the named dangers.
    answer_within: timedelta

    @classmethod
    def from_settings(cls, rule: LaneRuleSettings, otherwise: timedelta) -> LaneRule:
        """Make a rule of its settings; its team answers within *otherwise* where it does not say."""
        minutes = rule.answer_within_minutes
        return cls(
            team=rule.team,
            intents=frozenset(rule.intents),
            topics=frozenset(rule.topics),
            dangers=frozenset(rule.dangers),
            languages=frozenset(rule.languages),
            channels=frozenset(rule.channels),
            least=rule.least,
            answer_within=otherwise if minutes is None else timedelta(minutes=minutes),
        )

    def matches(self, matter: Matter) -> bool:
        """Say whether *matter* meets all conditions."""
        return (
            _among(matter.topic, self.topics)
            and _among(matter.language, self.languages)
            and _among(matter.channel, self.channels)
            and (not self.intents or _together(matter.intents, self.intents) >= self.least)
            and (not self.dangers or self._in_danger(matter))
        )

    def _in_danger(self, matter: Matter) -> bool:
        """Say whether a named danger is probable, or a danger is whose likeliest kind is named."""
        likeliest = any(one.label in self.dangers for one in matter.dangers[:1])
        return max(_together(matter.dangers, self.dangers), matter.danger if likeliest else 0.0) >= self.least


@dataclass(frozen=True, slots=True, kw_only=True)
class Teams:
    """All teams with their lane rules, first match first."""

    default: str  #: The team of what no rule matches.
    answer_within: timedelta  #: Of the default team, and of rules that say nothing else.
    rules: tuple[LaneRule, ...] = ()

    @classmethod
    def from_settings(cls, settings: TeamsSettings) -> Teams:
        """Make them of their settings."""
        within = timedelta(minutes=settings.answer_within_minutes)
        rules = tuple(LaneRule.from_settings(rule, within) for rule in settings.rules)
        return cls(default=settings.default, answer_within=within, rules=rules)

    @property
    def names(self) -> tuple[str, ...]:
        """Every team once, the default first, the others in the order of the rules."""
        return tuple(dict.fromkeys((self.default, *(rule.team for rule in self.rules))))

    def rule_of(self, matter: Matter) -> LaneRule | None:
        """Give the first rule that matches; None where the default team has it."""
        return next((rule for rule in self.rules if rule.matches(matter)), None)

    def within(self, team: str) -> timedelta:
        """Say how soon *team* answers what a person gave to it: the shortest time of its rules."""
        return min((rule.answer_within for rule in self.rules if rule.team == team), default=self.answer_within)


def matter_of(
    channel: str, read: Understanding | None, candidates: tuple[Candidate, ...], *, draft_threshold: float
) -> Matter:
    """Give what lane rules look at of a mention; where it was not read, its channel alone."""
    if read is None:
        return Matter(channel=channel)
    sure = candidates[:1] if candidates and candidates[0].confidence >= draft_threshold else ()
    return Matter(
        channel=channel,
        intents=read.intents,
        dangers=read.dangers,
        danger=read.danger,
        topic=sure[0].topic if sure else "",
        language=read.language,
    )


def check_intents(settings: TeamsSettings, known: Collection[str]) -> None:
    """Refuse lane rules that name an intent which nothing was trained for. Raises SettingsError.

    Rules that nobody wrote are let be: with examples of one's own, those of the defaults may have nothing to match.
    """
    if "rules" not in settings.model_fields_set:
        return
    for number, rule in enumerate(settings.rules, start=1):
        for intent in rule.intents:
            if intent not in known:
                raise SettingsError(
                    f"teams.rules.{number}.intents: there is no intent '{intent}'. "
                    f"The training examples have: {', '.join(sorted(known))}."
                )


def _together(ranking: Iterable[Ranked], named: Collection[str]) -> float:
    return sum(one.probability for one in ranking if one.label in named)


def _among(value: str | None, named: Collection[str]) -> bool:
    return not named or value in named
