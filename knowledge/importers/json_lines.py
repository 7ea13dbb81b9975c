"""Articles from a file of JSON lines: one object a line, with the fields of `rows.Row`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bot.errors import DataError
from knowledge.importers.found import silent
from knowledge.importers.reading import read_lines
from knowledge.importers.rows import Record, read_records

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from knowledge.importers.admitting import Terms
    from knowledge.importers.found import Found, Progress

_REMEDY = 'Write {"id": "1", "question": "...", "answer": "..."}.'


def read_json_lines(
    file: Path, terms: Terms, *, ignored: Collection[str] = (), progress: Progress = silent
) -> Iterator[Found]:
    """Give what becomes of each line of *file*, after all are checked; progress in bytes. Raises DataError."""
    return read_records(lambda stage: _records(file, stage, progress), file, terms, ignored)


def _records(file: Path, stage: str, progress: Progress) -> Iterator[Record]:
    for number, line in read_lines(file, stage, progress):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise DataError("not JSON.", file=str(file), line=number, remedy=_REMEDY) from error
        if not isinstance(values, dict):
            raise DataError("not a JSON object.", file=str(file), line=number, remedy=_REMEDY)
        yield Record(file=file, line=number, values=values)
