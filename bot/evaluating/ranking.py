"""Measures how well a corpus's right entries are found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.evaluating import metrics
from knowledge.fitting import put
from knowledge.ranking import believed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from knowledge.fitting import Judged, Trial
    from knowledge.shelf import Shelf

REACH = 50
"""Articles that each arm may nominate here: more than the bot looks at, since the whole order is measured."""

DEPTH = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """How well right entries are found; all but the first are means over the queries, 0 to 1."""

    queries: int
    precision_at_1: float
    recall_at_5: float
    mrr: float
    map: float
    ndcg_at_10: float


def evaluate_ranking(shelf: Shelf, judged: Sequence[Judged]) -> Ranking:
    """Rank the shelf for each judged question that something on it answers."""
    trials = [trial for trial in put(shelf, judged, REACH) if trial.right]
    if not trials:
        return Ranking(queries=0, precision_at_1=0.0, recall_at_5=0.0, mrr=0.0, map=0.0, ndcg_at_10=0.0)
    rows = np.array([_measured(trial) for trial in trials]).mean(axis=0).round(4).tolist()
    return Ranking(
        queries=len(trials), precision_at_1=rows[0], recall_at_5=rows[1], mrr=rows[2], map=rows[3], ndcg_at_10=rows[4]
    )


def _measured(trial: Trial) -> tuple[float, float, float, float, float]:
    scores = believed(trial.shelf.language, taught=False).probability(trial.nominees.features)
    hits = np.isin(trial.nominees.articles[np.argsort(-scores, kind="stable")], list(trial.right))
    relevant = len(trial.right)
    return (
        float(hits[:1].any()),
        float(hits[:DEPTH].sum() / relevant),
        metrics.reciprocal_rank(hits),
        metrics.average_precision(hits, relevant),
        metrics.gain(hits, relevant),
    )
