from __future__ import annotations

import io
import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import DataError, NotTrained
from bot.nlu.cleaning import clean
from bot.nlu.examples import FEWEST, Example, Mood
from bot.nlu.hashing import HashingEncoder
from bot.nlu.heads import FORMAT, Heads, thinned, traits_of
from bot.nlu.lexicon import load_lexicons
from bot.vocabulary import Danger
from tests.bot.nlu.schooling import EXAMPLES, taught, trained, traits

TEXTS = ["how do I reset the pen", "RIDICULOUS, broken again!!!", "", "ω", "my lawyer will see you in court"]


def read(heads, texts=TEXTS):
    return heads.read(traits(texts), [clean(text) for text in texts])


def numbered(**counts):
    return [Example(text=f"{intent} {n}", intent=intent) for intent, count in counts.items() for n in range(count)]


def archive(**arrays):
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def archive_with(about):
    return archive(about=np.array(json.dumps(about)), **trained().heads.machine.arrays())


def everything(readings):
    return [readings.intents, readings.strange, readings.mood, readings.dangers, readings.danger]


def test_there_is_a_row_for_each_text():
    readings = read(trained().heads)

    assert [part.shape for part in everything(readings)] == [(5, 4), (5,), (5,), (5, len(Danger)), (5,)]


@settings(deadline=None)
@given(st.lists(st.text(), min_size=1, max_size=4))
def test_all_readings_are_probabilities(texts):
    readings = read(trained().heads, texts)

    assert readings.intents.sum(axis=1) + readings.strange == pytest.approx(1)
    assert all(((part >= 0) & (part <= 1)).all() for part in everything(readings))


def test_what_was_learnt_is_known():
    readings = read(trained().heads, [example.text for example in EXAMPLES])

    assert [trained().heads.intent.labels[row] for row in readings.intents.argmax(axis=1)] == [
        example.intent for example in EXAMPLES
    ]
    assert (readings.mood > 0.5).tolist() == [example.mood == Mood.IRATE for example in EXAMPLES]
    assert (readings.danger > 0.5).tolist() == [example.danger is not None for example in EXAMPLES]


def test_a_text_without_a_word_wants_nothing_that_is_known():
    readings = read(trained().heads, ["", "@TarnwellHelp \U0001f600"])

    assert readings.strange.tolist() == [1, 1]
    assert not readings.intents.any()


def test_heads_say_the_same_after_a_round_trip_through_bytes():
    again = Heads.from_bytes(trained().heads.to_bytes())

    assert again.intent == trained().heads.intent
    assert (again.mood, again.danger) == (trained().heads.mood, trained().heads.danger)
    assert all(
        np.array_equal(after, before)
        for after, before in zip(everything(read(again)), everything(read(trained().heads)), strict=True)
    )


def test_heads_of_another_version_are_refused_with_a_remedy():
    with pytest.raises(NotTrained, match=r"another version of Heed; run `heed train`"):
        Heads.from_bytes(archive_with({"format": FORMAT - 1}))


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"garbage",
        b"PK\x03\x04",
        b"\x93NUMPY",
        b'{"intents": []}',
        trained().heads.to_bytes()[:200],
        trained().heads.to_bytes()[:-20],
        trained().heads.to_bytes().replace(b"landmarks", b"landMarks"),
        archive(about=np.array("no document")),
        archive(about=np.array("[]")),
        archive(landmarks=np.zeros(2)),
        archive(about=np.array({"format": FORMAT}, dtype=object)),
        archive_with({}),
        archive_with({"format": FORMAT, "scales": {}, "sharpness": [1, 1], "intents": []}),
        archive_with(
            {"format": FORMAT, "scales": {"strange": {"slope": 1, "offset": 0}}, "sharpness": [], "intents": []}
        ),
        archive_with({"format": FORMAT, "scales": {"strange": {"tilt": 1}}, "sharpness": [1, 1], "intents": []}),
    ],
    ids=range(16),
)
def test_bytes_that_are_no_heads_are_refused_with_a_remedy(payload):
    with pytest.raises(NotTrained, match=r"run `heed train"):
        Heads.from_bytes(payload)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_whatever_is_stored_is_refused_with_a_remedy(payload):
    with pytest.raises(NotTrained, match="run `heed train"):
        Heads.from_bytes(payload)


def test_the_model_card_counts_what_was_learnt():
    card = trained().card

    assert (card["examples"], card["languages"]) == (24, {"en": 24})
    assert card["intents"] == {"complaint": 6, "legal": 6, "praise": 6, "question": 6}
    assert card["moods"] == {"calm": 6, "displeased": 6, "glad": 6, "irate": 6}
    assert card["dangers"] == {"legal": 6}


def test_the_model_card_says_what_heads_make_of_examples_they_were_held_out_of():
    card = trained().card

    assert 0.5 < card["held_out_intent_accuracy"] <= 1
    for trade in (card["held_out_mood"], card["held_out_danger"]):
        reached = np.array(list(trade["reached"].values()))
        assert (np.diff(reached, axis=0) <= 0).all()
        assert ((reached >= 0) & (reached <= 1)).all()
        assert trade["auroc"] > 0.5


def test_the_model_card_is_plain_json():
    assert json.loads(json.dumps(trained().card)) == trained().card


def without(*unwanted):
    return [example for example in EXAMPLES if example.intent not in unwanted]


@pytest.mark.parametrize(
    ("examples", "lacking"),
    [
        (without("complaint"), "an irate one"),
        (without("legal"), "one of a danger"),
        (without("question", "praise", "legal"), "a second intent, one that is not irate, one of a danger"),
        (without("question", "praise", "complaint"), "a second intent, an irate one, one of no danger"),
        ([replace(example, mood=Mood.IRATE) for example in EXAMPLES], "one that is not irate"),
        ([replace(example, danger=Danger.FIRE) for example in EXAMPLES], "one of no danger"),
    ],
)
def test_examples_that_show_nothing_to_tell_apart_are_refused_with_a_remedy(examples, lacking):
    with pytest.raises(DataError, match=rf"lack {lacking}\..*data\.own_training"):
        taught(examples)


def test_few_examples_are_all_taken_in_their_order():
    examples = numbered(b=3, a=3)

    assert thinned(examples, 6) == examples


def test_of_many_examples_each_intent_keeps_its_share():
    kept = [example.intent for example in thinned(numbered(a=600, b=300, c=100), 100)]

    assert [kept.count(intent) for intent in "abc"] == [pytest.approx(count, abs=2) for count in (60, 30, 10)]


def test_of_many_examples_no_intent_is_lost():
    kept = thinned(numbered(many=1000, few=FEWEST), 10)

    assert sum(example.intent == "few" for example in kept) == FEWEST
    assert len(kept) == 10


def test_no_examples_are_thinned_to_none():
    assert thinned([], 5) == []


def test_the_traits_of_an_example_are_those_of_its_text_in_its_language():
    german = Example(text="@TarnwellHelp NIE WIEDER!!!", intent="complaint", language="de")

    of_example = traits_of([german], HashingEncoder(), load_lexicons())
    of_text = traits(["@TarnwellHelp NIE WIEDER!!!"], language="de")

    assert of_example.languages == ("de",)
    assert np.array_equal(of_example.signs, of_text.signs)
    assert np.array_equal(of_example.vectors, HashingEncoder().encode(["NIE WIEDER!!!"]))
