"""Articles of the knowledge base, and the Markdown files with front matter that they are written in."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from bot.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FENCE = "---"

FILES = "files"
"""The origin of articles that were written here, as Markdown files."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Source(StrEnum):
    """Who stands behind an article."""

    OFFICIAL = "official"
    COMMUNITY = "community"
    AGENT = "agent"


class FrontMatter(BaseModel):
    """The head of an article's file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Text
    topic: Text
    question: Text
    ask: Annotated[tuple[Text, ...], Field(min_length=1)]
    short_answer: Text
    products: tuple[Text, ...] = ()
    source: Source
    author: Text
    votes: int = 0
    reviewed: bool
    last_verified: date
    valid_until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One question, the ways customers put it, its reviewed short answer and its full answer, in one language."""

    id: str  #: The same in all languages.
    language: str  #: ISO 639-1 code.
    topic: str
    question: str
    ask: tuple[str, ...]  #: Ways in which customers ask it.
    short_answer: str  #: Fits one post with its signature; empty in imported articles until a person wrote one.
    full_answer: str  #: Markdown.
    products: tuple[str, ...]
    source: Source
    author: str
    votes: int
    reviewed: bool  #: Whether a person approved the short answer for posting as it stands.
    last_verified: date
    valid_until: date
    origin: str = FILES  #: Where it was imported from; an import replaces and removes only articles of its own origin.
    url: str = ""  #: The page that it was imported from.
    accepted: bool = False  #: Whether whoever asked accepted the answer.
    reputation: int = 0  #: The author's standing in the community that it was imported from.
    quarantined: str = ""  #: Why it must not be used for now; empty where it may.

    def usable_on(self, day: date) -> bool:
        """Say whether the bot may rely on the article alone on *day*: reviewed, not expired, not in quarantine."""
        return self.reviewed and self.searchable_on(day)

    def searchable_on(self, day: date) -> bool:
        """Say whether the article may be found at all on *day*: not expired, not in quarantine."""
        return day <= self.valid_until and not self.quarantined

    def to_document(self) -> dict[str, Any]:
        """Give the article as it is stored: plain values, dates in ISO form."""
        return {
            **asdict(self),
            "last_verified": self.last_verified.isoformat(),
            "valid_until": self.valid_until.isoformat(),
        }

    def to_row(self) -> dict[str, Any]:
        """Give the article as a row of the library: its document, and what is looked up without reading that."""
        return {
            "id": self.id,
            "language": self.language,
            "topic": self.topic,
            "fingerprint": self.fingerprint,
            "document": self.to_document(),
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Article:
        """Read what `to_document` gave."""
        return _DOCUMENT.validate_python(document)

    @property
    def fingerprint(self) -> str:
        """Changes with anything in the article."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]


_DOCUMENT = TypeAdapter(Article)


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """All articles that could be read, and what was wrong with the others."""

    articles: tuple[Article, ...]
    problems: tuple[DataError, ...]

    @property
    def fingerprint(self) -> str:
        """Changes with any article."""
        return hashlib.sha256("".join(article.fingerprint for article in self.articles).encode()).hexdigest()[:16]


def read_library(folder: Path) -> Library:
    """Read `<language>/<id>.md` below *folder*. A bad file becomes a problem and the rest goes on.

    Raises DataError where there is no article at all.
    """
    articles: list[Article] = []
    problems: list[DataError] = []
    for file in sorted(folder.glob("*/*.md")):
        try:
            articles.append(read_article(file))
        except DataError as problem:
            problems.append(problem)
    if not articles:
        raise DataError(
            "no article could be read here.",
            file=str(folder),
            remedy="Set data.articles to a folder of <language>/<id>.md.",
        )
    return Library(articles=tuple(articles), problems=tuple(problems))


def read_article(file: Path) -> Article:
    """Read one file. Raises DataError, naming the file, the line and the remedy."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise DataError("not UTF-8.", file=str(file), remedy="Save it as UTF-8.") from error
    end = _end_of_front_matter(lines, file)
    front = _front_matter("\n".join(lines[1:end]), file)
    if front.id != file.stem:
        raise DataError(f"its id is '{front.id}'.", file=str(file), remedy="Give the file the id's name.")
    return Article(language=file.parent.name, full_answer="\n".join(lines[end + 1 :]).strip(), **front.model_dump())


def _end_of_front_matter(lines: list[str], file: Path) -> int:
    if not lines or lines[0].strip() != FENCE:
        raise DataError("no front matter.", file=str(file), line=1, remedy="Begin the file with a line '---'.")
    try:
        return lines.index(FENCE, 1)
    except ValueError:
        raise DataError("front matter without an end.", file=str(file), line=1, remedy="Close it with '---'.") from None


def _front_matter(text: str, file: Path) -> FrontMatter:
    try:
        return FrontMatter.model_validate(yaml.safe_load(text) or {})
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise DataError(
            f"broken YAML: {error.problem}.", file=str(file), line=mark.line + 2 if mark else None
        ) from error
    except ValidationError as error:
        problem = error.errors()[0]
        name = ".".join(str(part) for part in problem["loc"]) or "front matter"
        raise DataError(
            f"{name}: {problem['msg'].lower()}.",
            file=str(file),
            line=_line_of(name, text),
            remedy="See the article format.",
        ) from error
    except (yaml.YAMLError, ValueError) as error:
        # A character that YAML does not allow, or a day that no calendar has.
        raise DataError(f"broken YAML: {error}.", file=str(file), line=1) from error


def _line_of(name: str, text: str) -> int:
    key = name.partition(".")[0] + ":"
    return next((number for number, line in enumerate(text.splitlines(), start=2) if line.startswith(key)), 1)
