from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.excerpting import OMITTED, excerpt
from responders.counting import MAX_WEIGHT, weighted_length
from responders.policy import has_link

ANSWER = """The driver is old.

1. Open **Hub > Updates**.
2. Install the Wi-Fi driver.
3. Restart the laptop.

The warranty stays valid. Is the network still gone? Call us. Flush the cache in a terminal:

    ipconfig /flushdns

You find more at https://a.example/more and in the manual.
"""

WORDS = st.text(alphabet="abcdefghijklmnopqrstuvwxyzäß", min_size=1, max_size=30)
ENDS = st.sampled_from(["", ".", "!", "?", ",", ":", ";"])
SAID = st.lists(st.tuples(WORDS, ENDS), min_size=1, max_size=60).map(lambda said: " ".join(w + end for w, end in said))
LIMITS = st.integers(min_value=1, max_value=MAX_WEIGHT)


def at_most(limit):
    return lambda text: 0 < weighted_length(text) <= limit


def taken(question, limit=MAX_WEIGHT, **values):
    return excerpt(ANSWER, question, **{"language": "en", "fits": at_most(limit), **values})


def spoken(text):
    return re.findall(r"\w+", text)


def test_the_sentence_that_holds_the_questions_words_is_taken():
    assert taken("is the warranty still valid then", 30) == "The warranty stays valid."


def test_where_no_sentence_says_more_the_first_ones_are_taken():
    assert taken("something else entirely", 45) == "The driver is old.\n1) Open Hub > Updates."


def test_a_step_is_taken_with_all_steps_before_it_or_not_at_all():
    assert (
        taken("restart the laptop", 80)
        == "1) Open Hub > Updates.\n2) Install the Wi-Fi driver.\n3) Restart the laptop."
    )
    assert "3)" not in taken("restart the laptop", 70)


def test_code_is_taken_with_what_announces_it_and_as_it_is():
    assert taken("flush the cache", 52) == "Flush the cache in a terminal:\nipconfig /flushdns"


def test_a_question_is_not_taken_for_an_answer():
    assert "Is the network still gone?" not in taken("network gone", 60)


def test_a_text_that_fits_is_taken_whole():
    whole = "Hold the key. Wait for 5 seconds! Then let go."

    assert excerpt(whole, "which key", language="en", fits=at_most(MAX_WEIGHT)) == whole


def test_a_link_that_may_not_stand_there_is_left_out_visibly():
    said = excerpt("Get it at https://a.example/x and run it.", "x", language="en", fits=at_most(99), is_link=has_link)

    assert said == f"Get it at {OMITTED} and run it."


def test_a_sentence_that_lost_its_link_does_not_fill_what_is_left():
    said = excerpt("Run it. Get it at https://a.example/x.", "x", language="en", fits=at_most(99), is_link=has_link)

    assert said == "Run it."


def test_a_link_stays_where_links_are_allowed():
    assert "https://a.example/more" in taken("more in the manual")


def test_a_text_of_nothing_but_a_link_says_nothing():
    assert excerpt("https://a.example/x", "x", language="en", fits=at_most(99), is_link=has_link) == ""


TOO_LONG = "Open the settings, then wait until the little lamp blinks three times and goes out again."

CUTS = [
    (60, "Open the settings, then wait until the little lamp blinks…"),
    (40, "Open the settings, then wait until the…"),
    (32, "Open the settings…"),
    (11, "Open the…"),
    (6, "Open…"),
    (5, "Open"),
    (3, "the"),
    (2, ""),
]


@pytest.mark.parametrize(("limit", "cut"), CUTS)
def test_a_sentence_that_is_too_long_is_cut_at_a_clause_or_between_words(limit, cut):
    said = excerpt(TOO_LONG, "x", language="en", fits=at_most(limit))

    assert said == cut


def test_the_best_sentence_is_the_one_that_is_cut_where_none_fits():
    text = "Nothing of any interest stands in this sentence. The warranty of the battery ends after twelve months."

    assert excerpt(text, "battery warranty", language="en", fits=at_most(25)) == "The warranty of the…"


@pytest.mark.parametrize("text", ["", "   ", "# ", "![](a.png)"])
def test_nothing_is_taken_from_nothing(text):
    assert excerpt(text, "x", language="en", fits=at_most(99)) == ""


@given(SAID, st.text(max_size=40), LIMITS)
def test_an_excerpt_is_never_longer_than_the_channel_takes(text, question, limit):
    said = excerpt(text, question, language="en", fits=at_most(limit))

    assert weighted_length(said) <= limit


@given(SAID, st.text(max_size=40), LIMITS)
def test_each_word_of_an_excerpt_is_a_whole_word_of_the_text_in_its_order(text, question, limit):
    rest = iter(spoken(text))

    assert all(word in rest for word in spoken(excerpt(text, question, language="en", fits=at_most(limit))))


@given(SAID, LIMITS)
def test_an_excerpt_is_empty_only_where_no_word_fits(text, limit):
    said = excerpt(text, "question", language="de", fits=at_most(limit))

    assert bool(said) == any(at_most(limit)(word) for word in text.split())


@given(st.text(max_size=400), st.text(max_size=40), st.sampled_from(["en", "es", "de", "xx"]))
def test_no_text_breaks_it(text, question, language):
    said = excerpt(text, question, language=language, fits=at_most(40), is_link=has_link)

    assert weighted_length(said) <= 40
    assert not has_link(said.replace("\n", " "))
