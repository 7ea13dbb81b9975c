"""The machine behind every head: kernel ridge regression on the traits of written examples.

A text is likened to some of the examples, the landmarks (C. K. I. Williams and M. Seeger, "Using the Nyström method to
speed up kernel machines", 2001). All heads share that work. What each example would have got had it not been there is
known without training again (G. C. Cawley and N. L. C. Talbot, "Fast exact leave-one-out cross-validation of sparse
least-squares support vector machines", 2004).
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import cholesky, solve_triangular

from bot.nlu.spelling import rarity, weighed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from bot.nlu.traits import Traits
    from bot.vocabulary import Vectors

SPELLING, SIGNS = 0.15, 0.02
"""How much likeness of spelling and of tone count beside that of the vectors."""

LANDMARKS = 4_000
"""Examples that texts are likened to at most, taken evenly from all of them."""

_JITTER = 1e-4  # keeps landmarks that say the same from breaking the arithmetic
_AT_ONCE = 500  # examples whose spelling is compared together: all of them would take more memory than all the rest


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A trained machine: gives scores of its targets for texts."""

    landmarks: Vectors  #: Vectors of the landmarks: shape (landmarks, dimension).
    shares: NDArray[np.float32]  #: What likeness to each landmark says of each target: shape (landmarks, targets).
    rarity: NDArray[np.float32]  #: Weight of each bucket of spelling: shape (BUCKETS,).
    spelling: NDArray[np.float32]  #: What each bucket says: shape (BUCKETS, targets).
    signs: NDArray[np.float32]  #: What each sign says: shape (signs, targets).

    def scores(self, traits: Traits) -> NDArray[np.float32]:
        """Give the scores of texts: shape (texts, targets), near 1 for a target that holds, 0 or less elsewhere."""
        alike = _alike(traits.vectors @ self.landmarks.T)
        spelt = weighed(traits.spelling, self.rarity)
        return np.asarray(alike @ self.shares + spelt @ self.spelling + traits.signs @ self.signs, dtype=np.float32)

    def arrays(self) -> dict[str, NDArray[np.float32]]:
        """Give what it consists of, by name."""
        return {part.name: getattr(self, part.name) for part in fields(self)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.float32]]) -> Machine:
        """Take what `arrays` gave. Raises KeyError where something is missing."""
        return cls(**{part.name: arrays[part.name] for part in fields(cls)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What was learnt of some targets, and what would be said of examples that had not been seen."""

    targets: NDArray[np.float32]  #: What was to be learnt: shape (examples, targets).
    shares: NDArray[np.float32]  #: What likeness to each landmark says of each target: shape (landmarks, targets).
    held_out: NDArray[np.float32]  #: Scores of each example without it, in the shape of the targets.
    _missed: NDArray[np.float32]  # by how much the targets are missed
    _reach: NDArray[np.float32]  # the influence of two examples on each other is the product of their columns
    _scale: NDArray[np.float32]  # the root of how much each example counts

    def without(self, left_out: NDArray[np.intp]) -> NDArray[np.float32]:
        """Give the scores of the examples *left_out* without all of them: shape (left out, targets)."""
        reach = self._reach[:, left_out]
        stays = np.eye(len(left_out), dtype=np.float32) - reach.T @ reach
        scale = self._scale[left_out, np.newaxis]
        missed = np.linalg.solve(stays, self._missed[left_out] * scale) / scale
        return np.asarray(self.targets[left_out] - missed, dtype=np.float32)

    def held_out_by(self, groups: Sequence[str]) -> NDArray[np.float32]:
        """Give the scores of each example without its whole group; without it alone where there is one group only."""
        _, numbers = np.unique(np.array(groups), return_inverse=True)
        if not numbers.any():
            return self.held_out
        scores = np.empty_like(self.targets)
        for number in range(numbers.max() + 1):
            members = np.flatnonzero(numbers == number)
            scores[members] = self.without(members)
        return scores

    def closed(self) -> Lesson:
        """Give the lesson without what only `without` needs, which is as large as all that the school holds."""
        return replace(self, _reach=np.zeros((0, 0), dtype=np.float32))


class School:
    """Examples that have been likened to each other, ready for any number of lessons on them."""

    def __init__(self, traits: Traits, landmarks: int = LANDMARKS) -> None:
        """Liken the examples that have *traits*; takes seconds for ten thousand."""
        examples = len(traits.vectors)
        chosen = np.unique(np.linspace(0, examples - 1, min(landmarks, examples)).astype(np.intp))
        self._rarity = rarity(traits.spelling)
        spelt = weighed(traits.spelling, self._rarity)
        self._vectors = np.ascontiguousarray(traits.vectors[chosen])
        self._spelt, self._signs = spelt[chosen], traits.signs[chosen]
        likeness = _alike(traits.vectors @ self._vectors.T)
        for start in range(0, examples, _AT_ONCE):
            rows = slice(start, start + _AT_ONCE)
            likeness[rows] += SPELLING * (spelt[rows] @ self._spelt.T).toarray()
        likeness += SIGNS * (traits.signs @ self._signs.T)
        self._root = _root(likeness[chosen], _JITTER)
        self._features = solve_triangular(self._root, likeness.T, lower=True, overwrite_b=True, check_finite=False)

    def teach(self, targets: NDArray[np.float32], ridge: float, weights: NDArray[np.float32] | None = None) -> Lesson:
        """Learn *targets*, shape (examples, targets); the larger *ridge*, the less a single example is believed.

        *weights*, shape (examples,), say how much each example counts; all the same without them.
        """
        scale = np.ones(len(targets), dtype=np.float32) if weights is None else np.sqrt(weights)
        features = self._features * scale
        balance = _root(features @ features.T, ridge)
        reach = solve_triangular(balance, features, lower=True, overwrite_b=True, check_finite=False)
        solved = reach @ (targets * scale[:, np.newaxis])
        missed = targets - reach.T @ solved / scale[:, np.newaxis]
        solved = solve_triangular(balance, solved, lower=True, trans="T", check_finite=False)
        stays = 1 - np.einsum("ij,ij->j", reach, reach)
        return Lesson(
            targets=targets,
            shares=solve_triangular(self._root, solved, lower=True, trans="T", check_finite=False),
            held_out=targets - missed / stays[:, np.newaxis],
            _missed=missed,
            _reach=reach,
            _scale=scale,
        )

    def graduate(self, *lessons: Lesson) -> Machine:
        """Make the machine that knows *lessons*, their targets side by side."""
        shares = np.ascontiguousarray(np.hstack([lesson.shares for lesson in lessons]))
        return Machine(
            landmarks=self._vectors,
            shares=shares,
            rarity=self._rarity,
            spelling=np.asarray(SPELLING * (self._spelt.T @ shares), dtype=np.float32),
            signs=np.asarray(SIGNS * (self._signs.T @ shares), dtype=np.float32),
        )


def _alike(cosines: NDArray[np.float32]) -> NDArray[np.float32]:
    """Turn cosines of unit vectors into likeness, in place: the Gaussian of their distance, 1 for the same vector."""
    cosines -= 1
    cosines *= 2
    return np.exp(cosines, out=cosines)


def _root(matrix: NDArray[np.float32], added: float) -> NDArray[np.float32]:
    """Give the lower Cholesky factor of a symmetric matrix with *added* on its diagonal."""
    matrix[np.diag_indices_from(matrix)] += added
    return np.asarray(cholesky(matrix, lower=True, overwrite_a=True, check_finite=False))
