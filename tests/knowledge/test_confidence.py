from __future__ import annotations

import json
from dataclasses import dataclass, replace

import numpy as np
import pytest

from bot.nlu.examples import read_examples
from bot.settings import DataSettings
from knowledge.article import read_library
from knowledge.confidence import NOTHING_WANTED, SIGNS, Confidence, read_signs
from knowledge.fitting import Judged, fit_confidence, precedents_of
from knowledge.precedents import FAR, Precedents
from knowledge.ranking import believed
from knowledge.retriever import HybridRetriever
from knowledge.shelves import Shelves
from tests.bot.values import NOW, an_understanding
from tests.knowledge.shelves import (
    ENCODER,
    asked,
    chatter,
    fitted,
    fitted_to_judged,
    judged,
    nominees,
    shelves,
    vectors_of,
)


def confidence_of(text, confidence=None, **values):
    said = HybridRetriever(shelves(), confidence or fitted().confidence)
    return said.retrieve([an_understanding(text, **values)])[0][0].confidence


def signs_of(text, confidence, before=(0.0, 0.0, 0.0)):
    found = nominees(text)
    return read_signs(shelves()["en"], found, confidence.score(found, "en"), an_understanding(text), before)


@pytest.mark.parametrize("made", [fitted, fitted_to_judged])
def test_confidence_says_the_same_after_a_round_trip_through_bytes(made):
    before = made().confidence
    after = Confidence.from_bytes(before.to_bytes())
    found = nominees("battery of the dock")
    signs = signs_of("battery of the dock", before)

    assert np.array_equal(after.score(found, "en"), before.score(found, "en"))
    assert after.of_first(signs) == before.of_first(signs)
    assert set(after.rankers) == set(before.rankers)
    assert after.to_bytes() == before.to_bytes()


def test_precedents_come_through_bytes_unchanged():
    before = fitted_to_judged().confidence.precedents
    after = Confidence.from_bytes(fitted_to_judged().confidence.to_bytes()).precedents
    vector = ENCODER.encode(["the battery of my laptop dies quickly"])[0]

    assert after.right == before.right
    assert after.vectors.dtype == np.float32
    assert after.nearness(vector).tolist() == before.nearness(vector).tolist()


def test_no_precedents_come_through_bytes_as_none():
    after = Confidence.from_bytes(fitted().confidence.to_bytes()).precedents

    assert after.right == ()
    assert after.nearness(ENCODER.encode(["battery"])[0]).shape == (0,)


def test_signs_are_as_many_as_their_names():
    signs = signs_of("battery of the dock", fitted().confidence)

    assert signs.shape == (len(SIGNS),)
    assert np.isfinite(signs).all()


def test_what_precedents_say_is_among_the_signs():
    assert signs_of("battery", fitted().confidence, (0.1, 0.2, 0.3))[-3:].tolist() == [0.1, 0.2, 0.3]


def test_a_language_that_was_never_fitted_is_ranked_by_what_is_believed():
    found = nominees("battery of the dock")
    blank = replace(fitted().confidence, rankers={})

    assert np.array_equal(blank.score(found, "fr"), believed("fr", taught=False).probability(found.features))


ODD = "the battery is hot"  # of which the knowledge base itself is neither sure nor unsure
ARTICLE = "battery-drains"


def with_precedents(*questions):
    return replace(fitted_to_judged().confidence, precedents=precedents_of(questions))


def test_the_same_question_judged_right_raises_confidence():
    assert confidence_of(ODD, with_precedents(judged(ODD, ARTICLE))) > confidence_of(ODD, with_precedents()) + 0.1


@pytest.mark.parametrize("right", [["wifi-drops"], []])
def test_the_same_question_judged_wrong_lowers_confidence(right):
    assert confidence_of(ODD, with_precedents(judged(ODD, *right))) < confidence_of(ODD, with_precedents()) - 0.1


@pytest.mark.parametrize("right", [[ARTICLE], ["wifi-drops"], []])
def test_a_question_too_far_away_has_no_effect(right):
    far = judged("lost wifi after sleep", *right)

    assert far.understanding.vector @ ENCODER.encode([ODD])[0] < FAR
    assert confidence_of(ODD, with_precedents(far)) == confidence_of(ODD, with_precedents())


def test_a_nearer_precedent_has_more_effect_than_a_farther_one():
    near, far = judged("my battery is hot", ARTICLE), judged("oh no the battery of this is so hot", ARTICLE)
    said = [confidence_of(ODD, with_precedents(*one)) for one in ([near], [far], [])]

    assert said == sorted(said, reverse=True)
    assert said[0] > said[1]


def test_precedents_change_no_order():
    def order(confidence):
        found = HybridRetriever(shelves(), confidence).retrieve([an_understanding("battery of the dock")])[0]
        return [(candidate.article_id, candidate.score) for candidate in found]

    against = with_precedents(judged("battery of the dock"))
    assert order(against) == order(replace(against, precedents=Precedents.none()))


def test_audited_questions_change_what_is_said():
    wrong = [judged(text, "no-such-article", language=language) for language, text in asked()]
    doubtful = fit_confidence(shelves(), asked(), chatter(), wrong).confidence

    assert confidence_of("laptop battery dies quickly", doubtful) < confidence_of("laptop battery dies quickly")


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
    half = [replace(article, ask=article.ask[:4]) for article in articles[::2]]
    library = Shelves.of(half, vectors_of(half))
    asks = {("en", said.text): said for said in understood([ask for article in half for ask in article.ask])}
    audited = _audited()
    confidence = fit_confidence(library, asks, _chatter(), audited[::4]).confidence
    return Sample(retriever=HybridRetriever(library, confidence, today=NOW.date), judged=audited[1::4])


def understood(texts, **values):
    vectors = ENCODER.encode(texts)
    return [an_understanding(text, vector=vector, **values) for text, vector in zip(texts, vectors, strict=True)]


def _audited():
    lines = DataSettings().audits.read_text(encoding="utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if row["language"] == "en"]
    said = understood([row["text"] for row in rows])
    return [Judged(understanding=one, right=frozenset(_right(row))) for one, row in zip(said, rows, strict=True)]


def _right(row):
    article = row["article"]
    return [article] if isinstance(article, str) else article or []


def _chatter():
    idle = [e for e in read_examples(DataSettings().training) if e.intent in NOTHING_WANTED and e.language == "en"]
    return understood([e.text for e in idle[:200]], intents={"small_talk": 0.9, "question": 0.1})


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


@pytest.mark.parametrize(
    "text",
    ["😀🔥", "\u200b\u200b\u200b", "", "!!!", "x" * 100_000, "quasar nebula " * 7_000, "\u202eabc", "\0", "1 2 3"],
)
def test_a_text_that_asks_nothing_is_not_answered_with_confidence(sample, text):
    assert sample.best(text) < 0.5


def test_zero_width_characters_inside_words_make_nothing_surer(sample):
    plain = "my dock shows no picture"

    assert sample.best("\u200b".join(plain)) < sample.best(plain)
