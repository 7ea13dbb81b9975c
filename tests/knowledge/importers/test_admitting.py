from __future__ import annotations

from datetime import date

import pytest

from knowledge.article import Source
from knowledge.importers.admitting import GENERAL, LONGEST_ANSWER, LONGEST_QUESTION, UNKNOWN, Entry, printable
from knowledge.importers.found import Imported, Skipped, Why
from tests.knowledge.importers.sources import TODAY, some_terms


def an_entry(**given):
    values = {"where": "here:1", "id": "7", "question": "Why does it hum?", "answer": "The plate warms up."}
    return Entry(**{**values, **given})


def admitted(entry, **terms):
    found = some_terms(**terms).admit(entry)
    assert isinstance(found, Imported)
    return found.article


def test_an_imported_article_is_unreviewed_and_bears_its_origin():
    article = admitted(an_entry())

    assert (article.id, article.origin, article.reviewed) == ("kettles-7", "kettles", False)
    assert (article.short_answer, article.ask, article.source) == ("", (), Source.COMMUNITY)


@pytest.mark.parametrize(
    ("own", "option", "detected"),
    [("de", "en", "de"), ("", "de", "de"), ("", "", "en")],
    ids=["its own", "the option's", "the detected"],
)
def test_the_first_language_that_is_known_counts(own, option, detected):
    assert admitted(an_entry(language=own), language=option).language == detected


def test_an_article_that_says_nothing_of_itself_gets_the_defaults():
    article = admitted(an_entry())

    assert (article.topic, article.author) == (GENERAL, UNKNOWN)


@pytest.mark.parametrize(
    ("own", "option", "tag", "topic"),
    [("own", "option", "tag", "own"), ("", "option", "tag", "option"), ("", "", "tag", "tag")],
)
def test_the_first_topic_that_is_known_counts(own, option, tag, topic):
    assert admitted(an_entry(topic=own, tag=tag), topic=option).topic == topic


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"question": ""}, Why.EMPTY),
        ({"answer": ""}, Why.EMPTY),
        ({"question": "x" * (LONGEST_QUESTION + 1)}, Why.TOO_LONG),
        ({"ask": ("x" * (LONGEST_QUESTION + 1),)}, Why.TOO_LONG),
        ({"answer": "x" * (LONGEST_ANSWER + 1)}, Why.TOO_LONG),
        ({"question": "?!"}, Why.LANGUAGE_UNCLEAR),
        ({"language": "fr"}, Why.LANGUAGE_UNSUPPORTED),
    ],
)
def test_what_cannot_become_an_article_is_skipped_with_the_reason(given, why):
    assert some_terms().admit(an_entry(**given)) == Skipped(where="here:1", why=why)


@pytest.mark.parametrize(
    ("verified", "until"),
    [
        (date(2026, 3, 1), date(2028, 3, 1)),
        (date(2012, 3, 1), date(2028, 1, 1)),
        (None, date(2028, 1, 1)),
        (date(2028, 2, 29), date(2030, 3, 1)),
        (date(9999, 1, 1), date(9999, 1, 1)),
    ],
    ids=["fresh", "old", "undated", "leap day", "end of time"],
)
def test_an_article_is_valid_for_two_years_counted_from_this_year_where_it_is_older(verified, until):
    article = admitted(an_entry(last_verified=verified))

    assert article.valid_until == until
    assert article.searchable_on(TODAY)


def test_a_day_that_the_source_names_is_kept_even_if_it_is_past():
    assert admitted(an_entry(valid_until=date(2020, 1, 1))).valid_until == date(2020, 1, 1)


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 12, 31)])
def test_the_same_entry_gives_the_same_article_all_year(day):
    assert admitted(an_entry(), today=day) == admitted(an_entry())


def test_characters_that_no_text_has_are_left_out():
    assert printable("a\x00b\ud83dc\x07\td\ne") == "abc\td\ne"
