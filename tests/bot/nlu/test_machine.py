from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from bot.nlu.machine import Machine, School
from tests.bot.nlu.schooling import EXAMPLES, traits

TEXTS = tuple(example.text for example in EXAMPLES)
TRAITS = traits(TEXTS)
RANDOM = np.random.default_rng(5)
TARGETS = RANDOM.choice([-0.5, 1.0], size=(len(TEXTS), 3)).astype(np.float32)
WEIGHTS = RANDOM.uniform(0.2, 2, size=len(TEXTS)).astype(np.float32)
RIDGE = 0.3
NEXT_TO_NOTHING = 1e-6

NEAR = {"rel": 0.01, "abs": 0.01}
"""Single precision through two factors of a matrix."""


def rows_of(traits, rows):
    return replace(
        traits,
        vectors=traits.vectors[rows],
        spelling=traits.spelling[rows],
        signs=traits.signs[rows],
        languages=tuple(traits.languages[row] for row in rows),
    )


def unspelt(traits):
    """Give the traits without their spelling, whose weights come from all examples, also from one left out."""
    return replace(traits, spelling=csr_matrix(traits.spelling.shape, dtype=np.float32))


def scores_where_ignored(school, rows, weights):
    """Give the scores of the examples *rows* where they were there, and counted next to nothing."""
    counting = weights.copy()
    counting[rows] = NEXT_TO_NOTHING
    return school.graduate(school.teach(TARGETS, RIDGE, counting)).scores(TRAITS)[rows]


@pytest.fixture(params=[len(TEXTS), 9], ids=["all are landmarks", "few are landmarks"])
def school(request):
    return School(TRAITS, request.param)


@pytest.fixture(params=[np.ones_like(WEIGHTS), WEIGHTS], ids=["unweighted", "weighted"])
def weights(request):
    return request.param


def test_the_scores_of_an_example_held_out_are_those_without_it(school, weights):
    held_out = school.teach(TARGETS, RIDGE, weights).held_out

    for row in range(len(TEXTS)):
        assert held_out[[row]] == pytest.approx(scores_where_ignored(school, [row], weights), **NEAR)


def test_the_scores_of_a_block_left_out_are_those_without_all_of_it(school, weights):
    block = np.array([0, 3, 4, 11, 20])

    left_out = school.teach(TARGETS, RIDGE, weights).without(block)

    assert left_out == pytest.approx(scores_where_ignored(school, block, weights), **NEAR)


@pytest.mark.parametrize("left_out", [[0], [7], [len(TEXTS) - 1], [2, 3, 15]])
def test_they_are_those_of_a_machine_that_never_saw_the_example(left_out):
    whole = unspelt(TRAITS)
    rest = [row for row in range(len(TEXTS)) if row not in left_out]
    school = School(rows_of(whole, rest))
    elsewhere = school.graduate(school.teach(TARGETS[rest], RIDGE))

    said = School(whole).teach(TARGETS, RIDGE).without(np.array(left_out))

    assert said == pytest.approx(elsewhere.scores(rows_of(whole, left_out)), **NEAR)


def test_a_block_of_one_is_an_example_held_out(school):
    lesson = school.teach(TARGETS, RIDGE, WEIGHTS)

    assert lesson.without(np.array([4])) == pytest.approx(lesson.held_out[[4]], **NEAR)


def test_groups_are_left_out_one_by_one(school):
    lesson = school.teach(TARGETS, RIDGE)
    groups = ["b.yml" if row % 3 else "a.yml" for row in range(len(TEXTS))]

    scores = lesson.held_out_by(groups)

    for group in ("a.yml", "b.yml"):
        members = np.flatnonzero(np.array(groups) == group)
        assert np.array_equal(scores[members], lesson.without(members))


def test_where_there_is_one_group_each_example_is_held_out_alone(school):
    lesson = school.teach(TARGETS, RIDGE)

    assert np.array_equal(lesson.held_out_by(["a.yml"] * len(TEXTS)), lesson.held_out)


def test_a_lesson_that_is_closed_teaches_the_same(school):
    lesson = school.teach(TARGETS, RIDGE)
    closed = lesson.closed()

    assert np.array_equal(closed.held_out, lesson.held_out)
    assert np.array_equal(school.graduate(closed).scores(TRAITS), school.graduate(lesson).scores(TRAITS))


def test_the_less_it_holds_back_the_nearer_it_comes_to_what_it_was_told(school):
    def missed(ridge):
        return np.abs(school.graduate(school.teach(TARGETS, ridge)).scores(TRAITS) - TARGETS).mean()

    assert missed(0.01) < missed(1.0) < missed(100.0)


def test_targets_side_by_side_are_scored_as_each_alone(school):
    first, second = school.teach(TARGETS[:, :1], 0.1), school.teach(TARGETS[:, 1:], 4.0)

    together = school.graduate(first, second).scores(TRAITS)
    apart = [school.graduate(lesson).scores(TRAITS) for lesson in (first, second)]

    assert together == pytest.approx(np.hstack(apart), abs=1e-5)


def test_more_landmarks_than_examples_are_asked_for_in_vain():
    assert len(School(TRAITS, 10_000).graduate(School(TRAITS).teach(TARGETS, RIDGE)).landmarks) == len(TEXTS)


def test_examples_that_say_the_same_break_nothing():
    again = traits(["third time now, useless!!!"] * 6 + ["love it, thanks"] * 6)
    targets = np.array([[1.0]] * 6 + [[-1.0]] * 6, dtype=np.float32)
    school = School(again)
    lesson = school.teach(targets, RIDGE)

    assert np.sign(lesson.held_out) == pytest.approx(targets)
    assert np.sign(lesson.without(np.arange(3))) == pytest.approx(targets[:3])
    assert np.sign(school.graduate(lesson).scores(again)) == pytest.approx(targets)


def test_what_contradicts_itself_is_believed_by_halves():
    again = traits(["it is what it is"] * 8)
    targets = np.array([[1.0], [-1.0]] * 4, dtype=np.float32)
    school = School(again)

    assert school.graduate(school.teach(targets, RIDGE)).scores(again) == pytest.approx(0, abs=0.01)


def test_scores_do_not_depend_on_what_else_is_read(school):
    machine = school.graduate(school.teach(TARGETS, RIDGE))
    texts = ["how do I pair the pen", "", "RIDICULOUS, useless!!!", "ω"]

    together = machine.scores(traits(texts))
    alone = np.vstack([machine.scores(traits([text])) for text in texts])

    assert together == pytest.approx(alone, abs=1e-5)


def test_a_machine_outlives_its_arrays(school):
    machine = school.graduate(school.teach(TARGETS, RIDGE))

    assert np.array_equal(Machine.from_arrays(machine.arrays()).scores(TRAITS), machine.scores(TRAITS))


def test_a_machine_lacks_no_part(school):
    arrays = school.graduate(school.teach(TARGETS, RIDGE)).arrays()
    del arrays["shares"]

    with pytest.raises(KeyError, match="shares"):
        Machine.from_arrays(arrays)
