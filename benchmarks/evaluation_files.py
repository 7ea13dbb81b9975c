"""A folder of evaluation data, as the baselines need it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bot.evaluating.files import read_corpus, read_questions, read_toned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from bot.evaluating.files import Entry, Question, Toned


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationSet:
    """What `heed evaluate` reads from one folder."""

    folder: Path
    language: str
    corpus: tuple[Entry, ...]
    queries: tuple[Question, ...]
    calibration: tuple[Question, ...]  #: Empty where only retrieval is measured.

    @property
    def name(self) -> str:
        """The folder's own name."""
        return self.folder.resolve().name


@dataclass(frozen=True, slots=True, kw_only=True)
class MoodSet:
    """What `heed evaluate mood` reads from one folder."""

    folder: Path
    language: str | None  #: Of all texts; None detects it for each.
    rows: tuple[Toned, ...]
    train: tuple[Toned, ...]  #: Empty where the folder has none.

    @property
    def name(self) -> str:
        """The folder's own name."""
        return self.folder.resolve().name


def read_set(argument: str) -> EvaluationSet:
    """Read FOLDER or FOLDER:LANGUAGE (two letters; English unless said). Raises DataError for a wrong line."""
    path, _, language = argument.partition(":")
    folder = Path(path)
    corpus = read_corpus(folder / "corpus.jsonl")
    calibration = folder / "calibration.jsonl"
    return EvaluationSet(
        folder=folder,
        language=language or "en",
        corpus=tuple(corpus),
        queries=tuple(read_questions(folder / "queries.jsonl", corpus)),
        calibration=tuple(read_questions(calibration, corpus)) if calibration.exists() else (),
    )


def read_mood_set(argument: str) -> MoodSet:
    """Read FOLDER or FOLDER:LANGUAGE. Raises DataError for a wrong line."""
    path, _, language = argument.partition(":")
    train = Path(path) / "train.jsonl"
    return MoodSet(
        folder=Path(path),
        language=language or None,
        rows=tuple(read_toned(Path(path) / "data.jsonl")),
        train=tuple(read_toned(train)) if train.exists() else (),
    )


def question(entry: Entry) -> str:
    """Give what an entry asks, or its text where it asks nothing."""
    return entry.question or body(entry)


def body(entry: Entry) -> str:
    """Give everything that an entry says."""
    return " ".join(part for part in (entry.question, entry.answer, entry.text) if part)


def relevance(corpus: Sequence[Entry], questions: Sequence[Question]) -> NDArray[np.bool_]:
    """Say which entry is right for which question: shape (questions, corpus)."""
    return np.array([[_right(entry, asked) for entry in corpus] for asked in questions], dtype=np.bool_)


def _right(entry: Entry, asked: Question) -> bool:
    return entry.label == asked.label if entry.label is not None else entry.id in (asked.relevant or ())
