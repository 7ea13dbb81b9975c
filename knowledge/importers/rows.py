"""What JSON lines, CSV and Markdown have in common: fields with names, checked as a whole before any is imported."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from bot.errors import DataError
from knowledge.article import Source
from knowledge.importers.admitting import Entry, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from knowledge.importers.admitting import Terms
    from knowledge.importers.found import Found

_LARGEST = 2**31 - 1


def _text(value: object) -> object:
    return printable(value) if isinstance(value, str) else value


def _several(value: object) -> object:
    """Take one text for several: parted by line ends or "|"."""
    parts = re.split(r"[|\n]", value) if isinstance(value, str) else value
    return [part for part in parts if not _is_blank(part)] if isinstance(parts, list) else parts


def _day(value: object) -> object:
    """Take a moment for its day."""
    if isinstance(value, datetime):
        return value.date()
    return re.sub(r"(?<=\d)[T ]\d.*", "", value.strip(), flags=re.DOTALL) if isinstance(value, str) else value


def _code(value: object) -> object:
    """Take a language of a country, such as "en-GB", for the language."""
    return re.split("[-_]", value.strip().lower())[0] if isinstance(value, str) else value


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), BeforeValidator(_text)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), BeforeValidator(_text)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_several)]
Day = Annotated[date, BeforeValidator(_day)]
Count = Annotated[int, Field(ge=-_LARGEST, le=_LARGEST)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$"), BeforeValidator(_code)]


class Row(BaseModel):
    """The fields that an article may bring along."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True, populate_by_name=True)

    id: Line
    question: Text = Field(validation_alias=AliasChoices("question", "title"))
    answer: Text = Field(validation_alias=AliasChoices("answer", "full_answer"))
    language: Language = ""
    topic: Line = ""
    ask: Texts = ()
    short_answer: Text = ""
    products: Texts = ()
    source: Source = Source.COMMUNITY
    author: Line = ""
    votes: Count = 0
    last_verified: Day | None = None
    valid_until: Day | None = None
    url: Text = ""
    accepted: bool = False
    reputation: Count = 0
    reviewed: bool = False  #: May stand there and counts for nothing: reviewing is done here.


FIELDS = ", ".join(Row.model_fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Values by field, as they stand in a file."""

    file: Path
    line: int  #: Where the record begins.
    values: Mapping[str, Any]
    lines: Mapping[str, int] = field(default_factory=dict)  #: Of single fields, where they have lines of their own.

    @property
    def where(self) -> str:
        """File and line."""
        return f"{self.file}:{self.line}"


def read_records(
    records: Callable[[str], Iterable[Record]], place: Path, terms: Terms, ignored: Collection[str] = ()
) -> Iterator[Found]:
    """Give what becomes of each of *records*, which reads *place* anew whenever it is called with the name of a stage.

    All are read once before the first is given, so that nothing of a wrong file is imported. *ignored* are fields that
    may stand there and mean nothing. Raises DataError, naming file and line.
    """
    if not sum(1 for _ in _entries(records("Checking"), terms, ignored)):
        raise DataError("holds no article.", file=str(place))
    for entry in _entries(records("Importing"), terms, ignored):
        yield terms.admit(entry)


def _entries(records: Iterable[Record], terms: Terms, ignored: Collection[str]) -> Iterator[Entry]:
    seen: dict[tuple[str, str | None], str] = {}
    for record in records:
        row = _row(record, ignored)
        language = row.language or terms.language
        namesake = _namesake(seen, row.id, language)
        if namesake is not None:
            raise DataError(
                f"the id '{row.id}' is at {namesake} already.",
                file=str(record.file),
                line=record.lines.get("id", record.line),
                remedy="Give each article an id of its own, or each of its languages its code.",
            )
        seen[row.id, language] = record.where
        seen.setdefault((row.id, None), record.where)
        yield Entry(where=record.where, **row.model_dump(exclude={"reviewed"}))


def _namesake(seen: Mapping[tuple[str, str | None], str], article_id: str, language: str) -> str | None:
    """Say where another article has this id. One whose language is yet to be detected may be in any."""
    if not language:
        return seen.get((article_id, None))
    return seen.get((article_id, language)) or seen.get((article_id, ""))


def _row(record: Record, ignored: Collection[str]) -> Row:
    given = {name: value for name, value in record.values.items() if name not in ignored and not _is_blank(value)}
    try:
        return Row.model_validate(given)
    except ValidationError as error:
        problem = error.errors(include_input=False, include_url=False)[0]
        name = str(problem["loc"][0])
        unknown = problem["type"] == "extra_forbidden"
        raise DataError(
            f"there is no field '{name}'." if unknown else f"{name}: {problem['msg'].lower()}.",
            file=str(record.file),
            line=record.lines.get(name, record.line),
            remedy=f"Fields: {FIELDS}. Leave it out with --ignore {name}." if unknown else f"Fields: {FIELDS}.",
        ) from error


def _is_blank(value: object) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not printable(value).strip())
