"""Heed as anybody runs it: its own command, and the JSON on its last line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from benchmarks.evaluation_files import EvaluationSet


def evaluate(measure: str, data: EvaluationSet, *options: str) -> Mapping[str, Any]:
    """Run `heed evaluate MEASURE` on *data* and give its figures; what it says of a failure is shown."""
    files = ["--corpus", str(data.folder / "corpus.jsonl"), "--queries", str(data.folder / "queries.jsonl")]
    return figures_of(measure, *files, "--language", data.language, *options)


def figures_of(measure: str, *options: str) -> Mapping[str, Any]:
    """Run `heed evaluate MEASURE` with *options* and give its figures; what it says of a failure is shown."""
    heed = Path(sys.executable).with_name("heed")
    command = [str(heed), "evaluate", measure, *options, "--json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603 - our own command
    return dict(json.loads(done.stdout.splitlines()[-1]))
