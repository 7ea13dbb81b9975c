from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nlu.dangers import ALARMED, DangerHead, danger_targets, fit_dangers, is_dangerous
from bot.nlu.scale import Scale
from bot.settings import DecidingSettings
from bot.vocabulary import Danger
from tests.bot.nlu.schooling import traits

DEAF = DangerHead(any=Scale(slope=0.0, offset=-9.0), each=Scale(slope=0.0, offset=-9.0))
"""A head that has learnt of no danger at all."""

NOTHING = np.zeros((1, len(Danger)), dtype=np.float32)


def heard(text):
    return DEAF.read(NOTHING, traits([text]))[1][0]


@pytest.mark.parametrize(
    "text",
    [
        "smoke comes out of my charger",
        "it is on fire",
        "I burned my hand",
        "there were sparks",
        "I got an electric shock",
        "the battery is swollen",
        "it EXPLODED",
        "my son was injured",
        "my lawyer will call you",
        "see you in court",
        "I will sue",
        "I want to kill myself",
        "this is fraud",
        "sale humo del cargador",
        "se ha incendiado",
        "me he quemado",
        "la batería está hinchada",
        "explotó anoche",
        "hablaré con mi abogada",
        "os voy a denunciar",
        "aus dem Netzteil kommt Rauch",
        "mein Laptop brennt",
        "der Akku ist aufgebläht",
        "explodiert",
        "ich gehe zum Anwalt",
        "wir sehen uns vor Gericht",
    ],
)
def test_a_word_of_alarm_is_enough_whatever_was_learnt(text):
    assert heard(text) == ALARMED


def test_an_alarm_brings_a_person():
    assert DecidingSettings().danger_threshold <= ALARMED


@pytest.mark.parametrize(
    "text",
    [
        "",
        "how do I pair the pen",
        "out of courtesy I tell you about this issue",
        "where do I pursue a refund for the smokey grey one",
        "cómo entro en la BIOS",
        "el humor de este anuncio",
        "wo finde ich den Treiber",
        "ich habe das gebrauchte Gerät",
    ],
)
def test_an_ordinary_post_alarms_nobody(text):
    assert heard(text) < 0.01


def test_what_was_learnt_counts_beyond_an_alarm():
    head = DangerHead(any=Scale(slope=10.0, offset=-2.0), each=Scale(slope=10.0, offset=-2.0))
    scores = NOTHING.copy()
    scores[0, list(Danger).index(Danger.INJURY)] = 1

    each, anyone = head.read(np.vstack([scores, NOTHING]), traits(["my lawyer", "my dock"]))

    assert anyone[0] > 0.99
    assert list(Danger)[each[0].argmax()] == Danger.INJURY
    assert anyone[1] < 0.2


@settings(deadline=None)
@given(st.lists(st.text(), min_size=1, max_size=4))
def test_any_text_has_a_probability_of_danger(texts):
    each, anyone = DEAF.read(np.zeros((len(texts), len(Danger)), dtype=np.float32), traits(texts))

    assert each.shape == (len(texts), len(Danger))
    assert ((each >= 0) & (each <= 1)).all()
    assert ((anyone >= 0) & (anyone <= 1)).all()


def test_targets_name_the_danger_that_there_is():
    targets = danger_targets([Danger.FRAUD, None, Danger.FIRE])

    assert targets.shape == (3, len(Danger))
    assert is_dangerous(targets).tolist() == [True, False, True]
    assert list(Danger)[targets[0].argmax()] == Danger.FRAUD


def test_a_fitted_head_tells_danger_from_none():
    random = np.random.default_rng(5)
    targets = danger_targets([Danger.FIRE, None, None, Danger.LEGAL] * 200)
    scores = (targets + random.normal(0, 0.2, targets.shape)).astype(np.float32)

    _, anyone = fit_dangers(scores, targets).read(targets[:2], traits(["", ""]))

    assert anyone[0] > 0.9
    assert anyone[1] < 0.1
