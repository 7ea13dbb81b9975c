from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import f1_score

from bot.evaluating.files import Labelled
from bot.evaluating.intents import Pupil, Senses, evaluate_intents, recognised
from bot.nlu.hashing import HashingEncoder
from bot.nlu.lexicon import load_lexicons
from bot.training.progress import silent
from tests.bot.nlu.schooling import EXAMPLES, AlwaysEnglish

SENSES = Senses(encoder=HashingEncoder(), languages=AlwaysEnglish(), lexicons=load_lexicons())


def rows(**said):
    return [Labelled(text=text, label=label) for label, texts in said.items() for text in texts]


def measured(right, chosen, strange, known):
    return recognised(right, chosen, np.array(strange), known=known)


def test_accuracy_and_f1_are_those_of_the_texts_in_scope():
    right, chosen = ["a", "a", "b", "b", "else"], ["a", "b", "b", "b", "a"]
    found = measured(right, chosen, [0.1, 0.2, 0.3, 0.4, 0.9], ["a", "b"])

    assert (found.n, found.accuracy) == (5, 0.75)
    assert found.macro_f1 == pytest.approx(f1_score(right[:4], chosen[:4], average="macro"), abs=1e-4)


def test_out_of_scope_is_what_was_not_trained():
    assert measured(["a", "else", "a"], ["a"] * 3, [0.5, 0.6, 0.7], ["a", "b"]).oos_auroc == 0.5


def test_without_a_text_out_of_scope_there_is_no_auroc():
    assert measured(["a", "b"], ["a", "b"], [0.1, 0.2], ["a", "b"]).oos_auroc is None


def test_without_a_text_in_scope_there_is_no_accuracy():
    found = measured(["c"], ["a"], [0.9], ["a", "b"])

    assert (found.accuracy, found.macro_f1, found.oos_auroc) == (None, None, None)


def test_what_was_taught_is_recognised_and_what_was_not_is_stranger():
    asked = rows(
        question=["where do I find the driver", "how long is the warranty of the pen"],
        praise=["love it, thanks", "great keyboard, thank you"],
        recipe=["zwölf Boxkämpfer jagen Viktor", "quer über den Sylter Deich"],
    )
    found = evaluate_intents(Pupil.taught(EXAMPLES, SENSES, silent), asked, silent)

    assert (found.n, found.accuracy, found.macro_f1, found.oos_auroc) == (6, 1, 1, 1)


def test_a_pupil_knows_no_label_but_those_of_its_examples():
    examples = [example for example in EXAMPLES if example.intent != "praise"]

    assert Pupil.taught(examples, SENSES, silent).head.labels == ("complaint", "legal", "question")
