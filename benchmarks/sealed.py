"""`python -m benchmarks.sealed`: which share of the sealed irate mentions reaches a person, and which of the others.

Nobody who writes training examples looks into mood_sealed.jsonl, and nothing is tuned on it.
"""

from __future__ import annotations

import json
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.heed_itself import figures_of
from benchmarks.markdown import print_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SEALED = Path(__file__).parent / "mood_sealed.jsonl"
LANGUAGES = ("en", "es", "de")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        predictions = Path(folder) / "predictions.jsonl"
        figures = figures_of("mood", "--data", str(SEALED), "--predictions", str(predictions))
        moods = [row["mood"] for row in _read(predictions)]
    threshold, auroc = figures["threshold"], figures["auroc"]
    print(f"{len(moods)} mentions, AUROC {auroc:.3f}; a person takes those of mood {threshold} or more.\n")
    reached = [mood >= threshold for mood in moods]
    for label, heading in ((1, "irate ones that reach a person"), (0, "others that reach one too")):
        print_table((heading, *LANGUAGES, "all"), rows_of(_read(SEALED), reached, label))


def rows_of(mentions: Sequence[Mapping[str, object]], reached: Sequence[bool], label: int) -> list[tuple[str, ...]]:
    """Count by kind and language how many of the mentions with *label* are reached: a row a kind, the last for all."""
    found: dict[tuple[object, object], list[bool]] = defaultdict(list)
    for mention, got in zip(mentions, reached, strict=True):
        if mention["label"] == label:
            for kind in (mention["kind"], "all"):
                for language in (mention["language"], "all"):
                    found[kind, language].append(got)
    kinds = [*sorted({str(kind) for kind, _ in found} - {"all"}), "all"]
    return [(kind, *(_share(found.get((kind, language), ())) for language in (*LANGUAGES, "all"))) for kind in kinds]


def _share(reached: Sequence[bool]) -> str:
    return f"{sum(reached)} of {len(reached)} ({sum(reached) / len(reached):.0%})" if reached else "–"


def _read(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    main()
