"""Articles from a table: CSV whose first line names the fields of `rows.Row`."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from bot.errors import DataError
from knowledge.importers.found import silent
from knowledge.importers.reading import read_lines
from knowledge.importers.rows import FIELDS, Record, read_records

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from knowledge.importers.admitting import Terms
    from knowledge.importers.found import Found, Progress

DELIMITERS = ",;\t"
"""What may part the columns; the first line shows which."""

_NEEDED = ("id", "question", "answer")
_HEAD = f"The first line names the columns, of: {FIELDS}."
_ALSO_CALLED = {"title": "question", "full_answer": "answer"}


def read_comma_separated(
    file: Path, terms: Terms, *, ignored: Collection[str] = (), progress: Progress = silent
) -> Iterator[Found]:
    """Give what becomes of each row of *file*, after all are checked; progress in bytes. Raises DataError."""
    return read_records(lambda stage: _records(file, stage, progress), file, terms, ignored)


def _records(file: Path, stage: str, progress: Progress) -> Iterator[Record]:
    lines = read_lines(file, stage, progress)
    first = next((line for _, line in lines), "")
    delimiter = max(DELIMITERS, key=first.count)
    head = [name.strip() for name in next(csv.reader([first], delimiter=delimiter), [])]
    _check_head(head, file)
    for line, cells in _rows((text for _, text in lines), delimiter, file):
        if len(cells) != len(head):
            raise DataError(
                f"{len(cells)} values for {len(head)} columns.",
                file=str(file),
                line=line,
                remedy='Put a value that holds a separator or a line end in "quotes".',
            )
        yield Record(file=file, line=line, values=dict(zip(head, cells, strict=True)))


def _check_head(head: list[str], file: Path) -> None:
    if not head:
        raise DataError("its first line is empty.", file=str(file), line=1, remedy=_HEAD)
    called = [_ALSO_CALLED.get(name, name) for name in head]
    missing = [name for name in _NEEDED if name not in called]
    twice = [name for name in head if head.count(name) > 1]
    if missing or twice:
        problem = f"no column '{missing[0]}'." if missing else f"the column '{twice[0]}' is there twice."
        raise DataError(problem, file=str(file), line=1, remedy=_HEAD)


def _rows(lines: Iterator[str], delimiter: str, file: Path) -> Iterator[tuple[int, list[str]]]:
    """Give the rows that hold anything, each with the line where it begins."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    line = 2
    try:
        for cells in reader:
            if any(cells):
                yield line, cells
            line = reader.line_num + 2  # the first line was read before
    except csv.Error as error:
        raise DataError(f"broken CSV: {error}.", file=str(file), line=line) from error
