from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nlu.examples import Example
from bot.nlu.hashing import HashingEncoder
from bot.nlu.heads import train_intents, traits_of
from bot.nlu.intents import intent_targets
from bot.nlu.lexicon import load_lexicons
from tests.bot.nlu.schooling import EXAMPLES, traits

KNOWN = tuple(example for example in EXAMPLES if example.intent != "legal")
STRANGE = [example.text for example in EXAMPLES if example.intent == "legal"]


def taught(examples, landmarks=100):
    return train_intents(examples, traits_of(examples, HashingEncoder(), load_lexicons()), landmarks)


def read(trained, texts):
    machine, head = trained
    return head.read(machine.scores(traits(texts)))


@pytest.fixture(scope="module")
def trained():
    return taught(KNOWN)


def test_what_was_learnt_is_known(trained):
    probable, _ = read(trained, [example.text for example in KNOWN])

    assert [trained[1].labels[row] for row in probable.argmax(axis=1)] == [example.intent for example in KNOWN]


def test_labels_come_in_their_order(trained):
    assert trained[1].labels == ("complaint", "praise", "question")


@settings(deadline=None)
@given(st.lists(st.text(), min_size=1, max_size=4))
def test_all_that_a_text_may_want_and_nothing_add_up_to_one(trained, texts):
    probable, strange = read(trained, texts)

    assert probable.sum(axis=1) + strange == pytest.approx(1)
    assert (probable >= 0).all()
    assert (strange >= 0).all()


def test_what_no_example_wants_is_stranger_than_what_some_do(trained):
    _, of_a_left_out_intent = read(trained, STRANGE)
    _, of_a_kept_one = read(
        trained,
        ["how do I reset the BIOS", "where is the power bank", "great laptop, thanks", "useless dock, fed up!!!"],
    )

    assert of_a_left_out_intent.min() > of_a_kept_one.max()


def test_an_intent_that_is_learnt_is_strange_no_more(trained):
    _, before = read(trained, STRANGE)
    _, after = read(taught(EXAMPLES), STRANGE)

    assert after.mean() < before.mean() / 2


def test_fewer_landmarks_still_tell_intents_apart():
    probable, _ = read(taught(KNOWN, landmarks=9), [example.text for example in KNOWN])

    right = probable.argmax(axis=1) == [["complaint", "praise", "question"].index(example.intent) for example in KNOWN]
    assert right.mean() >= 0.8


def test_a_post_to_no_company_counts_less_than_one_to_us():
    contested = ["it happened again this morning", "same as every week", "we know how that ends"]
    examples = [
        *KNOWN,
        *(Example(text=text, intent="complaint") for text in contested),
        *(Example(text=text, intent="praise", addressed=False) for text in contested),
    ]
    machine, head = taught(examples)

    probable, _ = read((machine, head), contested)

    assert {head.labels[row] for row in probable.argmax(axis=1)} == {"complaint"}


def test_a_frequent_intent_does_not_swallow_a_rare_one():
    praise = [example.text for example in KNOWN if example.intent == "praise"]
    asked = [
        f"how do I {verb} the {thing}" for verb in ("pair", "reset", "open", "clean") for thing in ("pen", "lid", "fan")
    ]
    examples = [*KNOWN, *(Example(text=text, intent="question") for text in asked)]
    machine, head = taught(examples)

    probable, _ = read((machine, head), praise)

    assert {head.labels[row] for row in probable.argmax(axis=1)} == {"praise"}


def test_targets_add_up_to_nought_and_are_one_where_they_hold():
    labels, targets = intent_targets(["b", "a", "c", "a"])

    assert labels == ("a", "b", "c")
    assert targets.sum(axis=1) == pytest.approx(0, abs=1e-6)
    assert [labels[row] for row in targets.argmax(axis=1)] == ["b", "a", "c", "a"]
    assert np.equal(targets.max(axis=1), 1).all()
