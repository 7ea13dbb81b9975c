from __future__ import annotations

import json

import numpy as np
import pytest

from bot.cli.retrieving import measure
from bot.cli.synthetic import ASKED_SIMILARITY, CHUNK, SIMILARITY, Synthetic
from bot.nlu.hashing import HashingEncoder
from bot.settings import load_settings

ENCODER = HashingEncoder(64)
REAL = ENCODER.encode([f"question number {n} about thing {n % 30}" for n in range(300)])
WAYS_TO_ASK = np.arange(0, 300, 2)


def synthetic(size):
    return Synthetic.of(size, REAL, WAYS_TO_ASK, 50)


def passages(made):
    return np.concatenate([chunk for _, chunk in made.chunks()])


def test_made_passages_lie_around_the_real_ones():
    nearest = (passages(synthetic(2_000)) @ synthetic(1).centres.T).max(axis=1)

    assert nearest.min() >= SIMILARITY[0] - 1e-5
    assert np.median(nearest) <= SIMILARITY[1]


def test_made_passages_are_unit_vectors_in_numbered_chunks():
    chunks = list(synthetic(CHUNK + 5).chunks())

    assert [(first, len(made)) for first, made in chunks] == [(0, CHUNK), (CHUNK, 5)]
    assert np.allclose(np.linalg.norm(chunks[1][1], axis=1), 1.0, atol=1e-5)


def test_the_same_size_makes_the_same_passages_and_queries():
    assert np.array_equal(passages(synthetic(500)), passages(synthetic(500)))
    assert np.array_equal(synthetic(500).queries, synthetic(9).queries)


def test_what_queries_are_made_from_is_no_centre():
    made = synthetic(10)
    held = (made.queries @ REAL.T).argmax(axis=1)

    assert len(made.centres) == 250
    assert np.isin(held, WAYS_TO_ASK).all()
    assert (made.queries * REAL[held]).sum(axis=1) == pytest.approx(ASKED_SIMILARITY, abs=1e-5)
    assert (REAL[held] @ made.centres.T).max() < 0.9999


@pytest.mark.parametrize("place", ["faiss", "pgvector"])
async def test_both_places_are_measured_through_the_same_port(database, place):
    settings = load_settings(environ={"HEED_DATA_INDEX": place})
    figures = await measure(settings, database, ENCODER, synthetic(3_000), lambda *_: None)

    assert figures.keys() >= {"passages", "p50_ms", "p95_ms", "recall_at_10", "build_seconds", "memory_mb"}
    assert (figures["passages"], figures["index"]) == (3_000, place)
    assert figures["recall_at_10"] >= 0.98
    assert ("exact_p95_ms" in figures) == (place == "faiss")
    assert json.loads(json.dumps(figures)) == figures
