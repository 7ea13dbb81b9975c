from __future__ import annotations

import numpy as np
import pytest

from knowledge.classifying import ArticleClassifier
from knowledge.letters import LetterIndex
from tests.knowledge.shelves import ENCODER

WAYS = (
    ("reset my password", 0),
    ("forgot the password of my account", 0),
    ("password link expired", 0),
    ("battery empties fast", 1),
    ("my battery dies within an hour", 1),
    ("battery life is bad", 1),
)
TEXTS = [text for text, _ in WAYS]
LETTERS = LetterIndex(TEXTS)


def taught(ways=WAYS):
    owner = np.array([article for _, article in ways])
    return ArticleClassifier(ENCODER.encode(TEXTS), LETTERS.among_themselves(), owner, 2)


def belonging(text, classifier=None):
    return (classifier or taught()).belonging(ENCODER.encode([text]), LETTERS.likeness([text]))[0]


@pytest.mark.parametrize(("text", "article"), WAYS)
def test_what_it_was_taught_belongs_to_its_article_and_to_no_other(text, article):
    said = belonging(text)

    assert said[article] > 0.7
    assert abs(said[1 - article]) < 0.3


@pytest.mark.parametrize(("text", "article"), [("link for a pasword reset", 0), ("how bad this battery is", 1)])
def test_a_new_way_to_ask_belongs_to_the_article_whose_ways_it_resembles(text, article):
    assert int(np.argmax(belonging(text))) == article


def test_what_resembles_nothing_belongs_less_to_every_article_than_what_was_taught():
    assert belonging("quasar nebula").max() < min(belonging(text)[article] for text, article in WAYS)


def test_it_learns_whose_a_text_is_and_not_how_it_sounds():
    swapped = taught([(text, 1 - article) for text, article in WAYS])

    assert np.allclose(belonging(TEXTS[0], swapped), belonging(TEXTS[0])[::-1], atol=1e-5)


def test_an_article_without_a_text_is_never_meant():
    nearly_all = taught([(text, 0) for text, _ in WAYS])

    assert belonging(TEXTS[0], nearly_all)[1] == pytest.approx(0.0, abs=1e-6)


def test_each_query_of_a_batch_is_told_what_it_is_told_alone():
    together = taught().belonging(ENCODER.encode(TEXTS), LETTERS.likeness(TEXTS))

    assert together.shape == (len(TEXTS), 2)
    assert together == pytest.approx(np.stack([belonging(text) for text in TEXTS]), abs=1e-5)
