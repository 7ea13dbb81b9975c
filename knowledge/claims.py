"""Reads what the sentences of an article claim, as far as it can be compared: amounts, keys, menu paths, yes or no."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge.lexical import words
from knowledge.plain import pieces

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from knowledge.article import Article

_UNITS: Mapping[str, tuple[str, float]] = {
    name: (measure, size)
    for measure, size, names in (
        ("time", 1, "s sec second seconds segundo segundos sek sekunde sekunden"),
        ("time", 60, "min minute minutes minuto minutos minuten"),
        ("time", 3_600, "h hour hours hora horas std stunde stunden"),
        ("time", 86_400, "day days día días tag tage tagen werktag werktage werktagen"),
        ("time", 604_800, "week weeks semana semanas woche wochen"),
        ("months", 1, "month months mes meses monat monate monaten"),
        ("months", 12, "year years año años jahr jahre jahren"),
        ("share", 1, "% percent prozent"),
        ("money", 1, "€ eur euro euros $ dollar dollars £"),
        ("bytes", 1, "mb"),
        ("bytes", 1_024, "gb"),
        ("bytes", 1_048_576, "tb"),
        ("power", 1, "w watt watts vatios"),
        ("voltage", 1, "v volt volts voltios"),
        ("frequency", 1, "hz"),
        ("frequency", 1_000_000, "mhz"),
        ("frequency", 1_000_000_000, "ghz"),
        ("charge", 1, "mah"),
        ("length", 1, "mm"),
        ("length", 10, "cm"),
        ("length", 1_000, "m metre metres meter meters metro metros"),
        ("times", 1, "times veces mal"),
    )
    for name in names.split()
}
"""What a unit measures, and how much of it in that measure's smallest unit."""

_MARK = re.compile(r"^(?:\d+\)|-)\s")
_AMOUNT = re.compile(
    r"(?<![\w.])(?P<low>\d+(?:[.,]\d+)?)(?:\s?(?:-|–|to|or|a|o|bis|oder)\s?(?P<high>\d+(?:[.,]\d+)?))?[\s-]?"
    r"(?:working |business |calendar )?"
    rf"(?P<unit>{'|'.join(sorted(map(re.escape, _UNITS), key=len, reverse=True))})(?!\w)",
    re.IGNORECASE,
)
_KEY = re.compile(
    r"\b(?:(?:Fn|Ctrl|Control|Strg|Alt|Shift|Umschalt|Mayús|Windows|Win|Cmd)(?:\s?\+\s?\w+)+|F(?:1[0-2]|[1-9])|Esc)\b"
)
_PATH = re.compile(r"[\w-]+(?:\s+(?:>|→)\s+[^\s>→.,;:()]+(?:(?:\s+[^\s>→.,;:()]+){0,4}(?=\s+[>→]))?)+")
_STEP = re.compile(r"\s+(?:>|→)\s+")
_NOT = re.compile(
    r"\b(?:not|never|cannot|no|nor|neither|nunca|jamás|tampoco|nicht|nie|niemals|kein(?:e[mnrs]?)?)\b|n['’]t\b"
    r"|\bun(?=(?:available|covered|necessary|supported|möglich|nötig)\b)"
    r"|\bin(?=(?:compatible|kompatibel|necesari[oa])s?\b)|\bim(?=(?:possible|posible)\b)",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"^(?:if|when|wenn|falls|si|cuando)\b[^,]*,\s*|,?\s+(?:if|unless|wenn|falls|außer|si|salvo)\b.*$", re.IGNORECASE
)
_CLAUSES = re.compile(
    r"\s*;\s*|,?\s+(?:but|and not|while|whereas|pero|y no|sino|mientras|aber|sondern|und nicht|während)\s"
    r"|,\s+(?=(?:not|no|nicht|kein\w*)\s)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One clause of an article, taken apart."""

    text: str
    words: frozenset[str]  #: Its stemmed content words, without what the other fields hold.
    facts: Mapping[str, frozenset[str | float]]  #: What it names: amounts by what they measure, and keys.
    paths: frozenset[tuple[str, ...]]  #: Menu paths, in lower case and the last step by its first word.
    denies: bool  #: Whether it says that something is not so.


def claims(article: Article) -> tuple[Claim, ...]:
    """Give what the short and the full answer of *article* claim; headings, questions and conditions claim nothing."""
    said = (*pieces(article.short_answer, article.language), *pieces(article.full_answer, article.language))
    clauses = (part for piece in said if not piece.announces for part in _CLAUSES.split(_MARK.sub("", piece.text)))
    return tuple(_claim(clause, article.language) for clause in clauses)


def _claim(clause: str, language: str) -> Claim:
    plain = _CONDITION.sub("", clause)
    rest = _NOT.sub(" ", _PATH.sub(" ", _KEY.sub(" ", _AMOUNT.sub(" ", plain))))
    return Claim(
        text=clause,
        words=frozenset(words(rest, language)),
        facts=_facts(plain),
        paths=frozenset(tuple(_STEP.split(match.group().lower())) for match in _PATH.finditer(plain)),
        denies=_NOT.search(plain) is not None,
    )


def _facts(text: str) -> dict[str, frozenset[str | float]]:
    facts: dict[str, set[str | float]] = {}
    for measure, amount in _amounts(text):
        facts.setdefault(measure, set()).add(amount)
    for match in _KEY.finditer(text):
        facts.setdefault("key", set()).add("".join(match.group().lower().split()))
    return {kind: frozenset(values) for kind, values in facts.items()}


def _amounts(text: str) -> Iterator[tuple[str, float]]:
    for match in _AMOUNT.finditer(text):
        measure, size = _UNITS[match["unit"].lower()]
        yield from (
            (measure, float(number.replace(",", ".")) * size) for number in match.group("low", "high") if number
        )
