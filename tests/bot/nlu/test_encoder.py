from __future__ import annotations

import pytest

from bot.nlu.hashing import HashingEncoder
from tests.bot.nlu.contract import EncoderContract


class TestHashingEncoder(EncoderContract):
    @pytest.fixture
    def encoder(self):
        return HashingEncoder()

    def test_two_of_them_agree(self, encoder):
        assert (HashingEncoder().encode(["one text"]) == encoder.encode(["one text"])).all()

    def test_another_dimension_is_another_revision(self, encoder):
        assert HashingEncoder(64).revision != encoder.revision


class TestSentenceEncoder(EncoderContract):
    @pytest.fixture
    def encoder(self, sentence_encoder):
        return sentence_encoder

    def test_the_same_meaning_in_other_words_is_near(self, encoder):
        asked, alike, other = encoder.encode(
            ["my battery dies quickly", "the laptop runs out of power too soon", "where is my parcel"]
        )

        assert asked @ alike > asked @ other + 0.2
