from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.article import Source
from knowledge.ranking import believed, fit_ranker
from knowledge.segment import FEATURES
from knowledge.shelf import Shelf
from tests.knowledge.shelves import ENCODER, LIBRARY, a_plain_article, an_article, vectors_of

LANGUAGES = ("en", "es", "de", "fr")


def weights(ranker):
    return dict(zip(FEATURES, ranker.weights, strict=True))


def queries(number, seed=1, telling="letters"):
    """Queries with three nominees each, of which the one with the most of one feature is right."""
    random = np.random.default_rng(seed)
    features = [random.random((3, len(FEATURES))) for _ in range(number)]
    column = FEATURES.index(telling)
    right = [rows[:, column] == rows[:, column].max() for rows in features]
    return features, right


@pytest.mark.parametrize("taught", [True, False])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_feature_is_believed_to_count_against_an_article(language, taught):
    assert (believed(language, taught=taught).weights >= 0).all()


def test_where_the_encoder_does_not_know_the_language_letters_and_words_count_more():
    english, german = (weights(believed(language, taught=False)) for language in ("en", "de"))

    assert german["letters"] > english["letters"]
    assert german["lexical"] > english["lexical"]
    assert german["gist"] < english["gist"]


def test_a_language_that_nobody_measured_is_believed_to_be_like_german():
    assert weights(believed("fr", taught=False)) == weights(believed("de", taught=False))


def test_only_a_taught_classifier_is_believed():
    assert weights(believed("en", taught=True))["belonging"] > 0
    assert weights(believed("en", taught=False))["belonging"] == 0


def test_without_a_right_article_the_belief_stands():
    features, right = queries(5)
    ranker = fit_ranker(features, [np.zeros(3, dtype=bool) for _ in right], "en")

    assert ranker.weights.tolist() == believed("en", taught=True).weights.tolist()


def test_few_queries_move_the_weights_less_than_many():
    first = believed("en", taught=True).weights
    few, many = (np.abs(fit_ranker(*queries(number), "en").weights - first).max() for number in (3, 300))

    assert few < many / 2


def test_what_tells_right_from_wrong_comes_to_count_and_the_rest_to_count_less():
    before, after = weights(believed("en", taught=True)), weights(fit_ranker(*queries(300), "en"))

    assert after["letters"] > 1.5 * before["letters"]
    assert all(after[name] < 0.8 * before[name] for name in ("question", "top", "gist", "coverage", "belonging"))


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 30), st.integers(0, 10_000), st.sampled_from(LANGUAGES))
def test_whatever_was_right_no_weight_is_negative(number, seed, language):
    random = np.random.default_rng(seed)
    features = [random.random((random.integers(0, 4), len(FEATURES))) for _ in range(number)]
    right = [random.random(len(rows)) < 0.4 for rows in features]

    assert (fit_ranker(features, right, language).weights >= 0).all()


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_two_articles_that_say_the_same_the_one_to_be_trusted_more_comes_first(language):
    doubtful, trusted = (
        {"language": language, "source": Source.COMMUNITY, "reviewed": False},
        {"language": language, "source": Source.OFFICIAL},
    )
    plain = [a_plain_article("a", "Lamp dark?", **doubtful), a_plain_article("b", "Lamp dark?", **trusted)]
    taught = [an_article("a", **doubtful), an_article("b", **trusted)]

    assert first(plain, "lamp dark", taught=False) == "b"
    assert first(taught, "forgot my password", taught=True) == "b"


def first(articles, text, *, taught):
    shelf = Shelf.of(articles, vectors_of(articles))
    (found,) = shelf.nominate(ENCODER.encode([text]), [text])
    scores = believed(shelf.language, taught=taught).probability(found.features)
    return shelf.articles[found.articles[int(np.argmax(scores))]].id


@pytest.mark.parametrize(
    ("text", "article"),
    [("my battery dies so quickly", "battery-drains"), ("the dock's monitor is black", "dock-no-picture")],
)
def test_without_any_fitting_the_article_that_answers_comes_first(text, article):
    assert first([one for one in LIBRARY if one.language == "en"], text, taught=True) == article
