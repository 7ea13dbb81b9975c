"""`python -m benchmarks.retrieval FOLDER…`: how often the first passage is the right one.

Each folder has corpus.jsonl and queries.jsonl in the form of `heed evaluate retrieval`; FOLDER:de says it is German.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.evaluation_files import read_set, relevance
from benchmarks.haystack_baseline import haystack_arms
from benchmarks.heed_itself import evaluate
from benchmarks.markdown import announce, figure, print_table
from benchmarks.naive import LEXICAL, MEAN, best_first, load_encoder, naive_arms
from bot.evaluating.metrics import average_precision

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from benchmarks.evaluation_files import EvaluationSet
    from bot.evaluating.files import Question
    from bot.ports import Encoder


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("data", nargs="+", type=read_set, metavar="FOLDER")
    arguments.add_argument("--baselines-only", action="store_true", help="leave Heed itself out")
    given = arguments.parse_args()
    encoder = load_encoder()
    measured = [_measure(encoder, data, with_heed=not given.baselines_only) for data in given.data]
    for number, measure in enumerate(("P@1", "MAP")):
        header = [measure, *(f"{data.name} ({len(_answerable(data))})" for data in given.data)]
        print_table(header, [[arm, *(figure(by_arm[arm][number]) for by_arm in measured)] for arm in measured[0]])


def _measure(encoder: Encoder, data: EvaluationSet, *, with_heed: bool) -> Mapping[str, tuple[float, float]]:
    announce(data.name)
    queries = _answerable(data)
    right = relevance(data.corpus, queries)
    arms = {**naive_arms(encoder, data.corpus, queries, data.language), **haystack_arms(data.corpus, queries)}
    ranked = {name: np.take_along_axis(right, best_first(scores), axis=1) for name, scores in arms.items()}
    figures = {name: _figures(order, order) for name, order in ranked.items()}
    figures["limit: the better of naive dense (averaged) and BM25"] = _figures(ranked[MEAN], ranked[LEXICAL])
    if with_heed:
        heed = evaluate("retrieval", data)
        figures["Heed"] = heed["precision_at_1"], heed["map"]
    return figures


def _answerable(data: EvaluationSet) -> tuple[Question, ...]:
    right = np.logical_or.reduce(relevance(data.corpus, data.queries), axis=1)
    return tuple(query for query, has in zip(data.queries, right, strict=True) if has)


def _figures(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> tuple[float, float]:
    """Give P@1 and MAP of someone who knows for each query which of two rankings is the better."""
    average = np.maximum(_average_precisions(one), _average_precisions(other))
    return float((one[:, 0] | other[:, 0]).mean()), float(average.mean())


def _average_precisions(ranked: NDArray[np.bool_]) -> NDArray[np.float64]:
    return np.array([average_precision(hits, int(hits.sum())) for hits in ranked])


if __name__ == "__main__":
    main()
