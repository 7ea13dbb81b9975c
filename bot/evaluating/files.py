"""Reads what is measured with: a corpus of entries, and questions whose right entries are known. JSON lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from bot.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]

CORPUS_FORM = 'Write {"id", "question"?, "answer"?, "text"?, "label"?} with at least one text a line.'
QUESTION_FORM = 'Write {"id", "text", "relevant": [ids]}, or "label" instead of "relevant".'


class _Row(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Entry(_Row):
    """One entry of a corpus."""

    id: Text
    question: str = ""
    answer: str = ""
    text: str = ""
    label: Text | None = None

    @property
    def said(self) -> str:
        """Everything that it says."""
        return f"{self.question}{self.answer}{self.text}".strip()


class Question(_Row):
    """One question, and what is right for it."""

    id: Text
    text: str
    relevant: Annotated[frozenset[Text] | None, Field()] = None  #: Ids of entries; empty where nothing answers it.
    label: Text | None = None  #: The label of the right entries, where labels decide.

    @property
    def right(self) -> frozenset[str]:
        """The ids, or the label, of what answers it."""
        return frozenset({self.label}) if self.label is not None else self.relevant or frozenset()


def read_corpus(file: Path) -> list[Entry]:
    """Read a corpus. Raises DataError, naming file and line, for a wrong or repeated line or a corpus without one."""
    rows = [(number, _entry(line, file, number)) for number, line in _lines(file)]
    _once(rows, file)
    entries = [entry for _, entry in rows]
    if not any(character.isalnum() for entry in entries for character in entry.said):
        raise DataError("no entry with a word in it.", file=str(file), remedy=CORPUS_FORM)
    for number, entry in rows:
        if (entry.label is None) != (entries[0].label is None):
            raise DataError("some entries have a label and some not.", file=str(file), line=number, remedy=CORPUS_FORM)
    return entries


def read_questions(file: Path, corpus: Sequence[Entry]) -> list[Question]:
    """Read questions on *corpus*. Raises DataError, naming file and line, for a wrong or repeated line."""
    labelled, ids = corpus[0].label is not None, {entry.id for entry in corpus}
    rows = []
    for number, line in _lines(file):
        question = _question(line, file, number)
        if (question.label if labelled else question.relevant) is None:
            wanted = "label" if labelled else "relevant"
            raise DataError(f"no '{wanted}', and the corpus goes by it.", file=str(file), line=number)
        if unknown := (question.relevant or frozenset()) - ids if not labelled else None:
            raise DataError(
                f"the corpus has no entry '{min(unknown)}'.", file=str(file), line=number, remedy=QUESTION_FORM
            )
        rows.append((number, question))
    _once(rows, file)
    return [question for _, question in rows]


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise DataError("not UTF-8.", file=str(file), line=line, remedy="Save it as UTF-8.") from error
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror}.", file=str(file)) from error
    # Not splitlines(): a text may hold a line separator that JSON does not end a line with.
    yield from ((number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip())


def _entry(line: str, file: Path, number: int) -> Entry:
    try:
        entry = Entry.model_validate_json(line)
    except ValidationError as error:
        raise DataError(_problem(error), file=str(file), line=number, remedy=CORPUS_FORM) from error
    if not entry.said:
        raise DataError("an entry without a text.", file=str(file), line=number, remedy=CORPUS_FORM)
    return entry


def _question(line: str, file: Path, number: int) -> Question:
    try:
        return Question.model_validate_json(line)
    except ValidationError as error:
        raise DataError(_problem(error), file=str(file), line=number, remedy=QUESTION_FORM) from error


def _problem(error: ValidationError) -> str:
    problem = error.errors()[0]
    name = ".".join(str(part) for part in problem["loc"])
    return f"{name}: {problem['msg'].lower()}." if name else f"{problem['msg'].lower()}."


def _once(rows: Sequence[tuple[int, Entry | Question]], file: Path) -> None:
    seen: set[str] = set()
    for number, row in rows:
        if row.id in seen:
            raise DataError(
                f"the id '{row.id}' stands twice.", file=str(file), line=number, remedy="Give each line its own id."
            )
        seen.add(row.id)
