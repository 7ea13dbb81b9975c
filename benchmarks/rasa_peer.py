"""The peer: Rasa's own NLU pipeline, trained by `rasa train nlu` with config.yml as it ships, in Rasa's environment."""

from __future__ import annotations

import json
import os
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np

from benchmarks.intent_arms import Read

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.nlu.examples import Example

ROOT = Path(__file__).parent.parent
PYTHON = ROOT / "bot" / "dialogue" / ".venv" / "bin" / "python"
"""Rasa's interpreter, which `make dialogue` prepares."""

_QUIET = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "2", "SQLALCHEMY_SILENCE_UBER_WARNING": "1"}


class RasaPeer:
    """A Rasa model in a process of its own, which is asked line by line."""

    def __init__(self, questions: IO[str], answers: IO[str]) -> None:
        self._questions, self._answers = questions, answers

    def read(self, texts: Sequence[str]) -> Read:
        """Read texts, which Rasa does one after the other; see `Arm`."""
        self._questions.write(json.dumps(list(texts)) + "\n")
        self._questions.flush()
        answer = self._answers.readline()
        if not answer:
            raise OSError("Rasa ended; rasa.log in its folder says why.")
        found = json.loads(answer)
        return Read(labels=found["labels"], strange=1 - np.array(found["confidence"]))


@contextmanager
def trained_rasa(examples: Sequence[Example], folder: Path) -> Iterator[RasaPeer]:
    """Train Rasa on *examples*, which takes minutes, and load what came of it; *folder* is filled on the way."""
    (folder / "nlu.yml").write_text(_as_nlu(examples), encoding="utf-8")
    environment = {**os.environ, **_QUIET, "RASA_CACHE_DIRECTORY": str(folder / "cache")}
    train = [str(PYTHON.with_name("rasa")), "train", "nlu", "--nlu", str(folder / "nlu.yml")]
    files = ["--config", str(ROOT / "config.yml"), "--out", str(folder), "--fixed-model-name", "nlu"]
    with (folder / "rasa.log").open("wb") as log:
        subprocess.run([*train, *files], stdout=log, stderr=log, env=environment, cwd=folder, check=True)  # noqa: S603 - our own command
        asking = [str(PYTHON), str(ROOT / "benchmarks" / "rasa_reading.py"), str(folder / "nlu.tar.gz")]
        with subprocess.Popen(  # noqa: S603 - our own script
            asking, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, env=environment, cwd=folder, text=True
        ) as process:
            if process.stdin is None or process.stdout is None:
                raise OSError("no pipes to Rasa.")
            yield RasaPeer(process.stdin, process.stdout)


def _as_nlu(examples: Sequence[Example]) -> str:
    """Write examples as Rasa reads them, a block of JSON (which is YAML too) an intent.

    A line break would end an example. Rasa looks for a line that begins with "nlu:" to know what a file holds.
    """
    intents: dict[str, list[str]] = {}
    for example in examples:
        intents.setdefault(example.intent, []).append(" ".join(example.text.split()))
    blocks = (
        {"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)} for intent, texts in intents.items()
    )
    listed = "".join(f"- {json.dumps(block, ensure_ascii=False)}\n" for block in blocks)
    return f'version: "3.1"\nnlu:\n{listed}'
