"""Long replies in parts: laws that hold for any text, and a few texts to look at."""

from __future__ import annotations

import re

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from responders.counting import MAX_WEIGHT, addresses, fits
from responders.splitting import split

FAMILY = "👩‍👩‍👧‍👦"
LINK = "https://tarnwell.example/support/slate/battery?step=1"

PIECES = st.sampled_from(
    [
        "Hold", "the", "power", "key.", "Done!", "Wait…", "e.g.", "café", "cafe\u0301", "🙂", FAMILY, "🇪🇸🇩🇪", "👍🏽",
        LINK, "tarnwell.com/help", "电池", "नमस्ते", "x" * 90, "电" * 50, FAMILY * 20, "۝", "(see", "it)", "1/3",
    ]
)  # fmt: skip
BLANKS = st.sampled_from([" ", "  ", "\n", "\n\n", "\t"])
TEXTS = st.lists(st.tuples(PIECES, BLANKS), min_size=1, max_size=90).map(
    lambda pairs: "".join(piece + blank for piece, blank in pairs).strip()
)
SIGNED = TEXTS.map(lambda text: f"{text} ^MK")
ANY = st.one_of(SIGNED, TEXTS, st.text(max_size=2_000))
NUMBER = re.compile(r"^\d+/\d+ ")


def bare(parts):
    return [NUMBER.sub("", part) for part in parts] if len(parts) > 1 else list(parts)


def without_blanks(text):
    return "".join(text.split())


@given(ANY)
def test_nothing_but_blanks_is_lost(text):
    assert without_blanks("".join(bare(split(text)))) == without_blanks(text)


@given(SIGNED)
def test_every_part_fits_into_one_post_with_its_number(text):
    assert all(fits(part) for part in split(text))


@given(SIGNED)
def test_no_word_is_broken_that_a_post_takes_whole(text):
    assert [word for part in bare(split(text)) for word in part.split()] == text.split()


@given(st.lists(st.sampled_from(["电池", "🙂", FAMILY, "👍🏽", "🇪🇸", "cafe\u0301", "नमस्ते", LINK + "。"]), max_size=120))
def test_where_no_blank_helps_no_character_or_address_is_broken(pieces):
    text = "".join(pieces)
    parts = bare(split(text))
    assert [each for part in parts for each in regex.findall(r"\X", part)] == regex.findall(r"\X", text)
    whole = [text[first:last] for first, last in addresses(text)]
    assert [part[first:last] for part in parts for first, last in addresses(part)] == whole


@given(ANY)
def test_a_part_is_not_split_again(text):
    assert all(split(part) == (part,) for part in split(text) if fits(part))


@given(ANY)
def test_a_text_that_fits_stays_as_it_is(text):
    assert not fits(text) or split(text) == (text,)


@given(SIGNED)
def test_parts_are_numbered_from_the_first_to_the_last(text):
    parts = split(text)
    numbers = [NUMBER.match(part)[0] for part in parts] if len(parts) > 1 else []
    assert numbers == [f"{number}/{len(parts)} " for number in range(1, len(parts) + 1)][: len(numbers)]


@given(SIGNED)
def test_the_signature_ends_the_last_part_and_never_stands_alone(text):
    last = bare(split(text))[-1]
    assert last.endswith("^MK")
    assert len(last.split()) > 1


def test_a_post_ends_with_a_sentence_where_one_ends_late_enough():
    first, second = "a" * 100 + " " + "b" * 60 + ".", "c " * 60 + "^MK"
    assert split(f"{first} {second}") == (f"1/2 {first}", f"2/2 {second}")


def test_a_sentence_that_ends_early_does_not_make_a_short_post():
    parts = split("Hi. " + "word " * 80 + "^MK")
    assert len(parts) == 2
    assert len(parts[0]) > MAX_WEIGHT - 10


def test_a_paragraph_ends_a_post_as_a_sentence_does():
    steps = "\n".join(f"{number}) " + "press the key and wait " * 4 for number in range(1, 6))
    assert all(re.match(r"\d\) ", part) for part in bare(split(steps)))


def test_more_than_nine_parts_are_numbered_within_the_limit():
    parts = split("word " * 700 + "^MK")
    assert parts[0].startswith(f"1/{len(parts)} ")
    assert len(parts) > 9
    assert all(fits(part) for part in parts)


@pytest.mark.parametrize("text", ["", "   ", "\ufeff"])
def test_a_text_that_is_no_post_stays_none(text):
    assert split(text) == (text,)
