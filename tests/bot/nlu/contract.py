"""What every encoder promises. Subclass, give the encoder, inherit the promises."""

from __future__ import annotations

import numpy as np
import pytest

TEXTS = ("How do I reset my password?", "My dock shows no picture", "¿Cómo entro en la BIOS?", "")


class EncoderContract:
    @pytest.fixture
    def encoder(self):
        raise NotImplementedError

    def test_a_text_becomes_one_row_of_the_dimension(self, encoder):
        vectors = encoder.encode(TEXTS)

        assert vectors.shape == (len(TEXTS), encoder.dimension)
        assert vectors.dtype == np.float32

    def test_every_vector_has_unit_length(self, encoder):
        assert np.linalg.norm(encoder.encode(TEXTS), axis=1) == pytest.approx(1.0, abs=1e-3)

    def test_no_texts_become_no_rows(self, encoder):
        vectors = encoder.encode([])

        assert vectors.shape == (0, encoder.dimension)
        assert vectors.dtype == np.float32

    def test_the_order_of_texts_is_kept(self, encoder):
        there, back = encoder.encode(TEXTS), encoder.encode(TEXTS[::-1])

        assert _cosines(there, back[::-1]) == pytest.approx(1.0, abs=0.01)

    def test_the_same_text_gives_the_same_vector(self, encoder):
        first, second = encoder.encode([TEXTS[0]]), encoder.encode([TEXTS[0]])

        assert np.array_equal(first, second)

    def test_likeness_shows_in_the_cosine(self, encoder):
        asked, alike, other = encoder.encode(
            ["how do I reset my password", "I want to reset my password", "the parcel never arrived"]
        )

        assert asked @ alike > asked @ other + 0.2

    def test_it_says_what_made_its_vectors(self, encoder):
        assert encoder.name
        assert encoder.revision


def _cosines(left, right):
    return np.sum(left * right, axis=1)
