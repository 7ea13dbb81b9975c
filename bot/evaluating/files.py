"""Reads what is measured with: JSON lines.

A corpus of entries, questions whose right entries are known, texts whose mood or intent is known.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from bot.errors import DataError
from bot.nlu.examples import FEWEST, Example, read_examples
from bot.nlu.examples import read_file as read_rasa_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]

CORPUS_FORM = 'Write {"id", "question"?, "answer"?, "text"?, "label"?} with at least one text a line.'
QUESTION_FORM = 'Write {"id", "text", "relevant": [ids]}, or "label" instead of "relevant".'
TONE_FORM = 'Write {"text", "label": 0 or 1}, 1 where a person must take it.'
LABEL_FORM = 'Write {"text", "label"}.'

RASA = frozenset({".yml", ".yaml"})
"""Endings of files in Rasa's NLU format; all others hold JSON lines."""


class _Row(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


_AnyRow = TypeVar("_AnyRow", bound=_Row)


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


class Toned(_Row):
    """One text, and whether a person must take it because of its tone."""

    text: Text
    label: Literal[0, 1]


class Labelled(_Row):
    """One text, and what its author wants."""

    text: Text
    label: Text


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
        question = _row(line, Question, QUESTION_FORM, file=file, number=number)
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


def read_toned(file: Path) -> list[Toned]:
    """Read texts whose mood is known. Raises DataError, naming file and line, for a wrong line or none at all."""
    return [row for _, row in _rows(file, Toned, TONE_FORM)]


def read_labelled(file: Path) -> list[Labelled]:
    """Read texts whose intent is known. Raises DataError, naming file and line, for a wrong line or none at all."""
    return [row for _, row in _rows(file, Labelled, LABEL_FORM)]


def read_lessons(source: Path) -> list[Example]:
    """Read examples to train on: JSON lines of texts and labels, or a file or folder in Rasa's NLU format.

    Raises DataError, naming file and line, for a wrong line, an intent with fewer than FEWEST examples, and where there
    is only one intent.
    """
    if source.is_dir():
        examples = list(read_examples(source))
    elif source.suffix in RASA:
        examples = list(read_rasa_file(source))
    else:
        rows = _rows(source, Labelled, LABEL_FORM)
        examples = [Example(text=row.text, intent=row.label, file=str(source), line=line) for line, row in rows]
    _tell_apart(examples, source)
    return examples


def _tell_apart(examples: Sequence[Example], source: Path) -> None:
    counts = Counter(example.intent for example in examples)
    for example in examples:
        if counts[example.intent] < FEWEST:
            raise DataError(
                f"'{example.intent}' has one example only.",
                file=example.file,
                line=example.line,
                remedy=f"Give every label {FEWEST} at least, and better twenty.",
            )
    if len(counts) < FEWEST:
        raise DataError("fewer than two labels.", file=str(source), remedy="Give at least two to tell apart.")


def _rows(file: Path, kind: type[_AnyRow], form: str) -> list[tuple[int, _AnyRow]]:
    rows = [(number, _row(line, kind, form, file=file, number=number)) for number, line in _lines(file)]
    if not rows:
        raise DataError("no text in it.", file=str(file), remedy=form)
    return rows


def _row(line: str, kind: type[_AnyRow], form: str, *, file: Path, number: int) -> _AnyRow:
    try:
        return kind.model_validate_json(line)
    except ValidationError as error:
        raise DataError(_problem(error), file=str(file), line=number, remedy=form) from error


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
    entry = _row(line, Entry, CORPUS_FORM, file=file, number=number)
    if not entry.said:
        raise DataError("an entry without a text.", file=str(file), line=number, remedy=CORPUS_FORM)
    return entry


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
