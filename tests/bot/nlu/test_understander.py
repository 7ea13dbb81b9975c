from __future__ import annotations

import numpy as np
import pytest

from bot.nlu.hashing import HashingEncoder
from bot.nlu.understander import Understander
from bot.settings import DecidingSettings
from tests.bot.nlu.schooling import AlwaysEnglish, CountingEncoder, trained


@pytest.fixture
def understander():
    return Understander(encoder=CountingEncoder(), heads=trained().heads, languages=AlwaysEnglish())


def test_understandings_come_in_the_order_of_texts(understander):
    texts = ["how do I pair the pen", "love it, thanks", "third time now, useless!!!"]

    assert [read.text for read in understander.understand(texts)] == texts
    assert [read.intent for read in understander.understand(texts)] == ["question", "praise", "complaint"]


def test_a_batch_takes_one_pass_of_the_encoder(understander):
    understander.understand([f"text {number}" for number in range(64)])

    assert len(understander.encoder.passes) == 1


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


def test_intents_come_most_probable_first_and_sum_to_one(understander):
    ranked = understander.understand(["how do I pair the pen"])[0].intents
    probabilities = [intent.probability for intent in ranked]

    assert probabilities == sorted(probabilities, reverse=True)
    assert sum(probabilities) == pytest.approx(1.0, abs=1e-3)


def test_a_text_of_nothing_but_emoji_is_understood_as_empty(understander):
    read = understander.understand(["\U0001f600\U0001f44d"])[0]

    assert (read.text, read.language) == ("", None)


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
