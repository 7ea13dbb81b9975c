from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import pytest

from bot.nlu.examples import read_examples
from bot.settings import DataSettings
from knowledge.article import read_library
from knowledge.confidence import NOTHING_WANTED, SIGNS, Audited, Confidence, fit_confidence, read_signs
from knowledge.retriever import HybridRetriever
from knowledge.shelves import Shelves
from tests.bot.values import NOW, an_understanding
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


def test_no_arm_counts_against_an_article():
    assert all((fit.weights >= 0).all() for fit in fitted().confidence.rankers.values())


def test_fitting_twice_gives_the_same():
    again = fit_confidence(shelves(), asked(), chatter())

    assert again.confidence.to_bytes() == fitted().confidence.to_bytes()
    assert again.card == fitted().card


def test_audited_questions_change_what_is_said():
    wrong = [
        Audited(understanding=understanding, right=frozenset({"no-such-article"})) for understanding in asked().values()
    ]
    doubtful = fit_confidence(shelves(), asked(), chatter(), wrong).confidence

    assert confidence_of("laptop battery dies quickly", doubtful) < confidence_of("laptop battery dies quickly")


def test_the_card_tells_how_well_it_does():
    card = fitted().card

    assert 0 <= card["held_out_precision_at_1"] <= 1
    assert 0 <= card["calibration_error"] <= 1
    assert card["held_out"] == len(asked())


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A retriever fitted to half of the English sample knowledge base, and audited questions that it has never seen."""

    retriever: HybridRetriever
    judged: list

    def best(self, text, **values):
        candidates = self.retriever.retrieve([an_understanding(text, **values)])[0]
        return candidates[0].confidence if candidates else 0.0


@pytest.fixture(scope="module")
def sample():
    articles = [article for article in read_library(DataSettings().articles).articles if article.language == "en"]
    half = articles[::2]
    library = Shelves.of(half, vectors_of(half))
    asks = {("en", ask): an_understanding(ask) for article in half for ask in article.ask}
    audited = _audited()
    confidence = fit_confidence(library, asks, _chatter(), audited[::2]).confidence
    return Sample(retriever=HybridRetriever(library, confidence, today=NOW.date), judged=audited[1::2])


def _audited():
    rows = [json.loads(line) for line in DataSettings().audits.read_text(encoding="utf-8").splitlines()]
    return [Audited(understanding=an_understanding(r["text"]), right=_right(r)) for r in rows if r["language"] == "en"]


def _right(row):
    article = row["article"]
    return frozenset([article] if isinstance(article, str) else article or [])


def _chatter():
    idle = [e for e in read_examples(DataSettings().training) if e.intent in NOTHING_WANTED and e.language == "en"]
    return [an_understanding(e.text, intents={e.intent: 0.9, "question": 0.1}) for e in idle[:200]]


def test_confidence_means_what_it_says_on_questions_it_was_not_fitted_to(sample):
    found = sample.retriever.retrieve([audit.understanding for audit in sample.judged])
    said = np.array([candidates[0].confidence if candidates else 0.0 for candidates in found])
    right = np.array([bool(c) and c[0].article_id in a.right for c, a in zip(found, sample.judged, strict=True)])
    sure = said >= np.median(said)

    assert abs(said.mean() - right.mean()) < 0.1
    assert right[sure].mean() > right[~sure].mean() + 0.1


def test_a_known_question_is_surer_than_an_unknown_one(sample):
    assert sample.best("my dock shows no picture") > sample.best("quasar nebula of the galaxy")


def test_chatter_is_less_sure_than_a_question(sample):
    talk = {"small_talk": 0.9, "question": 0.1}

    assert sample.best("my dock shows no picture", intents=talk) < sample.best("my dock shows no picture")
