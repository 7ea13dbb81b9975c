from __future__ import annotations

import dataclasses
from datetime import datetime

import pytest

from bot import errors, vocabulary
from tests.bot.values import a_mention, an_understanding


def test_a_mention_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="timezone-aware"):
        a_mention(posted_at=datetime(2026, 11, 20, 12, 0))  # noqa: DTZ001 - the fault under test


def test_every_value_is_frozen():
    values = [kind for kind in vars(vocabulary).values() if dataclasses.is_dataclass(kind)]

    assert len(values) > 10
    assert all(kind.__dataclass_params__.frozen for kind in values)


def test_probabilities_of_several_intents_add_up():
    understanding = an_understanding(intents={"question": 0.6, "complaint": 0.3, "spam": 0.1})

    assert understanding.intent == "question"
    assert understanding.probability("question", "spam") == pytest.approx(0.7)


def test_a_repr_of_an_understanding_spares_the_vector():
    assert "vector" not in repr(an_understanding())


@pytest.mark.parametrize("kind", [kind for kind in vars(errors).values() if isinstance(kind, type)])
def test_every_error_is_one_of_ours(kind):
    assert issubclass(kind, errors.HeedError)


def test_an_error_without_words_says_what_its_kind_means():
    assert str(errors.PostGone()) == errors.PostGone.__doc__


def test_a_data_error_names_file_line_and_remedy():
    assert str(errors.DataError("no id.", file="a.md", line=3, remedy="Add one.")) == "a.md:3: no id. Add one."
