from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.actions.contacting import as_contact, is_bare_name, read_contact, read_name
from bot.personal import UNSET, Privacy
from bot.vocabulary import Contact


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Petra Klein", "Petra Klein"),
        ("my name is Petra Klein.", "Petra Klein"),
        ("Hi, I'm Sean O'Brien", "Sean O'Brien"),
        ("Ich heiße Jürgen Groß", "Jürgen Groß"),
        ("mein Name ist  Anna-Lena  Vogt", "Anna-Lena Vogt"),
        ("me llamo María José", "María José"),
        ("name: Ana", "Ana"),
        ("李小龍", "李小龍"),
    ],
)
def test_a_name_is_read_without_what_leads_to_it(text, name):
    assert read_name(text) == name


@pytest.mark.parametrize(
    "text",
    ["", "   ", "!!!", "www.spam.example", "ana.com", "see https://example.org", "ana3", "Ana\u202e@x", "A" * 81],
)
def test_what_is_no_name_gives_none(text):
    assert read_name(text) == ""


def test_the_longest_name_is_taken():
    assert read_name("A" * 80) == "A" * 80


def test_only_a_name_alone_is_bare():
    assert is_bare_name("María José Pérez")
    assert not is_bare_name("me llamo María José Pérez")


@pytest.mark.parametrize(
    ("text", "contact"),
    [
        ("ana@example.org", "ana@example.org"),
        ("it's ana@example.org, thanks", "ana@example.org"),
        ("+34 612 34 56 78", "+34612345678"),
        ("030 901820", "+4930901820"),
        ("020 7946 0958", "+442079460958"),
        ("ana@example", ""),
        ("12345", ""),
        ("none", ""),
    ],
)
def test_a_contact_is_read_in_one_form(text, contact):
    assert read_contact(text, "en", UNSET) == contact


@pytest.mark.parametrize(("language", "contact"), [("es", "+34612345678"), ("de", "+49612345678")])
def test_a_number_without_its_country_is_looked_for_where_the_language_is_spoken(language, contact):
    assert read_contact("612345678", language, UNSET) == contact


def test_our_own_contact_is_not_the_customers():
    assert read_contact("help@example.org", "en", Privacy(own=("help@example.org",))) == ""


def test_a_contact_is_an_address_or_a_number():
    assert as_contact(name="Ana", reached_by="ana@example.org", number="") == Contact(
        name="Ana", email="ana@example.org"
    )
    assert as_contact(name="", reached_by="+34612345678", number="TN-482913") == Contact(
        phone="+34612345678", number="TN-482913"
    )


@given(st.text(max_size=400))
def test_nothing_that_people_write_raises(text):
    read_name(text)
    read_contact(text, "de", UNSET)
