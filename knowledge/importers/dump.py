"""Reads the XML files of a Stack Exchange dump row by row, in constant memory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from xml.parsers import expat

from bot.errors import DataError
from knowledge.importers.found import silent
from knowledge.importers.reading import Meter, opened

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from knowledge.importers.found import Progress

_CHUNK = 1 << 18
_LARGEST = 2**62


@dataclass(frozen=True, slots=True)
class DumpRow:
    """One `<row .../>`: attributes by name. Its methods raise DataError, naming file and line."""

    file: Path
    line: int
    values: Mapping[str, str]

    @property
    def where(self) -> str:
        """File and line."""
        return f"{self.file}:{self.line}"

    def text(self, name: str) -> str:
        """Give an attribute, empty where it is absent."""
        return self.values.get(name, "").strip()

    def number(self, name: str, default: int | None = None) -> int:
        """Give an attribute as a number; *default* where it is absent."""
        given = self.values.get(name)
        if given is None and default is not None:
            return default
        try:
            number = int(given or "")
        except ValueError:
            raise self._wrong(name, "is no number") from None
        if abs(number) > _LARGEST:
            raise self._wrong(name, "is no number of a dump")
        return number

    def day(self, name: str) -> date:
        """Give the day of a moment."""
        try:
            return date.fromisoformat(self.text(name)[:10])
        except ValueError:
            raise self._wrong(name, "is no moment") from None

    def _wrong(self, name: str, problem: str) -> DataError:
        return DataError(f"{name} '{self.text(name)[:40]}' {problem}.", file=str(self.file), line=self.line)


def read_rows(file: Path, root: str, stage: str, progress: Progress = silent) -> Iterator[DumpRow]:
    """Give all rows of *file*, whose outermost element is *root*; progress in bytes.

    Raises DataError, naming file and line, where it is no such file.
    """
    rows: list[DumpRow] = []
    parser = _parser(file, root, rows)
    with opened(file) as stream:
        meter = Meter(stage, file.stat().st_size, progress)
        while True:
            chunk = stream.read(_CHUNK)
            try:
                parser.Parse(chunk, not chunk)
            except expat.ExpatError as error:
                raise DataError(
                    f"broken XML: {expat.ErrorString(error.code)}.", file=str(file), line=error.lineno
                ) from error
            yield from rows
            rows.clear()
            if not chunk:
                return
            meter.add(len(chunk))


def _parser(file: Path, root: str, rows: list[DumpRow]) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        if not depth and name != root:
            problem = f"its outermost element is <{name}>, not <{root}>."
            raise DataError(problem, file=str(file), line=parser.CurrentLineNumber)
        depth += 1
        if name == "row":
            rows.append(DumpRow(file, parser.CurrentLineNumber, attributes))

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    def refuse(*_: object) -> None:
        raise DataError("it has a document type, and no dump has.", file=str(file), line=parser.CurrentLineNumber)

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = refuse
    return parser
