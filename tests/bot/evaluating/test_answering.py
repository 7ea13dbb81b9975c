from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bot.deciding.certificate import Target
from bot.evaluating.answering import cross_fitted, evaluate_answering, predict
from bot.evaluating.files import Entry, Question
from bot.evaluating.shelving import asked_of
from knowledge.fitting import fit, precedents_of, put
from tests.bot.evaluating.corpora import (
    ANSWERABLE,
    CORPUS,
    LABELLED,
    QUESTIONS,
    THINGS,
    TROUBLES,
    UNANSWERABLE,
    judged,
    shelf_of,
)

TENTH = Target(max_wrong=0.1, certainty=0.95)

CALIBRATION, QUERIES = judged(QUESTIONS[::2][:80] + QUESTIONS[1::2][:40]), judged(QUESTIONS[160:220])


@pytest.fixture(scope="module")
def shelf():
    return shelf_of(CORPUS)


@pytest.fixture(scope="module")
def evaluated(shelf):
    """Calibrated on questions of which two thirds have an answer, and asked others like them."""
    return evaluate(shelf, CALIBRATION, QUERIES)


def evaluate(shelf, calibration, queries, target=TENTH):
    return evaluate_answering(shelf, asked_of(shelf), calibration, queries, target)


def test_enough_judged_questions_certify_a_threshold(evaluated):
    report, _ = evaluated

    assert report.certified
    assert 0 < report.threshold < 1
    assert report.upper_bound <= 0.1
    assert report.missing == 0


def test_what_is_answered_is_what_reaches_the_threshold(evaluated):
    report, predicted = evaluated
    alone = predicted.confidence >= report.threshold

    assert (report.queries, report.answered) == (len(QUERIES), alone.sum())
    assert report.wrong == (alone & ~predicted.right).sum()
    assert report.coverage == pytest.approx(alone.mean(), abs=1e-4)
    assert report.wrong_rate == pytest.approx(report.wrong / report.answered, abs=1e-4)


def test_questions_with_an_answer_are_surer_than_those_without(evaluated):
    report, _ = evaluated

    assert report.auroc > 0.9
    assert report.aurc < 0.2
    assert report.oracle_coverage > 0.3


def test_the_oracle_answers_at_least_as_much_where_the_certificate_keeps_its_promise(evaluated):
    report, _ = evaluated

    assert report.wrong_rate <= 0.1
    assert report.oracle_coverage >= report.coverage


def test_nothing_is_answered_without_a_certificate(shelf):
    report, predicted = evaluate(shelf, CALIBRATION[:10], QUERIES)

    assert not report.certified
    assert (report.threshold, report.answered, report.coverage, report.wrong_rate) == (None, 0, 0.0, 0.0)
    assert report.missing > 0
    assert predicted.confidence.max() > 0.5


def test_without_calibration_nothing_is_answered(shelf):
    report, predicted = evaluate(shelf, [], QUERIES)

    assert (report.certified, report.answered) == (False, 0)
    assert report.missing >= 29
    assert len(predicted.confidence) == len(QUERIES)
    assert predicted.right.any()


def test_calibration_that_is_right_throughout_certifies(shelf):
    report, predicted = evaluate(shelf, judged(ANSWERABLE[:60]), judged(ANSWERABLE[60:80] + UNANSWERABLE[:5]))

    assert report.certified
    assert report.answered > 0
    assert np.isfinite(predicted.confidence).all()


def test_calibration_that_is_wrong_throughout_certifies_nothing(shelf):
    report, predicted = evaluate(shelf, judged(UNANSWERABLE), judged(ANSWERABLE[:20]))

    assert (report.certified, report.answered) == (False, 0)
    assert predicted.confidence.max() < 0.5


def test_a_stricter_target_answers_no_more(shelf, evaluated):
    strict, _ = evaluate(shelf, CALIBRATION, QUERIES, replace(TENTH, max_wrong=0.04))

    assert strict.coverage <= evaluated[0].coverage


def test_what_is_said_of_a_query_does_not_hang_on_the_other_queries(shelf, evaluated):
    report, together = evaluated
    some, alone = evaluate(shelf, CALIBRATION, QUERIES[10:13])

    assert some.threshold == report.threshold
    assert some.upper_bound == report.upper_bound
    assert alone.confidence.tolist() == pytest.approx(together.confidence[10:13].tolist(), abs=1e-6)
    assert alone.right.tolist() == together.right[10:13].tolist()


def test_the_order_of_the_queries_makes_no_difference(shelf, evaluated):
    report, together = evaluated
    turned, backwards = evaluate(shelf, CALIBRATION, QUERIES[::-1])

    assert turned == report
    assert backwards.confidence[::-1].tolist() == pytest.approx(together.confidence.tolist(), abs=1e-6)


def test_evaluating_twice_gives_the_same(shelf, evaluated):
    assert evaluate(shelf, CALIBRATION, QUERIES)[0] == evaluated[0]


@pytest.mark.parametrize("text", ["😀🔥", "", "\u200b\u200b", "quasar nebula " * 7_000, "x" * 100_000])
def test_a_query_that_asks_nothing_is_not_answered(shelf, evaluated, text):
    (odd,) = judged([Question(id="odd", text=text, relevant=frozenset())])
    report, predicted = evaluate(shelf, CALIBRATION, [odd])

    assert predicted.confidence[0] < evaluated[0].threshold
    assert report.answered == 0


def test_by_labels_an_entry_of_the_right_label_is_right():
    asked = [
        Question(id=f"{way}-{thing}-{trouble}", text=way.format(thing, trouble), label=trouble)
        for thing in THINGS
        for trouble in TROUBLES
        for way in ("the {0} seems to {1}", "{1} from the {0} again")
    ]
    chatter = [Question(id=f"c-{thing}", text=f"I love my {thing}", label="praise") for thing in THINGS]
    report, predicted = evaluate(
        shelf_of(LABELLED), judged(asked[::2] + chatter[::2]), judged(asked[1::2] + chatter[1::2])
    )

    assert predicted.right.mean() > 0.7
    assert not predicted.right[-len(chatter[1::2]) :].any()
    assert report.auroc > 0.8


def test_a_corpus_of_one_entry_is_evaluated_too():
    corpus = [Entry(id="hum", question="Why does my kettle hum?")]
    questions = judged([Question(id="1", text="kettle hums", relevant=frozenset({"hum"}))] * 3)
    report, predicted = evaluate(shelf_of(corpus), questions, questions)

    assert predicted.right.all()
    assert not report.certified


def trials_of(shelf, calibration):
    return list(put(shelf, calibration, precedents=True)), precedents_of(calibration)


def test_a_judged_question_is_judged_without_its_part_of_them(shelf):
    # Its twin, judged the other way in another part, still speaks; itself and its own part do not.
    text = "the kettle I bought starts to hum every day"
    twins = judged([Question(id="1", text=text, relevant=frozenset()), QUESTIONS[0], *QUESTIONS[2:20]])
    real, precedents = trials_of(shelf, twins)
    fair = cross_fitted([], real, precedents)
    own = predict(fit([], real, precedents), list(put(shelf, twins)))

    assert len(fair.confidence) == len(twins)
    assert own.confidence[0] < fair.confidence[0]


def test_judging_in_parts_keeps_the_order_of_the_questions(shelf):
    real, precedents = trials_of(shelf, CALIBRATION)
    fair, all_at_once = cross_fitted([], real, precedents), predict(fit([], real, precedents), real)

    assert np.corrcoef(fair.confidence, all_at_once.confidence)[0, 1] > 0.9


def test_no_questions_are_judged_in_no_parts(shelf):
    assert len(cross_fitted([], *trials_of(shelf, [])).confidence) == 0
