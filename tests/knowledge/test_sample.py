"""The knowledge base that ships."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from bot.settings import DataSettings, ReplyingSettings
from bot.training.audits import read_audits
from knowledge.article import read_library
from knowledge.composing import compose
from responders.counting import fits
from responders.policy import has_link

LIBRARY = read_library(DataSettings().articles)
SIGNATURE = ReplyingSettings().signature


def named(articles):
    return [f"{article.language}/{article.id}" for article in articles]


def test_every_file_can_be_read():
    assert [str(problem) for problem in LIBRARY.problems] == []


def test_there_are_enough_articles():
    count = Counter(article.language for article in LIBRARY.articles)

    assert count["en"] >= 120
    assert min(count["es"], count["de"]) >= 30


@pytest.mark.parametrize("language", ["es", "de"])
def test_every_translation_has_its_english_article(language):
    english = {article.id: article for article in LIBRARY.articles if article.language == "en"}
    translated = [article for article in LIBRARY.articles if article.language == language]

    assert named(article for article in translated if article.id not in english) == []
    assert named(article for article in translated if article.topic != english[article.id].topic) == []


def test_every_short_answer_fits_one_post_with_its_signature():
    assert named(a for a in LIBRARY.articles if not fits(compose(a.short_answer, SIGNATURE))) == []


def test_no_short_answer_holds_a_link():
    assert named(a for a in LIBRARY.articles if has_link(a.short_answer)) == []


def test_every_article_has_three_ways_to_ask():
    assert named(a for a in LIBRARY.articles if len(set(a.ask)) < 3) == []


def test_every_article_has_a_full_answer_and_is_valid_after_it_was_verified():
    assert named(a for a in LIBRARY.articles if not a.full_answer or a.valid_until <= a.last_verified) == []


def test_no_way_to_ask_leads_to_two_articles():
    asks = Counter((a.language, ask.casefold()) for a in LIBRARY.articles for ask in {*a.ask, a.question})

    assert [ask for ask, count in asks.items() if count > 1] == []


def test_the_private_questions_are_fit_to_certify_alone():
    ids = {article.id for article in LIBRARY.articles}
    public = {question.text.casefold() for question in read_audits(DataSettings().audits)}
    private = read_audits(DataSettings().private_audits)
    unanswerable = sum(not question.right for question in private) / len(private)

    assert len(private) >= 240
    assert len({question.id for question in private}) == len({q.text.casefold() for q in private}) == len(private)
    assert {article for question in private for article in question.right} <= ids
    assert not public & {question.text.casefold() for question in private}
    assert {question.language for question in private} == {"en", "es", "de"}
    assert 0.2 <= unanswerable <= 0.3


def test_every_audited_question_names_articles_that_exist():
    ids = {article.id for article in LIBRARY.articles}
    rows = [json.loads(line) for line in DataSettings().audits.read_text(encoding="utf-8").splitlines()]
    wanted = {
        article
        for row in rows
        for article in ([row["article"]] if isinstance(row["article"], str) else row["article"] or [])
    }

    assert len(rows) >= 500
    assert len({row["id"] for row in rows}) == len(rows)
    assert wanted - ids == set()
