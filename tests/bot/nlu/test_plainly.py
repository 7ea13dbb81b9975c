"""What was made fast says what its plain form says."""

from __future__ import annotations

import math
from collections import Counter
from functools import cache
from itertools import cycle, pairwise
from zlib import crc32

import numpy as np
import pytest

from bot.nlu import machine
from bot.nlu.cleaning import clean
from bot.nlu.examples import read_examples
from bot.nlu.lexicon import BEFORE, LEXICONS, SECTIONS, STRENGTHENED, TURNED, WEAKENED, WORDS, Lexicons, load_lexicons
from bot.nlu.machine import School
from bot.nlu.mood import mood_targets
from bot.nlu.spelling import BUCKETS, LETTERS, spell
from bot.settings import load_settings
from tests.bot.nlu.schooling import traits

ODD = (
    "",
    "@brand",
    "\U0001f600\U0001f600",
    "not very bad at all",
    "it’s NOT good",
    "no " * 40,
    "a",
    "straße ſ İ",
    "\ud800 x",
)


@cache
def examples():
    return read_examples(load_settings(environ={}).data.training)[::25]


def texts():
    return [*ODD, *(example.text for example in examples())]


@cache
def sections(language):
    listed = {name: [] for name in SECTIONS}
    section = WORDS
    for line in (LEXICONS / f"{language}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line.strip().strip("[] ")
        elif line.strip():
            listed[section].append(line.strip())
    coloured = [line.split("\t") for line in listed[WORDS]]
    return {**listed, WORDS: {entry: (float(valence), float(anger)) for entry, valence, anger in coloured}}


def plain_colours(language, words):
    place, found = 0, []
    while place < len(words):
        length, colour = plain_entry(sections(language)[WORDS], words, place)
        if colour is not None:
            found.append(plain_emphasis(sections(language), colour, words[max(0, place - BEFORE) : place]))
        place += length
    return found


def plain_entry(coloured, words, place):
    for length in range(len(words) - place, 1, -1):
        phrase = " ".join(words[place : place + length])
        if phrase in coloured:
            return length, coloured[phrase]
    word = words[place]
    stems = [f"{word[:length]}*" for length in range(len(word), 0, -1)]
    return 1, next((coloured[entry] for entry in (word, *stems) if entry in coloured), None)


def plain_emphasis(listed, colour, before):
    valence, anger = colour
    if set(before) & set(listed["negations"]):
        return TURNED * valence, 0.5 if valence > 0 else 0.0
    if set(before[-2:]) & set(listed["boosters"]):
        return STRENGTHENED * valence, STRENGTHENED * anger
    if set(before[-2:]) & set(listed["softeners"]):
        return WEAKENED * valence, WEAKENED * anger
    return colour


@pytest.mark.parametrize("language", ["en", "es", "de"])
def test_words_are_coloured_as_one_by_one(language):
    lexicon = load_lexicons().by_language[language]
    for text in texts():
        words = text.lower().replace("’", "'").split()

        assert [tuple(colour) for colour in lexicon.colours(words)] == plain_colours(language, words)


def test_colours_do_not_depend_on_what_was_coloured_before():
    languages = [language for language, _ in zip(cycle(["en", "es", "de", None]), texts(), strict=False)]
    backwards = load_lexicons().colour(texts()[::-1], languages[::-1])

    assert np.array_equal(Lexicons.read(LEXICONS).colour(texts(), languages), backwards[::-1])


def plain_spelling(text):
    said = text.lower()
    padded, words = f" {said} ", [word for word in "".join(c if is_letter(c) else " " for c in said).split() if word]
    grams = [padded[start : start + n] for n in LETTERS for start in range(len(padded) - n + 1)]
    hashes = [plain_hash(gram) for gram in grams]
    hashes += [crc32(word.encode()) for word in [*words, *map(" ".join, pairwise(words))]]
    return {bucket: 1 + math.log(count) for bucket, count in Counter(h % BUCKETS for h in hashes).items()}


def is_letter(character):
    return character.isalnum() or character == "_"


def plain_hash(gram):
    hashed = len(gram)
    for character in gram:
        hashed = (hashed ^ ord(character)) * 2_654_435_761 % 2**32
        hashed ^= hashed >> 15
    return hashed


def test_texts_are_spelt_as_gram_by_gram():
    plain = [clean(text) for text in texts()]
    spelt = spell(plain)
    for row, text in enumerate(plain):
        expected = plain_spelling(text)
        length = math.sqrt(sum(value**2 for value in expected.values()))
        found = dict(zip(spelt[row].indices.tolist(), spelt[row].data.tolist(), strict=True))

        assert found == pytest.approx({bucket: value / length for bucket, value in expected.items()}, rel=1e-5)


def test_examples_are_likened_part_by_part_as_all_at_once(monkeypatch):
    learnt = traits([example.text for example in examples()])
    targets = mood_targets([example.mood for example in examples()])
    whole = School(learnt, 100).teach(targets, 1.0)
    monkeypatch.setattr(machine, "_AT_ONCE", 7)
    parts = School(learnt, 100).teach(targets, 1.0)

    assert np.array_equal(parts.held_out, whole.held_out)
    assert np.array_equal(parts.shares, whole.shares)


def test_a_closed_lesson_makes_the_same_machine():
    school = School(traits([example.text for example in examples()]), 100)
    lesson = school.teach(mood_targets([example.mood for example in examples()]), 1.0)
    closed = school.graduate(lesson.closed()).arrays()

    assert all(np.array_equal(closed[name], part) for name, part in school.graduate(lesson).arrays().items())
