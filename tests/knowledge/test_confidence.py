from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from bot.settings import DataSettings
from bot.vocabulary import Part
from knowledge.article import read_library
from knowledge.confidence import SIGNS, Audited, Confidence, fit_confidence, read_signs
from knowledge.retriever import HybridRetriever, build_shelves
from tests.bot.values import an_understanding
from tests.knowledge.shelves import asked, chatter, fitted, nominees, shelves, vectors_of


def confidence_of(text, confidence=None, **values):
    said = HybridRetriever(shelves(), confidence or fitted().confidence)
    return said.retrieve([an_understanding(text, **values)])[0][0].confidence


def test_confidence_says_the_same_after_a_round_trip_through_bytes():
    before = fitted().confidence
    after = Confidence.from_bytes(before.to_bytes())
    found = nominees("battery of the dock")
    scores = before.score(found, "en")
    signs = read_signs(found, scores, an_understanding("battery of the dock"), "en")

    assert np.array_equal(after.score(found, "en"), scores)
    assert after.of_first(signs) == before.of_first(signs)
    assert set(after.rankers) == set(before.rankers)


def test_signs_are_as_many_as_their_names():
    found = nominees("battery of the dock")
    signs = read_signs(found, fitted().confidence.score(found, "en"), an_understanding("battery of the dock"), "en")

    assert signs.shape == (len(SIGNS),)
    assert np.isfinite(signs).all()


def test_a_known_question_is_surer_than_an_unknown_one():
    assert confidence_of("laptop battery dies quickly") > confidence_of("quasar nebula battery of the galaxy")


def test_chatter_is_less_sure_than_a_question():
    talk = {"small_talk": 0.9, "question": 0.1}

    assert confidence_of("battery dies quickly", intents=talk) < confidence_of("battery dies quickly")


def test_no_arm_counts_against_an_article():
    assert all((fit.weights >= 0).all() for fit in fitted().confidence.rankers.values())


def test_fitting_twice_gives_the_same():
    again = fit_confidence(shelves(), asked(), chatter())

    assert again.confidence.to_bytes() == fitted().confidence.to_bytes()
    assert again.card == fitted().card


def test_audited_questions_change_what_is_said():
    wrong = [
        Audited(understanding=replace(understanding), right=frozenset({"no-such-article"}))
        for understanding in asked().values()
    ]
    doubtful = fit_confidence(shelves(), asked(), chatter(), wrong).confidence

    assert confidence_of("laptop battery dies quickly", doubtful) < confidence_of("laptop battery dies quickly")


def test_the_card_tells_how_well_it_does():
    card = fitted().card

    assert 0 <= card["held_out_precision_at_1"] <= 1
    assert 0 <= card["calibration_error"] <= 1
    assert card["held_out"] == len(asked())


@pytest.fixture(scope="module")
def sample():
    """The English sample knowledge base, and its audited questions in two halves that never meet."""
    articles = [article for article in read_library(DataSettings().articles).articles if article.language == "en"]
    rows = [json.loads(line) for line in DataSettings().audits.read_text(encoding="utf-8").splitlines()]
    english = [row for row in rows if row["language"] == "en"]
    audited = [Audited(understanding=an_understanding(row["text"]), right=_right(row)) for row in english]
    return build_shelves(articles, vectors_of(articles)), audited[::2], audited[1::2]


def _right(row):
    article = row["article"]
    return frozenset([article] if isinstance(article, str) else article or [])


def test_confidence_means_what_it_says_on_questions_it_was_not_fitted_to(sample):
    library, fit_on, judged = sample
    asks = {
        ("en", passage.text): an_understanding(passage.text)
        for passage in library["en"].passages
        if passage.part is Part.ASK
    }
    confidence = fit_confidence(library, asks, (), fit_on).confidence
    found = HybridRetriever(library, confidence).retrieve([audit.understanding for audit in judged])
    said = np.array([candidates[0].confidence if candidates else 0.0 for candidates in found])
    right = np.array([bool(c) and c[0].article_id in audit.right for c, audit in zip(found, judged, strict=True)])
    sure = said >= np.median(said)

    assert abs(said.mean() - right.mean()) < 0.1
    assert right[sure].mean() > right[~sure].mean() + 0.1
