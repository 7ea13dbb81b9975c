"""`heed evaluate`: how well a corpus of your own is searched and answered. Needs no database."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from bot.cli.output import progress_bars, report
from bot.deciding.certificate import Target
from bot.errors import DataError
from bot.evaluating.answering import evaluate_answering
from bot.evaluating.files import read_corpus, read_questions
from bot.evaluating.ranking import evaluate_ranking
from bot.evaluating.shelving import asked_of, judge, shelve, spoken
from bot.nlu.encoder import SentenceEncoder
from bot.nlu.language import LanguageDetector
from bot.telemetry import set_up_logging

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bot.evaluating.answering import Predicted
    from bot.evaluating.files import Entry, Question
    from bot.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """How to measure, and what to print."""

    language: str | None  #: ISO 639-1 code; None tells it from the corpus.
    as_json: bool


def retrieval(settings: Settings, corpus_file: Path, queries_file: Path, wishes: Wishes) -> int:
    """Measure and print how well the right entries of a corpus are found. Raises DataError."""
    _quiet(settings)
    corpus = read_corpus(corpus_file)
    queries = _asked(queries_file, corpus)
    language = _language(wishes, corpus)
    with progress_bars() as progress:
        encoder = SentenceEncoder(settings.encoder)
        shelf = shelve(corpus, encoder, language, progress)
        ranking = evaluate_ranking(shelf, judge(queries, encoder, language, progress))
    report({**asdict(ranking), "language": language}, as_json=wishes.as_json)
    return 0


def answering(
    settings: Settings,
    files: tuple[Path, Path, Path],
    target: Target,
    wishes: Wishes,
    *,
    predictions: Path | None,
) -> int:
    """Measure and print how much of a corpus's questions is answered alone, and how wrongly. Raises DataError.

    *files* are corpus, calibration and queries; *predictions*, if given, gets a line for each query.
    """
    _quiet(settings)
    corpus = read_corpus(files[0])
    calibration, queries = read_questions(files[1], corpus), _asked(files[2], corpus)
    language = _language(wishes, corpus)
    with progress_bars() as progress:
        encoder = SentenceEncoder(settings.encoder)
        shelf = shelve(corpus, encoder, language, progress)
        judged = [judge(questions, encoder, language, progress) for questions in (calibration, queries)]
        answered, predicted = evaluate_answering(shelf, asked_of(shelf), judged[0], judged[1], target)
    if predictions is not None:
        _write(predictions, queries, predicted)
    report({**asdict(answered), "language": language}, as_json=wishes.as_json)
    return 0


def _quiet(settings: Settings) -> None:
    set_up_logging(settings.log.model_copy(update={"level": "error", "format": "console"}))


def _asked(file: Path, corpus: Sequence[Entry]) -> list[Question]:
    queries = read_questions(file, corpus)
    if not queries:
        raise DataError("no query in it.", file=str(file), remedy="Give at least one.")
    return queries


def _language(wishes: Wishes, corpus: Sequence[Entry]) -> str:
    return wishes.language or spoken(corpus, LanguageDetector().detect)


def _write(file: Path, queries: Sequence[Question], predicted: Predicted) -> None:
    rows = zip(queries, predicted.confidence.tolist(), predicted.right.tolist(), strict=True)
    lines = (json.dumps({"id": query.id, "confidence": said, "right": right}) + "\n" for query, said, right in rows)
    try:
        file.write_text("".join(lines), encoding="utf-8")
    except OSError as error:
        raise DataError(f"cannot be written: {error.strerror}.", file=str(file)) from error
