from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.alarms import NAMES, WORDS, find_alarms
from bot.vocabulary import Danger


def alarms_of(text):
    return {danger for danger, found in zip(Danger, find_alarms([text])[0], strict=True) if found}


@pytest.mark.parametrize(
    ("text", "danger"),
    [
        ("SMOKE from the charger", Danger.FIRE),
        ("sale humo", Danger.FIRE),
        ("es raucht? nein, Rauch!", Danger.FIRE),
        ("the battery is swollen", Danger.BATTERY),
        ("batería hinchada", Danger.BATTERY),
        ("der Akku ist aufgebläht", Danger.BATTERY),
        ("an electric shock", Danger.INJURY),
        ("fui a urgencias", Danger.INJURY),
        ("Stromschlag bekommen", Danger.INJURY),
        ("unser Sohn hat die Taste verschluckt", Danger.INJURY),
        ("it wiped the disk", Danger.DATA_LOSS),
        ("perdí todo", Danger.DATA_LOSS),
        ("alle Fotos weg", Danger.DATA_LOSS),
        ("I was hacked", Danger.FRAUD),
        ("es una estafa", Danger.FRAUD),
        ("reiner Betrug", Danger.FRAUD),
        ("I want to die", Danger.SELF_HARM),
        ("no quiero vivir", Danger.SELF_HARM),
        ("ich will nicht mehr leben", Danger.SELF_HARM),
        ("my lawyer writes", Danger.LEGAL),
        ("mi abogada", Danger.LEGAL),
        ("mein Anwalt", Danger.LEGAL),
        ("I am a journalist", Danger.PRESS),
        ("soy periodista", Danger.PRESS),
        ("die Redaktion fragt", Danger.PRESS),
    ],
)
def test_a_word_of_alarm_says_which_danger(text, danger):
    assert danger in alarms_of(text)


@pytest.mark.parametrize("text", ["die Tastatur verschluckt oft mal Buchstaben", "das Wort hat Silben verschluckt"])
def test_a_keyboard_swallows_without_danger(text):
    assert alarms_of(text) == set()


@pytest.mark.parametrize("text", ["", "out of courtesy", "no issue", "el humor", "gebrauchtes Gerät", "the smokey one"])
def test_only_whole_words_alarm(text):
    assert alarms_of(text) == set()


def test_each_danger_has_its_words_and_its_name():
    assert set(WORDS) == set(Danger)
    assert len(NAMES) == len(Danger)


@given(st.lists(st.text(), max_size=4))
def test_any_texts_have_a_row_each(texts):
    assert find_alarms(texts).shape == (len(texts), len(Danger))
