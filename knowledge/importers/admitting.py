"""From what a source says to an article of ours, or to the reason why not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import MAXYEAR, date
from typing import TYPE_CHECKING

from knowledge.article import Article, Source
from knowledge.importers.found import Imported, Skipped, Why

if TYPE_CHECKING:
    from collections.abc import Callable

GENERAL = "general"
"""The topic of what nobody filed under one."""

UNKNOWN = "unknown"
"""The author where the source names none."""

LONGEST_QUESTION, LONGEST_ANSWER = 300, 20_000
"""Characters; a question that is longer is a story, and an answer that is longer is a manual."""

VALID_YEARS = 2

_SAMPLE = 600
"""Characters that tell the language of an article."""

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a source says about one article."""

    where: str  #: File and line, or address.
    id: str  #: The source's own.
    question: str
    answer: str  #: Markdown.
    language: str = ""  #: ISO 639-1 code; empty where the source does not say.
    topic: str = ""  #: As the source's author wrote it for us.
    tag: str = ""  #: What the source files it under; the topic where nobody names one.
    ask: tuple[str, ...] = ()
    short_answer: str = ""
    products: tuple[str, ...] = ()
    source: Source = Source.COMMUNITY
    author: str = ""
    votes: int = 0
    last_verified: date | None = None
    valid_until: date | None = None
    url: str = ""
    accepted: bool = False
    reputation: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What holds for everything that one import brings."""

    origin: str
    languages: tuple[str, ...]  #: Those that are answered; others are skipped.
    detect: Callable[[str], str | None]  #: Tells the language of a text, or None where it cannot.
    today: date
    language: str = ""  #: Of what does not say its own; empty to detect it.
    topic: str = ""  #: Of what is not written for one.

    def admit(self, entry: Entry) -> Imported | Skipped:
        """Make an unreviewed article of *entry*, or say why it becomes none."""
        why = _refusal(entry)
        if why is not None:
            return Skipped(where=entry.where, why=why)
        language = entry.language or self.language or self.detect(f"{entry.question} {entry.answer}"[:_SAMPLE])
        if language is None:
            return Skipped(where=entry.where, why=Why.LANGUAGE_UNCLEAR)
        if language not in self.languages:
            return Skipped(where=entry.where, why=Why.LANGUAGE_UNSUPPORTED)
        return Imported(article=self._article(entry, language))

    def _article(self, entry: Entry, language: str) -> Article:
        verified = entry.last_verified or self._new_year
        return Article(
            id=f"{self.origin}-{entry.id}",
            language=language,
            topic=entry.topic or self.topic or entry.tag or GENERAL,
            question=entry.question,
            ask=entry.ask,
            short_answer=entry.short_answer,
            full_answer=entry.answer,
            products=entry.products,
            source=entry.source,
            author=entry.author or UNKNOWN,
            votes=entry.votes,
            reviewed=False,
            last_verified=verified,
            valid_until=entry.valid_until or _years_after(max(verified, self._new_year)),
            origin=self.origin,
            url=entry.url,
            accepted=entry.accepted,
            reputation=entry.reputation,
        )

    @property
    def _new_year(self) -> date:
        """The first day of this year, which unlike today is the same when the import is repeated."""
        return self.today.replace(month=1, day=1)


def printable(text: str) -> str:
    """Give *text* without characters that no text has: controls and halves of pairs, which no database stores."""
    return _UNPRINTABLE.sub("", text)


def _refusal(entry: Entry) -> Why | None:
    if not entry.question or not entry.answer:
        return Why.EMPTY
    if len(entry.answer) > LONGEST_ANSWER or max(map(len, (entry.question, *entry.ask))) > LONGEST_QUESTION:
        return Why.TOO_LONG
    return None


def _years_after(day: date) -> date:
    year = min(day.year + VALID_YEARS, MAXYEAR)
    try:
        return day.replace(year=year)
    except ValueError:  # 29 February
        return date(year, 3, 1)
