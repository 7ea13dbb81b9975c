from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge import vectors
from knowledge.vectors import DenseIndex

DIMENSION = 16


def unit_vectors(count, seed):
    made = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 200), st.integers(1, 20), st.integers(1, 60), st.integers(0, 1_000))
def test_the_exact_search_equals_comparing_with_everything(size, queries, nearest, seed):
    passages, asked = unit_vectors(size, seed), unit_vectors(queries, seed + 1)
    cosines, numbers = DenseIndex(passages).search(asked, nearest)
    every = asked @ passages.T
    wanted = min(nearest, size)

    assert cosines.shape == numbers.shape == (queries, wanted)
    assert np.allclose(cosines, np.sort(every, axis=1)[:, ::-1][:, :wanted], atol=1e-5)
    assert np.allclose(np.take_along_axis(every, numbers, axis=1), cosines, atol=1e-5)


def test_a_passage_is_its_own_nearest():
    passages = unit_vectors(50, 3)
    cosines, numbers = DenseIndex(passages).search(passages, 1)

    assert numbers[:, 0].tolist() == list(range(50))
    assert cosines[:, 0] == pytest.approx(1.0, abs=1e-5)


def test_the_graph_of_a_large_index_finds_nearly_the_same(monkeypatch):
    monkeypatch.setattr(vectors, "EXACT_BELOW", 100)
    passages, asked = unit_vectors(2_000, 4), unit_vectors(50, 5)
    _, numbers = DenseIndex(passages).search(asked, 10)
    exact = np.argsort(-(asked @ passages.T), axis=1)[:, :10]
    recall = np.mean([len(set(got) & set(want)) / 10 for got, want in zip(numbers, exact, strict=True)])

    assert recall >= 0.95
