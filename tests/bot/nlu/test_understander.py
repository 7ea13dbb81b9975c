from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bot.nlu.hashing import HashingEncoder
from bot.nlu.mood import MoodHead
from bot.nlu.scale import Scale
from bot.settings import DecidingSettings
from bot.vocabulary import Danger
from tests.bot.nlu.schooling import an_understander, trained


@pytest.fixture
def understander():
    return an_understander()


def test_understandings_come_in_the_order_of_texts(understander):
    texts = ["how do I pair the pen", "love it, thanks", "third time now, useless!!!"]

    assert [read.text for read in understander.understand(texts)] == texts
    assert [read.intent for read in understander.understand(texts)] == ["question", "praise", "complaint"]


def test_a_batch_takes_one_pass_of_the_encoder(understander):
    understander.understand([f"text {number}" for number in range(64)])

    assert len(understander.encoder.passes) == 1


def test_a_single_text_that_is_asked_for_again_takes_no_further_pass(understander):
    once = understander.understand(["my dock"])
    again = understander.understand(["my dock"])

    assert again[0] is once[0]
    assert len(understander.encoder.passes) == 1


def test_the_same_text_of_who_came_back_is_read_anew(understander):
    (calm,), (insisting,) = understander.understand(["my dock"]), understander.understand(["my dock"], [3])

    assert insisting.mood > calm.mood


def test_an_empty_batch_encodes_nothing(understander):
    assert understander.understand([]) == []
    assert not any(understander.encoder.passes)


def test_the_encoder_sees_plain_text_only(understander):
    understander.understand(["@TarnwellHelp see https://t.co/x \U0001f600 dock"])

    assert understander.encoder.passes == [["see dock"]]


def test_the_vector_is_that_of_the_plain_text(understander):
    read = understander.understand(["@TarnwellHelp my dock"])[0]

    assert np.array_equal(read.vector, HashingEncoder().encode(["my dock"])[0])


def test_a_text_is_understood_alike_alone_and_among_others(understander):
    alone = understander.understand(["how do I pair the pen"])[0]

    assert understander.understand(["RIDICULOUS", "how do I pair the pen"])[1] == alone


def test_intents_come_most_probable_first_and_add_up_to_one_with_what_is_strange(understander):
    read = understander.understand(["how do I pair the pen"])[0]
    probabilities = [intent.probability for intent in read.intents]

    assert probabilities == sorted(probabilities, reverse=True)
    assert sum(probabilities) + read.strange == pytest.approx(1.0, abs=1e-3)


def test_dangers_come_most_probable_first(understander):
    ranked = understander.understand(["my lawyer will see you in court"])[0].dangers

    assert {danger.label for danger in ranked} == set(Danger)
    assert ranked[0].label == Danger.LEGAL


@pytest.mark.parametrize("text", ["", "@TarnwellHelp", "\U0001f600\U0001f44d", "https://t.co/x", "\u200b\u200f", " \n"])
def test_a_text_without_a_word_wants_nothing_that_is_known(understander, text):
    read = understander.understand([text])[0]

    assert (read.text, read.language, read.strange) == ("", None, 1.0)
    assert not any(intent.probability for intent in read.intents)


def test_a_language_that_is_known_is_not_looked_for(understander):
    assert [read.language for read in understander.understand(["", "dock"], languages=["de", "de"])] == ["de", "de"]


def test_who_comes_back_unanswered_sounds_angrier():
    unsure = replace(trained().heads, mood=MoodHead(sharpness=1.0, irate=Scale(slope=0.0, offset=-1.0)))

    once, again = an_understander(heads=unsure).understand(["my dock is dead"] * 2, [0, 2])

    assert again.mood > once.mood


def test_the_mood_of_shouting_is_worse_than_that_of_thanks(understander):
    shouting, thanking = understander.understand(["RIDICULOUS, useless!!!", "love it, thanks"])

    assert shouting.mood > thanking.mood


@pytest.mark.parametrize(
    "text",
    [
        "smoke comes out of my charger",
        "the battery is swollen",
        "my lawyer will call you",
        "sale humo del cargador",
        "la batería está hinchada",
        "os voy a denunciar",
        "aus dem Netzteil kommt Rauch",
        "der Akku ist aufgebläht",
        "ich gehe zum Anwalt",
    ],
)
def test_a_word_of_alarm_is_enough_for_a_person(understander, text):
    assert understander.understand([text])[0].danger >= DecidingSettings().danger_threshold


@pytest.mark.parametrize("text", ["how do I pair the pen", "cómo entro en la BIOS", "wo finde ich den Treiber"])
def test_an_ordinary_question_raises_no_alarm(understander, text):
    assert understander.understand([text])[0].danger < DecidingSettings().danger_threshold
