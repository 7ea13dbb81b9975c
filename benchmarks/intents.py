"""`python -m benchmarks.intents FOLDER…`: how well intents are recognised, and how fast.

Each folder has train.jsonl and data.jsonl in the form of `heed evaluate intents`. With --rasa, Rasa's own pipeline is
trained on the same examples (needs `make dialogue`; takes minutes a folder).
"""

from __future__ import annotations

import argparse
import tempfile
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.intent_arms import Centroids, Heed, Regression, encoded
from benchmarks.markdown import announce, figure, print_table
from benchmarks.naive import load_encoder
from benchmarks.rasa_peer import trained_rasa
from bot.evaluating.files import read_labelled, read_lessons
from bot.evaluating.intents import recognised

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.intent_arms import Arm
    from bot.evaluating.files import Labelled
    from bot.nlu.examples import Example
    from bot.ports import Encoder

TIMED = 400
"""Texts that each arm reads one at a time, and again in batches."""

TURNS = 4
BATCH = 32

HEADER = ("", "accuracy", "macro F1", "out-of-scope AUROC", "one at a time, a second", f"batches of {BATCH}, a second")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("data", nargs="+", type=Path, metavar="FOLDER")
    arguments.add_argument("--rasa", action="store_true", help="measure Rasa's own pipeline too")
    given = arguments.parse_args()
    encoder = load_encoder()
    for folder in given.data:
        name = folder.resolve().name
        announce(name)
        examples, rows = read_lessons(folder / "train.jsonl"), read_labelled(folder / "data.jsonl")
        with ExitStack() as stack:
            arms = _naive(examples, encoder)
            if given.rasa:
                scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
                arms["Rasa's pipeline, as config.yml has it"] = stack.enter_context(trained_rasa(examples, scratch))
            arms["Heed"] = Heed(examples, encoder)
            table = _measured(arms, examples, rows)
        outside = sum(row.label not in {example.intent for example in examples} for row in rows)
        print(f"{name}: {len(examples)} to train on, {len(rows) - outside} in scope, {outside} out of scope\n")
        print_table(HEADER, table)


def _naive(examples: Sequence[Example], encoder: Encoder) -> dict[str, Arm]:
    vectors = encoded([example.text for example in examples], encoder)
    return {
        "naive: the nearest centroid": Centroids(examples, vectors, encoder),
        "logistic regression on the vectors": Regression(examples, vectors, encoder),
    }


def _measured(arms: Mapping[str, Arm], examples: Sequence[Example], rows: Sequence[Labelled]) -> list[list[str]]:
    texts, right = [row.text for row in rows], [row.label for row in rows]
    known = sorted({example.intent for example in examples})
    table = []
    for name, arm in arms.items():
        read = arm.read(texts)
        found = recognised(right, read.labels, read.strange, known=known)
        table.append([name, figure(found.accuracy), figure(found.macro_f1), figure(found.oos_auroc)])
    for row, *speeds in zip(table, _speeds(arms, texts, 1), _speeds(arms, texts, BATCH), strict=True):
        row.extend(f"{speed:.0f}" for speed in speeds)
    return table


def _speeds(arms: Mapping[str, Arm], texts: Sequence[str], batch: int) -> list[float]:
    """Give texts a second of each arm; they take turns, so that a busy moment of the machine meets all of them."""
    chosen = [texts[place] for place in np.linspace(0, len(texts) - 1, min(TIMED, len(texts))).astype(int)]
    spent = dict.fromkeys(arms, 0.0)
    for turn in range(TURNS):
        own = chosen[turn::TURNS]
        for name, arm in arms.items():
            began = perf_counter()
            for start in range(0, len(own), batch):
                arm.read(own[start : start + batch])
            spent[name] += perf_counter() - began
    return [len(chosen) / seconds for seconds in spent.values()]


if __name__ == "__main__":
    main()
