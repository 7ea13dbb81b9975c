"""Articles from Markdown files: the fields of `rows.Row` as YAML front matter, and the answer below."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from bot.errors import DataError
from knowledge.article import FENCE
from knowledge.importers.found import silent
from knowledge.importers.reading import Meter, read_lines
from knowledge.importers.rows import Record, read_records

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from knowledge.importers.admitting import Terms
    from knowledge.importers.found import Found, Progress

_HEADING = re.compile(r"#\s+(.+?)\s*#*")
_KEY = re.compile(r"(\w+)\s*:")


def read_markdown(
    folder: Path, terms: Terms, *, ignored: Collection[str] = (), progress: Progress = silent
) -> Iterator[Found]:
    """Give what becomes of each `*.md` below *folder*, after all are checked; progress in bytes. Raises DataError.

    What the front matter leaves out comes from the file: the question from its first heading, the id from its path, the
    language from a folder on the way that has a language's name.
    """
    return read_records(lambda stage: _records(folder, terms, stage, progress), folder, terms, ignored)


def _records(folder: Path, terms: Terms, stage: str, progress: Progress) -> Iterator[Record]:
    if not folder.is_dir():
        raise DataError("is no folder.", file=str(folder))
    files = sorted(file for file in folder.rglob("*.md") if file.is_file())
    meter = Meter(stage, sum(file.stat().st_size for file in files), progress)
    for file in files:
        yield _record(file, folder, terms)
        meter.add(file.stat().st_size)


def _record(file: Path, folder: Path, terms: Terms) -> Record:
    lines = [line.rstrip("\r\n") for _, line in read_lines(file, "")]
    end = _end_of_front_matter(lines, file)
    values = _path_values(file, folder, terms) | _front_matter(lines[1:end], file)
    body = lines[end + 1 :] if end else lines
    if "question" not in values and "title" not in values:
        heading, body = _cut_heading(body)
        values |= {"question": heading}
    values.setdefault("answer", "\n".join(body).strip())
    return Record(file=file, line=1, values=values, lines=_places(lines[1:end]))


def _end_of_front_matter(lines: Sequence[str], file: Path) -> int:
    """Give the number, from 0, of the line that ends the front matter; 0 where there is none."""
    if not lines or lines[0].strip() != FENCE:
        return 0
    end = next((number for number, line in enumerate(lines) if number and line.strip() == FENCE), 0)
    if not end:
        raise DataError("front matter without an end.", file=str(file), line=1, remedy="Close it with '---'.")
    return end


def _path_values(file: Path, folder: Path, terms: Terms) -> dict[str, Any]:
    steps = file.relative_to(folder).with_suffix("").parts
    language = next((step for step in steps[:-1] if step in terms.languages), "")
    return {"id": "-".join(step for step in steps if step != language), "language": language}


def _front_matter(lines: Sequence[str], file: Path) -> dict[str, Any]:
    try:
        values = yaml.safe_load("\n".join(lines)) or {}
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        raise DataError(f"broken YAML: {error.problem}.", file=str(file), line=line) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        # A character that YAML does not allow, a day that no calendar has, or brackets without end.
        raise DataError(f"broken YAML: {error}.", file=str(file), line=1) from error
    if not isinstance(values, dict):
        raise DataError("the front matter is no list of fields.", file=str(file), line=1, remedy="Write 'id: one'.")
    return {str(name): value for name, value in values.items()}


def _cut_heading(body: Sequence[str]) -> tuple[str, list[str]]:
    for number, line in enumerate(body):
        if found := _HEADING.fullmatch(line):
            return found[1], [*body[:number], *body[number + 1 :]]
    return "", list(body)


def _places(front: Sequence[str]) -> dict[str, int]:
    return {found[1]: number for number, line in enumerate(front, start=2) if (found := _KEY.match(line))}
