from __future__ import annotations

import pytest

from bot.evaluating.files import Entry, Question
from bot.evaluating.ranking import evaluate_ranking
from tests.bot.evaluating.corpora import ANSWERABLE, CORPUS, LABELLED, UNANSWERABLE, judged, shelf_of

CLOSE = [
    Entry(id="hum", question="Why does my kettle hum?"),
    Entry(id="leak", question="Why does my kettle leak?"),
    Entry(id="radio", question="How do I tune the radio?"),
]


def asked(text, *relevant):
    return Question(id=text or "empty", text=text, relevant=frozenset(relevant))


def figures(corpus, *questions, language="en"):
    return evaluate_ranking(shelf_of(corpus, language), judged(questions, language))


def test_a_right_entry_in_the_first_place_is_as_good_as_can_be():
    found = figures(CLOSE, asked("why does my kettle hum", "hum"))

    assert (found.queries, found.precision_at_1, found.recall_at_5) == (1, 1.0, 1.0)
    assert (found.mrr, found.map, found.ndcg_at_10) == (1.0, 1.0, 1.0)


def test_a_right_entry_in_the_second_place_is_worth_half_a_rank():
    found = figures(CLOSE, asked("why does my kettle hum", "leak"))

    assert (found.precision_at_1, found.recall_at_5, found.mrr, found.map) == (0.0, 1.0, 0.5, 0.5)
    assert found.ndcg_at_10 == pytest.approx(0.6309)


def test_of_several_right_entries_each_counts():
    found = figures(CLOSE, asked("why does my kettle hum", "hum", "leak"))

    assert (found.precision_at_1, found.recall_at_5, found.map) == (1.0, 1.0, 1.0)


def test_figures_are_means_over_the_queries():
    found = figures(CLOSE, asked("why does my kettle hum", "hum"), asked("why does my kettle leak", "hum"))

    assert (found.queries, found.precision_at_1, found.mrr) == (2, 0.5, 0.75)


def test_questions_that_nothing_answers_are_not_ranked():
    assert figures(CLOSE, asked("why does my kettle hum", "hum"), asked("is it red")).queries == 1


def test_without_a_question_that_has_an_answer_every_figure_is_nought():
    found = figures(CLOSE, asked("is it red"))

    assert (found.queries, found.precision_at_1, found.map, found.ndcg_at_10) == (0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize("text", ["😀", "", "\u200b"])
def test_a_question_that_says_nothing_is_counted_and_not_found(text):
    found = figures(CLOSE, asked("why does my kettle hum", "hum"), asked(text, "radio"))

    assert (found.queries, found.precision_at_1) == (2, 0.5)


def test_by_labels_any_entry_of_the_right_label_will_do():
    asked = [
        Question(id="1", text="my kettle will leak again", label="leak"),
        Question(id="2", text="the router will smell", label="smell"),
        Question(id="3", text="is it red", label="colour"),
    ]
    found = evaluate_ranking(shelf_of(LABELLED), judged(asked))

    assert (found.queries, found.precision_at_1) == (2, 1.0)


def test_entries_without_a_question_are_found_by_what_they_say():
    corpus = [Entry(id="1", text="Descale the kettle with vinegar."), Entry(id="2", answer="Tune the radio by hand.")]

    assert figures(corpus, asked("vinegar for a kettle", "1"), asked("tuning a radio", "2")).precision_at_1 == 1.0


def test_an_entry_of_100_kb_is_found_by_what_stands_deep_inside():
    filler = "The lamp is bright and stands on the table. " * 1_200
    corpus = [Entry(id="long", text=f"{filler}\n\nHold both quasar keys.\n\n{filler}"), *CORPUS]

    assert figures(corpus, asked("hold both quasar keys", "long")).recall_at_5 == 1.0


@pytest.mark.parametrize("language", ["en", "de", "fr"])
def test_most_questions_of_a_larger_corpus_are_found_whatever_the_language(language):
    found = figures(CORPUS, *ANSWERABLE, *UNANSWERABLE, language=language)

    assert found.queries == len(ANSWERABLE)
    assert found.precision_at_1 > 0.9
    assert found.precision_at_1 <= found.mrr <= found.recall_at_5 <= 1
