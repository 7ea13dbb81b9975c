from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nlu.cleaning import clean
from knowledge.article import Source
from knowledge.fitting import precedents_of
from knowledge.precedents import Precedents
from knowledge.retriever import SHOWN, HybridRetriever
from knowledge.shelves import Shelves
from tests.bot.values import NOW, an_understanding
from tests.knowledge.shelves import (
    LIBRARY,
    an_article,
    fitted,
    fitted_to_judged,
    judged,
    retriever,
    shelves,
    vectors_of,
)


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


def retriever_of(*articles, **values):
    return HybridRetriever(Shelves.of(articles, vectors_of(articles)), fitted().confidence, **values)


def ids(candidates):
    return [candidate.article_id for candidate in candidates]


ASKED = an_understanding("forgot my password")


def test_an_unreviewed_article_stays_marked_as_such():
    (candidates,) = retriever_of(an_article(reviewed=False)).retrieve([ASKED])

    assert [candidate.reviewed for candidate in candidates] == [False]


def test_a_candidate_says_who_stands_behind_it_and_where_it_was_published():
    article = an_article(source=Source.COMMUNITY, author="ana", url="https://forum.example/1")
    ((best,),) = retriever_of(article).retrieve([ASKED])

    assert (best.source, best.author, best.url) == ("community", "ana", "https://forum.example/1")
    assert best.full_answer == article.full_answer


def test_a_candidate_says_whether_the_certificate_was_made_with_its_article():
    both = retriever_of(an_article(), an_article("other"), audited=lambda article: article.id != "other")

    assert {c.article_id: c.audited for c in both.retrieve([ASKED])[0]} == {"reset-password": True, "other": False}


WORDS = st.sampled_from("battery dock wifi password picture drains quasar my the akku leer ! 13".split())
TEXTS = st.lists(WORDS, min_size=1, max_size=12).map(" ".join) | st.text(max_size=60)


@settings(max_examples=80, deadline=None)
@given(TEXTS, st.sampled_from(["en", "de", "fr", None]))
def test_candidates_come_best_first_with_a_confidence_between_nought_and_one(text, language):
    candidates = found(text, language=language)

    assert len(candidates) <= SHOWN
    assert all(0 <= candidate.confidence <= 1 for candidate in candidates)
    for name in ("score", "confidence"):
        values = [getattr(candidate, name) for candidate in candidates]
        assert values == sorted(values, reverse=True)


@pytest.mark.parametrize("text", ["😀" * 20, "\u200b\u200c\u200d", "quasar nebula " * 7_000, "\ufeff", "\0"])
def test_a_text_that_asks_nothing_finds_nothing_with_confidence(text):
    assert all(candidate.confidence < 0.3 for candidate in found(text))


@pytest.mark.parametrize("text", ["😀🔥😀", "👍🏽", "@heed https://heed.example", "  \n "])
def test_a_post_that_is_empty_when_made_plain_finds_nothing(text):
    assert found(clean(text)) == ()


def test_an_article_of_100_kb_is_found_by_what_stands_deep_inside():
    filler = "The lamp is bright and stands on the table. " * 2_300
    long = an_article("long", ask=(), full_answer=f"{filler}\n\nHold both quasar keys.\n\n{filler}")
    (candidates,) = retriever_of(long, *LIBRARY[1:4]).retrieve([an_understanding("which quasar keys to hold")])

    assert ["quasar keys" in c.passage for c in candidates if c.article_id == "long"] == [True]


def test_an_article_is_found_until_its_last_day_and_not_after():
    expiring = an_article(valid_until=NOW.date())
    days = (NOW.date(), NOW.date() + timedelta(days=1))
    found = [retriever_of(expiring, today=lambda day=day: day).retrieve([ASKED])[0] for day in days]

    assert [len(candidates) for candidates in found] == [1, 0]


def test_an_article_in_quarantine_is_never_a_candidate():
    locked = an_article("locked", quarantined="It names the wrong key.")

    assert ids(retriever_of(locked, an_article()).retrieve([ASKED])[0]) == ["reset-password"]
    assert retriever_of(locked).retrieve([ASKED]) == [()]


def keys(*names):
    return frozenset((name, "en") for name in names)


def test_an_article_gives_way_to_the_one_that_overrules_it():
    overruled = {("old", "en"): keys("reset-password")}
    both = retriever_of(an_article("old"), an_article(), overruled=overruled)

    assert ids(both.retrieve([ASKED])[0]) == ["reset-password"]


def test_an_overruled_article_is_used_where_the_other_was_not_nominated():
    assert ids(retriever_of(an_article("old"), overruled={("old", "en"): keys("gone")}).retrieve([ASKED])[0]) == ["old"]


def test_an_article_in_quarantine_overrules_nothing():
    overruled = {("old", "en"): keys("reset-password")}
    both = retriever_of(an_article("old"), an_article(quarantined="Wrong."), overruled=overruled)

    assert ids(both.retrieve([ASKED])[0]) == ["old"]


def test_an_article_that_expired_overrules_nothing():
    overruled = {("old", "en"): keys("reset-password")}
    late = {"overruled": overruled, "today": lambda: NOW.date() + timedelta(days=1)}
    both = retriever_of(an_article("old"), an_article(valid_until=NOW.date()), **late)

    assert ids(both.retrieve([ASKED])[0]) == ["old"]


def test_without_the_first_language_others_are_searched_in_the_one_there_is():
    german = Shelves({"de": shelves()["de"]})
    (candidates,) = HybridRetriever(german, fitted().confidence).retrieve([an_understanding("akku", language="fr")])

    assert {candidate.language for candidate in candidates} == {"de"}


def test_an_empty_knowledge_base_finds_nothing():
    assert HybridRetriever(Shelves({}), fitted().confidence).retrieve([ASKED, an_understanding("")]) == [(), ()]


def test_a_judged_question_speaks_when_it_is_asked_again():
    asked = an_understanding("the battery is hot")
    doubt = replace(fitted_to_judged().confidence, precedents=precedents_of([judged("the battery is hot")]))
    nobody = replace(doubt, precedents=Precedents.none())
    said = [HybridRetriever(shelves(), one).retrieve([asked])[0][0].confidence for one in (nobody, doubt)]

    assert said[0] > said[1] + 0.1
