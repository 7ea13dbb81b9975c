from __future__ import annotations

import pytest

from knowledge.passages import split
from knowledge.segment import in_memory
from knowledge.shelves import Shelves
from tests.knowledge.shelves import ENCODER, LIBRARY, an_article, shelves, vectors_of

ENGLISH = an_article("lamp-dark", question="Why is my lamp dark?", ask=("lamp stays dark", "no light"))
GERMAN = an_article("lamp-dark", language="de", question="Warum ist meine Lampe dunkel?", ask=("Lampe bleibt dunkel",))
SPANISH = an_article("lamp-dark", language="es", question="¿Por qué no luce mi lámpara?", ask=("lámpara oscura",))


def changed(before, *put, gone=()):
    return before.changed(put, gone, vectors_of(put))


def ids(found, language):
    return [article.id for article in found[language].articles]


def test_each_language_has_a_shelf_of_its_own_articles():
    assert sorted(shelves()) == ["de", "en"]
    assert {article.language for article in shelves()["de"].articles} == {"de"}
    assert len(ids(shelves(), "en")) + len(ids(shelves(), "de")) == len(LIBRARY)


def test_articles_stand_in_the_order_in_which_they_came():
    assert ids(shelves(), "en") == [article.id for article in LIBRARY if article.language == "en"]


def test_no_articles_need_no_shelf():
    assert len(Shelves.of([], {})) == 0


def test_an_added_article_stands_on_the_shelf_of_its_language_alone():
    after = changed(shelves(), ENGLISH)

    assert ids(after, "en") == [*ids(shelves(), "en"), "lamp-dark"]
    assert after["de"] is shelves()["de"]


def test_an_article_in_a_new_language_gets_a_shelf():
    after = changed(shelves(), SPANISH)

    assert sorted(after) == ["de", "en", "es"]
    assert ids(after, "es") == ["lamp-dark"]


def test_a_replaced_article_stands_there_once_and_says_the_new():
    other = an_article(question="How do I get a new password?")
    after = changed(shelves(), other)

    assert [article for article in after["en"].articles if article.id == other.id] == [other]


def test_an_article_that_is_gone_in_one_language_stays_in_the_other():
    after = changed(shelves(), gone=[("battery-drains", "de")])

    assert "battery-drains" not in ids(after, "de")
    assert "battery-drains" in ids(after, "en")


def test_a_language_whose_last_article_is_gone_has_no_shelf():
    after = changed(shelves(), gone=[(article.id, "de") for article in shelves()["de"].articles])

    assert list(after) == ["en"]


def test_a_language_that_lost_its_last_article_can_come_back():
    without = changed(shelves(), gone=[(article.id, "de") for article in shelves()["de"].articles])

    assert ids(changed(without, GERMAN), "de") == ["lamp-dark"]


def test_one_change_may_bring_and_take_in_several_languages():
    after = changed(shelves(), ENGLISH, GERMAN, SPANISH, gone=[("battery-drains", "en"), ("battery-drains", "de")])

    assert {language: ids(after, language)[-1] for language in after} == dict.fromkeys(("en", "de", "es"), "lamp-dark")
    assert all("battery-drains" not in ids(after, language) for language in after)


@pytest.mark.parametrize("gone", [[("no-such-article", "en")], [("reset-password", "fr")]])
def test_what_is_not_there_cannot_go(gone):
    after = changed(shelves(), gone=gone)

    assert {language: ids(after, language) for language in after} == {
        language: ids(shelves(), language) for language in shelves()
    }


def test_the_shelves_before_a_change_are_as_they_were():
    before = {language: ids(shelves(), language) for language in shelves()}
    changed(shelves(), ENGLISH, SPANISH, gone=[("battery-drains", "de")])

    assert {language: ids(shelves(), language) for language in shelves()} == before


def test_a_change_makes_passages_findable_and_unfindable():
    after = changed(shelves(), ENGLISH, gone=[("dock-no-picture", "en")])
    text = "lamp stays dark on the dock"
    (found,) = after["en"].nominate(ENCODER.encode([text]), [text])
    names = {after["en"].articles[number].id for number in found.articles}

    assert "lamp-dark" in names
    assert "dock-no-picture" not in names


def test_passages_are_searched_where_the_given_index_keeps_them():
    indexed = []

    def indexing(texts, vectors):
        indexed.append(len(texts))
        return in_memory(texts, vectors)

    own = Shelves.of(LIBRARY, vectors_of(LIBRARY), indexing)
    changed(own, SPANISH)

    assert indexed == [len(own["de"].passages), len(own["en"].passages), len(split([SPANISH]))]
