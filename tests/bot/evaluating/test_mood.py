from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from bot.evaluating.mood import evaluate_mood, read_moods
from bot.evaluating.shelving import CHUNK
from bot.training.progress import silent
from tests.bot.nlu.schooling import an_understander

MOODS = np.array([0.1, 0.4, 0.35, 0.8])
NEEDING = np.array([False, False, True, True])


class NoLanguage:
    def detect(self, plain):
        return None


def test_figures_of_a_textbook_example():
    found = evaluate_mood(MOODS, NEEDING, 0.4)

    assert (found.n, found.auroc, found.recall, found.false_alarm_rate) == (4, 0.75, 0.5, 0.5)
    assert found.average_precision == pytest.approx(0.8333, abs=1e-4)


def test_a_mood_at_the_threshold_reaches_a_person():
    assert evaluate_mood(np.array([0.45, 0.45]), np.array([True, False]), 0.45).recall == 1


def test_equal_moods_count_half():
    moods, needing = np.array([0.2, 0.2, 0.9, 0.9]), np.array([True, False, True, False])

    assert evaluate_mood(moods, needing, 0.5).auroc == roc_auc_score(needing, moods) == 0.5


def test_the_order_of_the_file_makes_no_difference():
    order = np.array([2, 0, 3, 1])

    assert evaluate_mood(MOODS[order], NEEDING[order], 0.4) == evaluate_mood(MOODS, NEEDING, 0.4)


def test_where_all_need_a_person_nothing_is_said_of_the_others():
    found = evaluate_mood(MOODS, np.ones(4, dtype=bool), 0.4)

    assert (found.auroc, found.false_alarm_rate, found.recall) == (None, None, 0.5)


def test_where_nobody_needs_a_person_only_false_alarms_are_told():
    found = evaluate_mood(MOODS, np.zeros(4, dtype=bool), 0.4)

    assert (found.auroc, found.average_precision, found.recall, found.false_alarm_rate) == (None, None, None, 0.5)


def test_every_text_gets_its_mood_whatever_the_chunks():
    texts = [f"worst support {number}" if number % 2 else f"thanks {number}" for number in range(CHUNK + 3)]
    told = []
    moods = read_moods(texts, an_understander(), None, lambda *said: told.append(said))

    assert moods.tolist() == [one.mood for one in an_understander().understand(texts)]
    assert [done for _, done, _ in told] == [CHUNK, CHUNK + 3]


def test_a_language_that_is_named_is_not_detected():
    text = "esto es una vergüenza"
    named = read_moods([text], an_understander(languages=NoLanguage()), "es", silent)
    (understood,) = an_understander(languages=NoLanguage()).understand([text], languages=["es"])

    assert understood.language == "es"
    assert named.tolist() == [understood.mood]
