"""`python -m benchmarks.mood FOLDER…`: how well texts that need a person are told from the others.

Each folder has data.jsonl in the form of `heed evaluate mood`; where it also has train.jsonl, other texts of the same
data, the limit is trained on these. FOLDER:de says that all texts are German; without it each text's language is
detected.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from benchmarks.evaluation_files import read_mood_set
from benchmarks.heed_itself import figures_of
from benchmarks.markdown import announce, figure, print_table
from benchmarks.naive import load_encoder
from bot.nlu.cleaning import clean
from bot.nlu.lexicon import NAMES, load_lexicons

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from benchmarks.evaluation_files import MoodSet
    from bot.evaluating.files import Toned
    from bot.ports import Encoder

VADER = "VADER"
LEXICON = "naive: the share of bad words, by Heed's lexicons"
HEED = "Heed"
TRAINED = "limit: trained on that data"

PARTS = 5
"""Parts of the data; where there is no other, the limit reads each part by what was trained on the others."""

BELIEVED = 10.0
"""How much the limit believes its texts (scikit-learn's C)."""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("data", nargs="+", type=read_mood_set, metavar="FOLDER")
    given = arguments.parse_args()
    encoder = load_encoder()
    measured = [_measure(encoder, data) for data in given.data]
    for number, measure in enumerate(("AUROC", "average precision")):
        header = [measure, *(f"{data.name} ({len(data.rows)})" for data in given.data)]
        print_table(header, [[arm, *(figure(by_arm[arm][number]) for by_arm in measured)] for arm in measured[0]])


def _measure(encoder: Encoder, data: MoodSet) -> Mapping[str, tuple[float, float]]:
    announce(data.name)
    bad = _labels(data.rows)
    scores = {VADER: _vader(data.rows), LEXICON: _lexicon(data), TRAINED: _trained(encoder, data)}
    figures = {
        arm: (float(roc_auc_score(bad, found)), float(average_precision_score(bad, found)))
        for arm, found in scores.items()
    }
    heed = _heed(data)
    return {VADER: figures[VADER], LEXICON: figures[LEXICON], HEED: heed, TRAINED: figures[TRAINED]}


def _heed(data: MoodSet) -> tuple[float, float]:
    language = ("--language", data.language) if data.language else ()
    found = figures_of("mood", "--data", str(data.folder / "data.jsonl"), *language)
    return found["auroc"], found["average_precision"]


def _vader(rows: Sequence[Toned]) -> NDArray[np.float64]:
    analyzer: Any = SentimentIntensityAnalyzer()
    return np.array([-analyzer.polarity_scores(row.text)["compound"] for row in rows])


def _lexicon(data: MoodSet) -> NDArray[np.float32]:
    texts = [row.text for row in data.rows]
    return load_lexicons().colour(texts, [data.language] * len(texts))[:, NAMES.index("bad_share")]


def _trained(encoder: Encoder, data: MoodSet) -> NDArray[np.float64]:
    model = LogisticRegression(C=BELIEVED, max_iter=1000)
    vectors, labels = _encode(encoder, data.rows), _labels(data.rows)
    if data.train:
        model.fit(_encode(encoder, data.train), _labels(data.train))
        return np.asarray(model.decision_function(vectors))
    parts = StratifiedKFold(PARTS, shuffle=True, random_state=7)
    return np.asarray(cross_val_predict(model, vectors, labels, cv=parts, method="decision_function"))


def _encode(encoder: Encoder, rows: Sequence[Toned]) -> NDArray[np.float32]:
    return encoder.encode([clean(row.text) for row in rows])


def _labels(rows: Sequence[Toned]) -> NDArray[np.int_]:
    return np.array([row.label for row in rows])


if __name__ == "__main__":
    main()
