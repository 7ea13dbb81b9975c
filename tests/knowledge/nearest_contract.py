"""What everything promises that finds passages by their vectors. Subclass, give the opener, inherit the promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from bot.errors import NotTrained

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.ports import Nearest
    from bot.vocabulary import Vectors

DIMENSION = 32


def unit_vectors(count, seed, dimension=DIMENSION):
    made = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def recall(numbers, passages, asked):
    """The share of the truly nearest passages that are among *numbers*."""
    wanted = np.argsort(-(asked @ passages.T), axis=1)[:, : numbers.shape[1]]
    return np.mean([len(set(got) & set(want)) / len(want) for got, want in zip(numbers, wanted, strict=True)])


class NearestContract:
    @pytest.fixture
    def opened(self) -> Callable[[Vectors], Awaitable[Nearest]]:
        """Give what makes an index of passages with these vectors."""
        raise NotImplementedError

    async def test_a_passage_is_its_own_nearest(self, opened):
        passages = unit_vectors(300, 1)
        cosines, numbers = (await opened(passages)).search(passages[:20], 1)

        assert numbers[:, 0].tolist() == list(range(20))
        assert cosines[:, 0] == pytest.approx(1.0, abs=1e-4)

    async def test_nearly_all_of_the_nearest_are_found(self, opened):
        passages, asked = unit_vectors(2_000, 2), unit_vectors(30, 3)
        _, numbers = (await opened(passages)).search(asked, 10)

        assert recall(numbers, passages, asked) >= 0.98

    async def test_the_best_come_first_with_their_true_cosines(self, opened):
        passages, asked = unit_vectors(500, 4), unit_vectors(10, 5)
        cosines, numbers = (await opened(passages)).search(asked, 20)

        assert (np.diff(cosines, axis=1) <= 1e-6).all()
        assert np.allclose(np.take_along_axis(asked @ passages.T, numbers, axis=1), cosines, atol=1e-4)

    async def test_no_passage_is_found_twice(self, opened):
        _, numbers = (await opened(unit_vectors(500, 6))).search(unit_vectors(10, 7), 50)

        assert all(len(set(row)) == 50 for row in numbers.tolist())

    async def test_more_than_there_is_gives_all_there_is(self, opened):
        index = await opened(unit_vectors(7, 8))
        cosines, numbers = index.search(unit_vectors(2, 9), 50)

        assert index.size == 7
        assert cosines.shape == numbers.shape == (2, 7)
        assert sorted(numbers[0].tolist()) == list(range(7))

    async def test_passages_of_equal_vectors_are_all_found(self, opened):
        passages = np.concatenate([unit_vectors(100, 10), np.repeat(unit_vectors(1, 11), 5, axis=0)])
        _, numbers = (await opened(passages)).search(unit_vectors(1, 11), 5)

        assert sorted(numbers[0].tolist()) == [100, 101, 102, 103, 104]

    async def test_no_query_gives_no_row(self, opened):
        cosines, numbers = (await opened(unit_vectors(50, 12))).search(np.zeros((0, DIMENSION), np.float32), 3)

        assert cosines.shape == numbers.shape == (0, 3)

    async def test_cosines_keep_the_shape_that_was_asked(self, opened):
        passages, asked = unit_vectors(60, 13), unit_vectors(1, 14)[0]
        numbers = np.array([[3, 59, 3], [0, 7, 12]])

        assert np.allclose((await opened(passages)).cosines(asked, numbers), passages[numbers] @ asked, atol=1e-4)

    async def test_a_query_of_another_encoder_is_refused(self, opened):
        index = await opened(unit_vectors(50, 15))

        with pytest.raises(NotTrained, match=r"has 16 numbers and those of the passages have 32.*heed index"):
            index.search(unit_vectors(1, 16, dimension=16), 3)
