"""`python -m benchmarks.answering FOLDER…`: how much can be answered alone, and how much of that is wrong.

Each folder has corpus.jsonl, calibration.jsonl and queries.jsonl in the form of `heed evaluate answering`; FOLDER:de
says it is German.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.diagram import reliability_diagram
from benchmarks.evaluation_files import read_set, relevance
from benchmarks.haystack_baseline import JOINED, QUESTION_DENSE, haystack_arms
from benchmarks.heed_itself import evaluate
from benchmarks.markdown import announce, figure, print_table
from benchmarks.naive import LEXICAL, MEAN, load_encoder, naive_arms
from bot.deciding.certificate import Audit, Target, certify
from bot.evaluating.answering import Predicted
from bot.evaluating.metrics import area_under_risk, largest_coverage
from knowledge.calibration import calibration_error

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from benchmarks.evaluation_files import EvaluationSet
    from bot.ports import Encoder

TARGETS = (0.05, 0.02)
"""Wrong rates that ops might ask for."""

CERTAINTY = 0.95

HEADER = (
    "", "first right", "AURC", "calibration error",
    *(f"oracle coverage ≤ {target:.0%}" for target in TARGETS), *(f"certified ≤ {target:.0%}" for target in TARGETS),
)  # fmt: skip


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("data", nargs="+", type=read_set, metavar="FOLDER")
    arguments.add_argument("--baselines-only", action="store_true", help="leave Heed itself out")
    arguments.add_argument("--diagram", type=Path, metavar="SVG", help="draw Heed's reliability into this file")
    given = arguments.parse_args()
    encoder = load_encoder()
    drawn = {}
    for data in given.data:
        rows = list(_baselines(encoder, data))
        if not given.baselines_only:
            row, drawn[data.name] = _heed(data)
            rows.append(row)
        print(f"{data.name}: {len(data.calibration)} to calibrate, {len(data.queries)} reported\n")
        print_table(HEADER, rows)
    if given.diagram:
        given.diagram.write_text(reliability_diagram(drawn), encoding="utf-8")


def _baselines(encoder: Encoder, data: EvaluationSet) -> Iterator[list[str]]:
    announce(data.name)
    queries = data.calibration + data.queries
    right = relevance(data.corpus, queries)
    scores = {**naive_arms(encoder, data.corpus, queries, data.language), **haystack_arms(data.corpus, queries)}
    arms = {name: _first(found, right) for name, found in scores.items()}
    either = np.logical_or(arms[MEAN].right, arms[LEXICAL].right)
    systems = {name: arms[name] for name in (MEAN, QUESTION_DENSE, JOINED)} | {
        "limit: naive dense, if it knew": _all_knowing(arms[MEAN].right),
        "limit: the better of naive dense and BM25, if it knew": _all_knowing(either),
        "limit: right wherever there is an answer, if it knew": _all_knowing(np.logical_or.reduce(right, axis=1)),
    }
    for name, predicted in systems.items():
        yield _row(name, *_parted(predicted, len(data.calibration)))


def _first(scores: NDArray[np.float64], right: NDArray[np.bool_]) -> Predicted:
    chosen = scores.argmax(axis=1)[:, None]
    confidence = np.take_along_axis(scores, chosen, axis=1)[:, 0]
    return Predicted(confidence=confidence, right=np.take_along_axis(right, chosen, axis=1)[:, 0])


def _all_knowing(right: NDArray[np.bool_]) -> Predicted:
    """Put all that is right before all that is wrong; the wrong in no order, but apart, so that some can be let in."""
    order = np.random.default_rng(7).permutation(len(right))
    return Predicted(confidence=np.where(right, 1, 1e-6 * order / len(right)), right=right)


def _parted(predicted: Predicted, place: int) -> tuple[Predicted, Predicted]:
    first, second = (
        Predicted(confidence=predicted.confidence[part], right=predicted.right[part])
        for part in (slice(place), slice(place, None))
    )
    return first, second


def _row(name: str, calibration: Predicted, reported: Predicted) -> list[str]:
    confidence, right = reported.confidence, reported.right
    return [
        name,
        figure(right.mean()),
        figure(area_under_risk(confidence, right)),
        figure(calibration_error(confidence, right)),
        *(figure(largest_coverage(confidence, right, target)) for target in TARGETS),
        *(_certified(calibration, reported, target) for target in TARGETS),
    ]


def _certified(calibration: Predicted, reported: Predicted, max_wrong: float) -> str:
    audits = [
        Audit(confidence=c, right=bool(r)) for c, r in zip(calibration.confidence, calibration.right, strict=True)
    ]
    threshold = certify(audits, Target(max_wrong=max_wrong, certainty=CERTAINTY)).threshold
    if threshold is None:
        return "none"
    answered = reported.confidence >= threshold
    return _answered(int(answered.sum()), int((answered & ~reported.right).sum()), len(answered))


def _answered(answered: int, wrong: int, queries: int) -> str:
    return f"{answered / queries:.3f}, {wrong} of {answered} wrong"


def _heed(data: EvaluationSet) -> tuple[list[str], Predicted]:
    with tempfile.TemporaryDirectory() as folder:
        predictions = Path(folder) / "predictions.jsonl"
        calibration = ("--calibration", str(data.folder / "calibration.jsonl"), "--predictions", str(predictions))
        runs = [evaluate("answering", data, *calibration, "--max-wrong", str(target)) for target in TARGETS]
        predicted = _read(predictions)
    row = [
        "Heed",
        figure(predicted.right.mean()),
        figure(runs[0]["aurc"]),
        figure(calibration_error(predicted.confidence, predicted.right)),
        *(figure(run["oracle_coverage"]) for run in runs),
        *(_answered(run["answered"], run["wrong"], run["queries"]) if run["certified"] else "none" for run in runs),
    ]
    return row, predicted


def _read(file: Path) -> Predicted:
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return Predicted(
        confidence=np.array([row["confidence"] for row in rows], dtype=np.float64),
        right=np.array([row["right"] for row in rows], dtype=np.bool_),
    )


if __name__ == "__main__":
    main()
