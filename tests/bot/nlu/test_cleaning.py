from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.cleaning import LONGEST, clean


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("@TarnwellHelp my dock is dead", "my dock is dead"),
        ("thanks @TarnwellHelp!", "thanks !"),
        ("write to ana@mail.example", "write to ana@mail.example"),  # an address is no handle
        ("see https://t.co/aB3 please", "see please"),
        ("see t.co/aB3 please", "see please"),
        ("HTTP://EXAMPLE.COM/x", ""),
        ("#WifiDown again", "WifiDown again"),
        ("we are #1", "we are 1"),
        ("C# is fine", "C# is fine"),
        ("sooooo slow", "soo slow"),
        ("bücher süüüüß", "bücher süüß"),
        ("code 0x80070000, order TN-100042", "code 0x80070000, order TN-100042"),  # digits are not stretched
        ("Q&amp;A &lt;3", "Q&A <3"),
        ("no sound \U0001f62d\U0001f44d\U0001f3fd at all", "no sound at all"),
        ("\U0001f1ea\U0001f1f8 hola", "hola"),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467", ""),
        ("  two\n\nlines\t", "two lines"),
        ("law\u200byer, smo\u00adke", "lawyer, smoke"),  # nobody sees what parts them
        ("\u202eno\u202c \u2067picture\u2069\ufeff", "no picture"),
        ("no\x00 sound\x07&#8203;", "no sound"),
        ("half \ud83d of a smiley", "half of a smiley"),  # from JSON that was cut
        ("מסך שחור", "מסך שחור"),
        ("شاشة سوداء", "شاشة سوداء"),
        ("", ""),
        ("@a @b https://t.co/x \U0001f600", ""),
        ("¿Cómo entro?", "¿Cómo entro?"),
        (unicodedata.normalize("NFD", "é"), "é"),
    ],
)
def test_what_is_left_is_what_the_author_says(text, plain):
    assert clean(text) == plain


@pytest.mark.parametrize("piece", ["a", "@", "http://x", "&amp;", "#", "\U0001f600", "ab "])
def test_a_huge_text_is_cut_and_not_lingered_over(piece):
    assert len(clean(piece * (100_000 // len(piece)))) <= LONGEST


@given(st.text())
def test_plain_text_has_no_ragged_spaces(text):
    plain = clean(text)

    assert plain == " ".join(plain.split())
