from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.composing import Form, compose, is_reviewed, propose
from responders.counting import fits
from responders.policy import has_link
from tests.bot.values import a_candidate

FORM = Form(signature="^Bot", fits=fits, is_link=has_link)

LONG = (
    "Old drivers lose the network. Install the driver in Hub > Updates. " + "Then wait for a while and try again. " * 20
)


def a_find(**values):
    """An unreviewed article that was imported from a forum."""
    given = {
        "reviewed": False,
        "short_answer": "",
        "full_answer": LONG,
        "source": "community",
        "author": "Ada",
        "url": "https://forum.example/t/7",
    }
    return a_candidate(**{**given, **values})


def proposed(candidate, asked="which driver", form=FORM):
    return propose(candidate, asked, form)


def test_the_reviewed_text_stands_as_it_is_before_the_signature():
    assert compose(" Hold the key.\n", "^Bot") == "Hold the key. ^Bot"


@pytest.mark.parametrize("values", [{}, {"source": "community", "author": "Ada"}, {"full_answer": LONG}])
def test_of_a_reviewed_article_the_short_answer_is_proposed_word_for_word(values):
    candidate = a_candidate(short_answer="**Hold** it. See https://a.example!", **values)

    assert proposed(candidate) == "**Hold** it. See https://a.example! ^Bot"


def test_a_reviewed_answer_that_is_too_long_is_left_for_a_person_to_shorten():
    assert proposed(a_candidate(short_answer="word " * 80)) == f"{'word ' * 80}^Bot"


def test_of_an_unreviewed_article_its_best_sentences_are_proposed_with_their_author():
    text = proposed(a_find())

    assert text.startswith("Old drivers lose the network. Install the driver in Hub > Updates.")
    assert text.endswith("\n— Ada, forum ^Bot")
    assert fits(text)


def test_an_unreviewed_short_answer_is_nearer_to_a_reply_than_the_full_one():
    assert proposed(a_find(short_answer="Update it. Restart.")) == "Update it. Restart.\n— Ada, forum ^Bot"


def test_a_reviewed_article_without_a_short_answer_is_treated_as_unreviewed():
    candidate = a_find(reviewed=True, short_answer="  ", full_answer="Update it.")

    assert not is_reviewed(candidate)
    assert proposed(candidate) == "Update it.\n— Ada, forum ^Bot"


def test_without_any_answer_the_passage_that_matched_is_proposed():
    assert proposed(a_find(full_answer="", passage="Update the driver.")).startswith("Update the driver.")


@pytest.mark.parametrize("source", ["official", "agent"])
def test_the_brands_own_words_need_no_credit(source):
    assert proposed(a_find(full_answer="Update it.", source=source)) == "Update it. ^Bot"


CREDITS = [
    ({"url": ""}, "— Ada"),
    ({"url": "https://www.superuser.com/q/1"}, "— Ada, superuser"),
    ({"url": "https://unix.stackexchange.com:443/a/1?x=2"}, "— Ada, unix.stackexchange"),
    ({"url": "javascript:alert(1)//a.b"}, "— Ada"),
    ({"url": "https://[::1"}, "— Ada"),
    ({"author": "@ada"}, "— ada, forum"),
    ({"author": "ada.com"}, "— forum"),
    ({"author": "unknown"}, "— forum"),
]


@pytest.mark.parametrize(("values", "credit"), CREDITS)
def test_a_credit_names_author_and_site_and_holds_neither_link_nor_handle(values, credit):
    assert proposed(a_find(full_answer="Update it.", **values)) == f"Update it.\n{credit} ^Bot"


def test_without_author_and_page_there_is_no_credit():
    assert proposed(a_find(full_answer="Update it.", author="", url="")) == "Update it. ^Bot"


def test_links_are_left_out_of_a_proposal_only_where_they_are_not_allowed():
    candidate = a_find(full_answer="Get it at https://a.example/x now.")
    allowing = Form(signature="^Bot", fits=fits, is_link=lambda _: False)

    assert proposed(candidate) == "Get it at … now.\n— Ada, forum ^Bot"
    assert "https://a.example/x" in proposed(candidate, form=allowing)


def test_nothing_is_proposed_where_nothing_fits():
    tight = Form(signature="^Bot", fits=lambda text: len(text) < 10, is_link=has_link)

    assert proposed(a_find(), form=tight) == ""


@given(st.text(max_size=400), st.text(max_size=60), st.text(max_size=40))
def test_whatever_an_unreviewed_article_holds_its_proposal_fits_and_holds_no_link(text, asked, author):
    said = proposed(a_find(full_answer=text, author=author, passage=""), asked)

    assert said == "" or (fits(said) and said.endswith(" ^Bot"))
    assert not any(map(has_link, said.split()))
