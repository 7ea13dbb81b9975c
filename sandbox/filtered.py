"""The filtered stream: rules that the app keeps, and the posts that match one of them.

https://docs.x.com/x-api/posts/filtered-stream/introduction
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from sandbox.changes import Change, ChangeKind
from sandbox.payloads import includes_json, post_json
from sandbox.posts import Post
from sandbox.problems import TYPES, Answer, Json, Problem
from sandbox.query import Fields
from sandbox.search import Matches, QueryInvalid, read_query
from sandbox.snowflake import Snowflakes
from sandbox.taps import Tap, Taps
from sandbox.world import World

MOST_RULES = 1_000  #: Of a self-serve app.
_LONGEST_RULE = 1_024
_NO_RULES = Answer(
    409,
    {
        "title": "ConnectionException",
        "detail": "You must define rules to use this stream.",
        "connection_issue": "RuleConfigurationIssue",
        "type": f"{TYPES}streaming-connection",
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule of the filtered stream."""

    id: str
    value: str
    tag: str | None
    matches: Matches


class FilteredStream:
    """Keeps the rules and pours each post that matches one."""

    def __init__(self, world: World) -> None:
        self.taps = Taps(most=1)
        self._fields = Fields()  #: What the open connection asked for.
        self._world = world
        self._ids = Snowflakes(world.clock)
        self._rules: dict[str, Rule] = {}

    def rules(self) -> list[Rule]:
        """Every rule, oldest first."""
        return list(self._rules.values())

    def open(self, transport: asyncio.Transport | None, fields: Fields) -> Tap:
        """Connect a client that wants these *fields*; raises `Problem`: 409 without a rule, 429 for one too many."""
        if not self._rules:
            raise Problem(_NO_RULES)
        tap = self.taps.open(transport)
        self._fields = fields
        return tap

    def add(self, value: str, tag: str | None) -> Rule:
        """Add a rule; raises `RuleRefused` for one that is there already or cannot be read."""
        known = next((rule for rule in self.rules() if rule.value == value), None)
        if known:
            raise RuleRefused({"value": value, "id": known.id, **_kind("DuplicateRule", "duplicate-rules")})
        if len(self._rules) >= MOST_RULES:
            raise RuleRefused({"value": value, **_kind("RulesCapExceeded", "rule-cap")})
        if len(value) > _LONGEST_RULE:
            raise RuleRefused(_unreadable(value, f"A rule holds at most {_LONGEST_RULE} characters."))
        rule = Rule(id=self._ids.next(), value=value, tag=tag, matches=_read(value))
        self._rules[rule.id] = rule
        return rule

    def remove(self, ids: Iterable[str], values: Iterable[str]) -> int:
        """Remove rules by id or by value; how many there were."""
        doomed = {*ids, *(rule.id for rule in self.rules() if rule.value in set(values))} & self._rules.keys()
        for number in doomed:
            del self._rules[number]
        return len(doomed)

    def hear(self, change: Change) -> None:
        """Pour the post that *change* made visible, if a rule matches it."""
        post = self._world.find(change.post_id)
        appeared = change.kind in {ChangeKind.POSTED, ChangeKind.EDITED, ChangeKind.INDEXED}
        if not (post and appeared and self._world.is_indexed(post)) or self._world.is_protected(post.author):
            return
        matching = [rule for rule in self.rules() if rule.matches(post)]
        if matching:
            self.taps.pour(self._line(post, matching))

    def _line(self, post: Post, matching: list[Rule]) -> Json:
        shown = {"data": post_json(self._world, post, self._fields)} | includes_json(self._world, [post], self._fields)
        return shown | {"matching_rules": [{"id": rule.id, **_tagged(rule)} for rule in matching]}


class RuleRefused(Exception):
    """A rule cannot be added; `entry` is what stands in `errors`."""

    def __init__(self, entry: Json) -> None:
        super().__init__(entry["title"])
        self.entry = entry


def rule_json(rule: Rule) -> Json:
    """Render a rule as X does."""
    return {"id": rule.id, "value": rule.value, **_tagged(rule)}


def _tagged(rule: Rule) -> Json:
    return {"tag": rule.tag} if rule.tag else {}


def _read(value: str) -> Matches:
    try:
        return read_query(value)
    except QueryInvalid as error:
        raise RuleRefused(_unreadable(value, str(error))) from error


def _unreadable(value: str, detail: str) -> Json:
    return {"value": value, "details": [detail], **_kind("UnprocessableEntity", "invalid-rules")}


def _kind(title: str, name: str) -> Json:
    return {"title": title, "type": f"{TYPES}{name}"}
