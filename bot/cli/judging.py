"""`heed evaluate mood` and `heed evaluate intents`: how well texts of your own are understood."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot import service
from bot.cli.output import err, progress_bars, report
from bot.errors import DataError, NotTrained
from bot.evaluating.files import read_labelled, read_lessons, read_toned
from bot.evaluating.intents import Pupil, Senses, evaluate_intents
from bot.evaluating.mood import evaluate_mood, read_moods
from bot.nlu.encoder import SentenceEncoder
from bot.nlu.heads import thinned
from bot.nlu.language import LanguageDetector
from bot.nlu.lexicon import load_lexicons
from bot.telemetry import set_up_logging

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bot.evaluating.intents import Recognised
    from bot.nlu.examples import Example
    from bot.settings import Settings
    from bot.training import Brain, Progress
    from storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class MoodWishes:
    """How to measure the mood, and what to print."""

    language: str | None  #: ISO 639-1 code of all texts; None detects it for each.
    predictions: Path | None  #: Gets a line for each text.
    as_json: bool


async def mood(settings: Settings, data: Path, wishes: MoodWishes) -> int:
    """Measure and print how well the heads in force tell whom a person must take. Raises DataError, StorageDown.

    What is not trained yet is trained first.
    """
    _quiet(settings)
    rows = read_toned(data)
    async with service.open_database(settings) as database:
        with progress_bars() as progress:
            brain = await _woken(settings, database, progress)
            texts = [row.text for row in rows]
            moods = await asyncio.to_thread(read_moods, texts, brain.steps.understander, wishes.language, progress)
    if wishes.predictions is not None:
        _write(wishes.predictions, moods.tolist())
    needing, threshold = np.array([row.label == 1 for row in rows]), brain.limits.irate
    separated = evaluate_mood(moods, needing, threshold)
    if separated.auroc is None:
        err.print(f"All texts have the label {rows[0].label}: an AUROC needs both.", style="yellow", markup=False)
    report({**asdict(separated), "threshold": threshold, "language": wishes.language}, as_json=wishes.as_json)
    return 0


def intents(settings: Settings, train: Path, data: Path, *, as_json: bool) -> int:
    """Measure and print how well heads trained on *train* alone recognise the intents of *data*. Raises DataError."""
    _quiet(settings)
    examples, rows = _learnable(read_lessons(train)), read_labelled(data)
    with progress_bars() as progress:
        progress("Loading the encoder", 0, 1)
        senses = Senses(
            encoder=SentenceEncoder(settings.encoder), languages=LanguageDetector(), lexicons=load_lexicons()
        )
        progress("Loading the encoder", 1, 1)
        found = evaluate_intents(Pupil.taught(examples, senses, progress), rows, progress)
    _say_what_is_missing(found)
    report(asdict(found), as_json=as_json)
    return 0


async def _woken(settings: Settings, database: Database, progress: Progress) -> Brain:
    try:
        return await service.wake(settings, database)
    except NotTrained:
        return await service.prepare(settings, database, progress)


def _learnable(examples: Sequence[Example]) -> list[Example]:
    kept = thinned(examples)
    if len(kept) < len(examples):
        err.print(f"Training on {len(kept)} of {len(examples)} examples, an even share of each label.", style="yellow")
    return kept


def _say_what_is_missing(found: Recognised) -> None:
    if found.accuracy is None:
        err.print("No text has a label that was trained: there is no accuracy.", style="yellow")
    elif found.oos_auroc is None:
        err.print("Every label was trained: nothing is out of scope, and there is no AUROC.", style="yellow")


def _quiet(settings: Settings) -> None:
    set_up_logging(settings.log.model_copy(update={"level": "error", "format": "console"}))


def _write(file: Path, moods: Sequence[float]) -> None:
    try:
        file.write_text("".join(json.dumps({"mood": mood}) + "\n" for mood in moods), encoding="utf-8")
    except OSError as error:
        raise DataError(f"cannot be written: {error.strerror}.", file=str(file)) from error
