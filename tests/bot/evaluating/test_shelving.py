from __future__ import annotations

import numpy as np
import pytest

from bot.evaluating.files import Entry, Question
from bot.evaluating.shelving import CHUNK, asked_of, encode, judge, shelve, spoken
from bot.nlu.language import LanguageDetector
from bot.training.progress import silent
from bot.vocabulary import Part
from tests.bot.evaluating.corpora import ENCODER, LABELLED, THINGS, TROUBLES, judged, shelf_of


def test_each_entry_is_an_article_of_its_question_and_what_it_says():
    (article,) = shelf_of([Entry(id="1", question="Why?", answer="Because.", text="And so.")]).articles

    assert (article.id, article.question, article.ask) == ("1", "Why?", ())
    assert article.full_answer == "Because. And so."


def test_entries_of_one_label_are_one_article_with_several_ways_to_ask():
    articles = shelf_of(LABELLED).articles

    assert [article.id for article in articles] == list(TROUBLES)
    assert {len((article.question, *article.ask)) for article in articles} == {len(THINGS)}


def test_a_label_is_told_by_texts_where_its_entries_ask_nothing():
    labelled = [Entry(id="1", text="it hums", label="noise"), Entry(id="2", text="it rattles", label="noise")]
    shelf = shelf_of(labelled)

    assert [(passage.part, passage.text) for passage in shelf.passages] == [(Part.FULL, "it hums it rattles")]


def test_questions_are_made_plain_as_posts_are():
    (question,) = judged([Question(id="1", text="@heed my #kettle huuuums 😀 https://t.co/1", relevant=frozenset())])

    assert question.understanding.text == "my kettle huums"
    assert np.array_equal(question.understanding.vector, ENCODER.encode(["my kettle huums"])[0])


def test_a_question_is_read_up_to_where_posts_are():
    (question,) = judged([Question(id="1", text="hum " * 30_000, relevant=frozenset())])

    assert len(question.understanding.text) <= 2_000


def test_the_ways_to_ask_of_a_shelf_are_understood_in_its_language():
    asked = asked_of(shelf_of(LABELLED, "de"))

    assert set(asked) == {("de", entry.question) for entry in LABELLED if entry.id.split("-")[0] != THINGS[0]}


@pytest.mark.parametrize("number", [0, 1, CHUNK, CHUNK + 1])
def test_every_text_is_encoded_in_its_place_and_told_of(number):
    told = []
    texts = [f"text {n}" for n in range(number)]
    vectors = encode(texts, ENCODER, lambda stage, done, total: told.append((stage, done, total)), "Encoding")

    assert np.array_equal(vectors, ENCODER.encode(texts))
    assert told[-1:] == ([("Encoding", number, number)] if number else [])


def test_no_questions_are_judged_without_an_encoding():
    assert judge([], ENCODER, "en", silent) == []


@pytest.mark.parametrize(
    ("texts", "language"),
    [
        (["Warum summt mein Wasserkocher so laut?", "Die Dichtung ist leider undicht.", "ok"], "de"),
        (["¿Por qué hace ruido mi hervidor de agua?", "La junta está gastada y pierde agua."], "es"),
        (["Why does my kettle hum so loudly?", "Warum summt er?", "The seal is worn and lets water out."], "en"),
        (["13", "…"], "en"),
    ],
)
def test_a_corpus_is_in_the_language_of_most_of_its_texts(texts, language):
    corpus = [Entry(id=str(n), text=text) for n, text in enumerate(texts)]

    assert spoken(corpus, LanguageDetector().detect) == language


def test_a_corpus_is_put_on_a_shelf_of_the_given_language():
    assert shelve(LABELLED, ENCODER, "de", silent).language == "de"
