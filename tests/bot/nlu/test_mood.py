from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.examples import Mood
from bot.nlu.mood import DARK, LEVELS, MOST_TIMES, MoodHead, insisted, is_irate, mood_targets
from bot.nlu.scale import Scale
from bot.nlu.traits import SIGNS
from tests.bot.nlu.schooling import traits

HEAD = MoodHead(sharpness=5.0, irate=Scale(slope=6.0, offset=-3.0))


def scores_of(mood, strength=1.0):
    return strength * mood_targets([mood])


def test_every_mood_has_a_level():
    assert set(LEVELS) == set(Mood)


def test_only_the_irate_need_a_person_for_sure():
    assert max(LEVELS, key=LEVELS.__getitem__) == Mood.IRATE
    assert sorted(LEVELS.values())[-2] < 0.5


def test_targets_add_up_to_nought_and_say_who_is_irate():
    targets = mood_targets(list(Mood))

    assert targets.sum(axis=1) == pytest.approx(0, abs=1e-6)
    assert [mood for mood, irate in zip(Mood, is_irate(targets), strict=True) if irate] == [Mood.IRATE]


def test_the_irate_are_likelier_to_need_a_person_than_the_displeased_and_these_than_the_glad():
    read = {mood: HEAD.read(scores_of(mood), traits(["it is what it is"]))[0] for mood in Mood}

    assert read[Mood.IRATE] > 0.8
    assert read[Mood.IRATE] > read[Mood.DISPLEASED] > read[Mood.GLAD]


def test_the_surer_the_tone_the_likelier_a_person_is_needed():
    plain = traits(["it is what it is"])
    read = [HEAD.read(scores_of(Mood.IRATE, strength), plain)[0] for strength in (0, 0.3, 0.6, 1)]

    assert all(less < more for less, more in pairwise(read))


def test_dark_words_count_by_themselves_and_more_in_a_language_that_the_encoder_hardly_knows():
    none = np.zeros((1, len(Mood)), dtype=np.float32)

    def darkened(language):
        plain = traits(["it is what it is"], language=language)
        dark = plain.signs.copy()
        dark[:, [SIGNS.index(name) for name in DARK]] = 1
        return HEAD.read(none, replace(plain, signs=dark))[0] - HEAD.read(none, replace(plain, signs=0 * dark))[0]

    assert darkened("de") > darkened("en") > 0


def test_a_language_that_nobody_could_tell_is_read_as_english():
    none = np.zeros((1, len(Mood)), dtype=np.float32)
    text = ["worst service"]

    assert HEAD.read(none, traits(text, language=None)) == HEAD.read(none, traits(text, language="en"))


@given(st.floats(0, 1), st.integers(0, 50))
def test_coming_back_never_makes_anybody_calmer(mood, times):
    assert mood - 1e-3 <= insisted(mood, times) <= insisted(mood, times + 1) <= 1


@pytest.mark.parametrize("mood", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_who_says_it_once_is_as_angry_as_it_sounds(mood):
    assert insisted(mood, 0) == pytest.approx(mood)


def test_after_a_few_times_coming_back_changes_nothing_more():
    assert insisted(0.3, 1) > 0.3
    assert insisted(0.3, MOST_TIMES) == insisted(0.3, 100)
