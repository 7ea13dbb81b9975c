from __future__ import annotations

import pytest

from bot.cli.dissecting import dissect
from tests.bot.nlu.schooling import an_understander

TEXTS = [f"@brand where is my order number {n}" for n in range(10)]


def test_each_part_has_its_time_and_the_share_is_that_of_the_heads():
    figures = dissect(an_understander(), TEXTS, batch=4)

    assert list(figures) == ["mentions", "encoder_ms", "heads_ms", "language_ms", "cleaning_ms", "share"]
    assert figures["mentions"] == len(TEXTS)
    assert all(figure > 0 for figure in figures.values())
    assert figures["share"] == pytest.approx(figures["heads_ms"] / figures["encoder_ms"], rel=0.05)


def test_the_encoder_reads_batch_by_batch_and_the_first_one_twice():
    understander = an_understander()
    dissect(understander, TEXTS, batch=4)

    assert [len(texts) for texts in understander.encoder.passes] == [4, 4, 4, 2]
