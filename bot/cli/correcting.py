"""`heed corrections`: what agents said of the mood, as cases to test heads with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bot import service
from bot.cli.output import emit, out
from bot.errors import DataError
from bot.personal import mask
from bot.telemetry import set_up_logging
from storage.corrections import corrected_texts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from bot.personal import Privacy
    from bot.settings import Settings
    from storage.corrections import CorrectedText


async def show_corrections(settings: Settings, file: Path | None, *, as_json: bool) -> int:
    """Print the corrections, or write them to *file* for `heed evaluate mood`. Raises DataError, StorageDown."""
    set_up_logging(settings.log.model_copy(update={"level": "error", "format": "console"}))
    async with service.open_database(settings) as database, database.begin() as connection:
        cases = await corrected_texts(connection)
    documents = [as_document(case, settings.privacy) for case in cases]
    if file is not None:
        _write(file, documents)
    if as_json:
        emit({"corrections": documents})
    elif file is not None:
        out.print(f"{_counted(len(documents))} written to {file}.", markup=False, soft_wrap=True)
    else:
        _show(documents)
    return 0


def as_document(case: CorrectedText, privacy: Privacy) -> dict[str, Any]:
    """Give a correction as other programs read it; personal data is masked, also in what was said in private."""
    masked, _ = mask(case.text, privacy)
    return {
        "text": masked,
        "label": int(case.irate),
        "language": case.language,
        "mood": case.mood,
        "corrected_at": case.corrected_at.isoformat(),
    }


def _write(file: Path, documents: Iterable[dict[str, Any]]) -> None:
    lines = (json.dumps({name: each[name] for name in ("text", "label")}, ensure_ascii=False) for each in documents)
    try:
        file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    except OSError as error:
        raise DataError(f"cannot be written: {error.strerror}.", file=str(file)) from error


def _show(documents: Iterable[dict[str, Any]]) -> None:
    shown = list(documents)
    for each in shown:
        said = "angry    " if each["label"] else "not angry"
        row = f"{said}  mood {each['mood']:.2f}  {each['language'] or '??'}  {' '.join(each['text'].split())}"
        out.print(row, markup=False, highlight=False, soft_wrap=True)
    out.print(f"{_counted(len(shown))}.")


def _counted(count: int) -> str:
    return "1 correction" if count == 1 else f"{count} corrections"
