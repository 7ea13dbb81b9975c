from __future__ import annotations

import numpy as np
import pytest

from bot.vocabulary import Part
from knowledge.shelf import FEATURES
from tests.knowledge.shelves import ENCODER, nominees, shelves

ASKS = [
    (language, passage.article_id, passage.text)
    for language, shelf in shelves().items()
    for passage in shelf.passages
    if passage.part is Part.ASK
]


@pytest.mark.parametrize(("language", "article", "ask"), ASKS)
def test_an_article_is_nominated_first_by_its_own_ways_to_ask(language, article, ask):
    shelf, found = shelves()[language], nominees(ask, language)
    first = int(np.argmax(found.features[:, FEATURES.index("dense")]))

    assert shelf.articles[found.articles[first]].id == article
    assert shelf.passages[found.passages[first]].text == ask


def test_every_nominee_is_measured_once():
    found = nominees("battery of the dock")

    assert len(set(found.articles.tolist())) == len(found.articles)
    assert found.features.shape == (len(found.articles), len(FEATURES))
    assert np.isfinite(found.features).all()


def test_the_nearest_passage_belongs_to_its_article():
    shelf, found = shelves()["en"], nominees("battery of the dock")

    assert [shelf.owner[passage] for passage in found.passages] == found.articles.tolist()


def test_texts_are_nominated_for_in_their_order():
    texts = ["battery", "dock"]
    both = shelves()["en"].nominate(ENCODER.encode(texts), texts)

    for together, alone in zip(both, map(nominees, texts), strict=True):
        assert together.articles.tolist() == alone.articles.tolist()
        assert np.allclose(together.features, alone.features, atol=1e-6)


def test_no_texts_need_no_nominees():
    assert shelves()["en"].nominate(ENCODER.encode([]), []) == []


@pytest.mark.parametrize("text", ["", "ω", "how do I do this"])
def test_a_text_that_says_nothing_breaks_nothing(text):
    found = nominees(text)

    assert found.words in {0, 1}
    assert np.isfinite(found.features).all()


@pytest.mark.parametrize(("text", "unknown"), [("battery dock", 0.0), ("quasar nebula", 1.0)])
def test_it_says_how_much_of_a_query_no_article_has(text, unknown):
    assert nominees(text).unknown == pytest.approx(unknown)


def test_nominees_can_do_without_one_article():
    found = nominees("battery of the dock")
    gone = int(found.articles[0])
    left = found.without(gone)

    assert left.articles.tolist() == found.articles.tolist()[1:]
    assert len(left.features) == len(left.passages) == len(left.articles)
    assert left.without(gone).articles.tolist() == left.articles.tolist()
