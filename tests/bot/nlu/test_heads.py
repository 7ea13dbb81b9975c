from __future__ import annotations

import numpy as np
import pytest

from bot.errors import DataError
from bot.nlu.heads import Heads, train_heads
from tests.bot.nlu.schooling import EXAMPLES, features, trained

TEXTS = ["how do I reset the pen", "RIDICULOUS, broken again!!!", "", "ω"]


@pytest.mark.parametrize("name", ["intent", "mood"])
def test_the_probabilities_of_a_text_sum_to_one(name):
    probabilities = getattr(trained().heads, name).probabilities(features(TEXTS))

    assert probabilities.shape == (len(TEXTS), len(getattr(trained().heads, name).labels))
    assert probabilities.sum(axis=1) == pytest.approx(1.0)
    assert (probabilities >= 0).all()


@pytest.mark.parametrize("name", ["intent", "mood"])
def test_heads_say_the_same_after_a_round_trip_through_bytes(name):
    before, after = (getattr(heads, name) for heads in (trained().heads, Heads.from_bytes(trained().heads.to_bytes())))

    assert after.labels == before.labels
    assert np.array_equal(after.probabilities(features(TEXTS)), before.probabilities(features(TEXTS)))


def test_what_was_learnt_is_known():
    probabilities = trained().heads.intent.probabilities(features([example.text for example in EXAMPLES]))
    said = [trained().heads.intent.labels[row] for row in probabilities.argmax(axis=1)]

    assert said == [example.intent for example in EXAMPLES]


def test_huge_weights_overflow_nothing():
    head = trained().heads.intent
    loud = type(head)(labels=head.labels, weights=head.weights * 1e6, offsets=head.offsets)

    assert np.isfinite(loud.probabilities(features(TEXTS))).all()


def test_the_model_card_counts_what_was_learnt():
    card = trained().card

    assert (card["examples"], card["languages"]) == (18, {"en": 18})
    assert card["intents"] == {"complaint": 6, "praise": 6, "question": 6}
    assert 0 <= card["held_out_intent_accuracy"] <= 1


@pytest.mark.parametrize(
    ("examples", "said"),
    [
        (EXAMPLES[:8], "complaint"),  # two complaints
        (EXAMPLES[:6], "fewer than two intents"),
        (EXAMPLES[:6] + EXAMPLES[12:], "fewer than two moods"),
        (EXAMPLES[:7] + EXAMPLES[12:], "complaint"),
        ((), "fewer than two intents"),
    ],
)
def test_too_few_examples_are_refused_with_a_remedy(examples, said):
    with pytest.raises(DataError, match=rf"too few examples.*{said}.*at least 5"):
        train_heads(examples, features([example.text for example in examples]) if examples else None)
