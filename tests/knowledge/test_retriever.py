from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.retriever import SHOWN, HybridRetriever
from knowledge.shelves import Shelves
from tests.bot.values import NOW, an_understanding
from tests.knowledge.shelves import LIBRARY, an_article, fitted, retriever, shelves, vectors_of


def found(text, **values):
    return retriever().retrieve([an_understanding(text, **values)])[0]


@pytest.mark.parametrize(
    ("text", "language", "article"),
    [
        ("my battery dies so quickly", "en", "battery-drains"),
        ("wifi is disconnecting again", "en", "wifi-drops"),
        ("Passwort leider vergessen", "de", "reset-password"),
    ],
)
def test_the_article_that_answers_comes_first(text, language, article):
    best = found(text, language=language)[0]

    assert (best.article_id, best.language) == (article, language)


@pytest.mark.parametrize("language", ["fr", None])
def test_a_language_without_articles_is_searched_in_the_first_language(language):
    assert {candidate.language for candidate in found("my battery dies", language=language)} == {"en"}


def test_an_empty_text_has_no_candidates():
    assert found("") == ()


def test_an_empty_batch_has_no_results():
    assert retriever().retrieve([]) == []


def test_results_come_in_the_order_of_understandings_whatever_their_language():
    said = [("my battery dies", "en"), ("Akku leer", "de"), ("", "en"), ("dock monitor black", None)]
    batch = retriever().retrieve([an_understanding(text, language=language) for text, language in said])

    assert batch == [found(text, language=language) for text, language in said]


def test_a_candidate_carries_what_a_decision_and_a_person_need():
    best = found("my battery dies quickly")[0]
    article = next(article for article in LIBRARY if article.id == "battery-drains")

    assert (best.question, best.short_answer, best.topic) == (article.question, article.short_answer, article.topic)
    assert best.reviewed
    assert best.passage
    assert best.parts


def test_an_unreviewed_article_stays_marked_as_such():
    odd = an_article(reviewed=False)
    found = HybridRetriever(Shelves.of([odd], vectors_of([odd])), fitted().confidence).retrieve(
        [an_understanding("forgot my password")]
    )

    assert [candidate.reviewed for candidate in found[0]] == [False]


WORDS = st.sampled_from("battery dock wifi password picture drains quasar my the akku leer ! 13".split())


@settings(max_examples=60, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=12).map(" ".join), st.sampled_from(["en", "de", "fr", None]))
def test_candidates_come_best_first_with_a_confidence_between_nought_and_one(text, language):
    candidates = found(text, language=language)

    assert len(candidates) <= SHOWN
    assert all(0 <= candidate.confidence <= 1 for candidate in candidates)
    for name in ("score", "confidence"):
        values = [getattr(candidate, name) for candidate in candidates]
        assert values == sorted(values, reverse=True)


def test_an_article_is_found_until_its_last_day_and_not_after():
    expiring = an_article(valid_until=NOW.date())
    own = Shelves.of([expiring], vectors_of([expiring]))
    found = [
        HybridRetriever(own, fitted().confidence, today=lambda day=day: day).retrieve(
            [an_understanding("forgot my password")]
        )
        for day in (NOW.date(), NOW.date() + timedelta(days=1))
    ]

    assert [len(batch[0]) for batch in found] == [1, 0]


def test_a_knowledge_base_without_the_first_language_finds_nothing_for_others():
    german = {"de": shelves()["de"]}

    assert HybridRetriever(german, fitted().confidence).retrieve([an_understanding("my battery dies")]) == [()]
