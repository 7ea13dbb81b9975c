from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge import vectors
from knowledge.vectors import DenseIndex
from tests.knowledge.nearest_contract import NearestContract, recall, unit_vectors


async def open_index(passages):
    return DenseIndex(passages)


class TestExact(NearestContract):
    @pytest.fixture
    def opened(self):
        return open_index


class TestSketch(NearestContract):
    @pytest.fixture
    def opened(self, monkeypatch):
        monkeypatch.setattr(vectors, "EXACT_BELOW", 0)
        return open_index


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


@pytest.fixture(scope="module")
def many():
    """Passages enough for a sketch, in clusters as texts are, and queries near some of them."""
    centres = unit_vectors(200, 20, dimension=128)
    spread = 0.1 * np.random.default_rng(21).normal(size=(30_200, 128)).astype(np.float32)
    made = np.repeat(centres, 151, axis=0) + spread
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    asked = np.random.default_rng(22).permutation(30_200)[:200]
    return np.delete(made, asked, axis=0), made[asked]


def test_a_sketch_finds_nearly_what_comparing_with_everything_finds(many):
    passages, asked = many
    _, numbers = DenseIndex(passages).search(asked, 10)

    assert len(passages) >= vectors.EXACT_BELOW
    assert recall(numbers, passages, asked) >= 0.98


def test_a_sketch_is_the_same_each_time_it_is_made(many):
    passages, asked = many
    first, second = (DenseIndex(passages).search(asked, 48)[1] for _ in range(2))

    assert np.array_equal(first, second)


def test_searches_at_the_same_time_do_not_disturb_each_other(many):
    passages, asked = many
    index = DenseIndex(passages)
    alone = index.search(asked, 10)[1]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda query: index.search(query[None], 10)[1][0], asked))

    assert np.array_equal(alone, np.stack(together))


def test_who_wants_more_than_the_cells_next_to_a_query_hold_gets_an_exact_search(many, monkeypatch):
    passages, asked = many
    monkeypatch.setattr(vectors, "CELLS_SEARCHED", 1)
    _, numbers = DenseIndex(passages).search(asked[:5], vectors.CANDIDATES)

    assert recall(numbers, passages, asked[:5]) == 1.0


def test_who_wants_more_than_a_sketch_picks_gets_an_exact_search(many):
    passages, asked = many
    _, numbers = DenseIndex(passages).search(asked[:5], vectors.CANDIDATES + 1)

    assert recall(numbers, passages, asked[:5]) == 1.0


def test_an_empty_index_finds_nothing():
    cosines, numbers = DenseIndex(np.zeros((0, 32), np.float32)).search(unit_vectors(2, 1), 5)

    assert cosines.shape == numbers.shape == (2, 0)
