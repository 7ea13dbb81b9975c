"""The naive baselines: each arm alone, and the two usual ways to add them up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bm25s
import numpy as np
import Stemmer
from scipy.stats import rankdata, zscore
from sklearn.preprocessing import normalize

from benchmarks.evaluation_files import body, question
from bot.nlu.encoder import SentenceEncoder
from bot.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from bot.evaluating.files import Entry, Question
    from bot.ports import Encoder

QUESTION = "naive dense, question alone"
MEAN = "naive dense, question and whole averaged"
LEXICAL = "naive BM25"
RANKS = "naive sum of reciprocal ranks"
SUM = "naive sum of z-scores"

_SNOWBALL = {"en": "english", "es": "spanish", "de": "german"}


def load_encoder() -> SentenceEncoder:
    """Load the product's encoder as it is set, but on one thread: on a busy machine that is far faster."""
    return SentenceEncoder(load_settings().encoder.model_copy(update={"threads": 1}))


def naive_arms(
    encoder: Encoder, corpus: Sequence[Entry], queries: Sequence[Question], language: str
) -> Mapping[str, NDArray[np.float64]]:
    """Score every entry for every query in each naive way: shape (queries, corpus) each, higher is better."""
    texts = [query.text for query in queries]
    by_question, by_mean = _dense(encoder, corpus, texts)
    lexical = _lexical([body(entry) for entry in corpus], texts, language)
    return {
        QUESTION: by_question,
        MEAN: by_mean,
        LEXICAL: lexical,
        RANKS: _reciprocal_ranks(by_mean) + _reciprocal_ranks(lexical),
        SUM: _standardised(by_mean) + _standardised(lexical),
    }


def best_first(scores: NDArray[np.float64]) -> NDArray[np.intp]:
    """Order the corpus for each query; equal scores stay in the order of the corpus."""
    return np.argsort(-scores, axis=1, kind="stable")


def _dense(
    encoder: Encoder, corpus: Sequence[Entry], texts: Sequence[str]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    asked = encoder.encode(texts).astype(np.float64)
    questions = encoder.encode([question(entry) for entry in corpus]).astype(np.float64)
    bodies = encoder.encode([body(entry) for entry in corpus]).astype(np.float64)
    return asked @ questions.T, asked @ normalize(questions + bodies).T


def _lexical(corpus: Sequence[str], texts: Sequence[str], language: str) -> NDArray[np.float64]:
    stemmer = Stemmer.Stemmer(_SNOWBALL[language])
    index = bm25s.BM25(method="lucene")
    index.index(bm25s.tokenize(list(corpus), stopwords=language, stemmer=stemmer, show_progress=False), False, False)
    asked = bm25s.tokenize(list(texts), stopwords=language, stemmer=stemmer, return_ids=False, show_progress=False)
    rows = [[word for word in words if word in index.vocab_dict] for words in asked]
    return np.stack([index.get_scores(row) if row else np.zeros(len(corpus)) for row in rows]).astype(np.float64)


def _reciprocal_ranks(scores: NDArray[np.float64], constant: int = 60) -> NDArray[np.float64]:
    return np.asarray(1 / (constant + rankdata(-scores, method="ordinal", axis=1)))


def _standardised(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.nan_to_num(zscore(scores, axis=1)))
