from __future__ import annotations

import numpy as np
import pytest

from knowledge.letters import LetterIndex

INDEX = LetterIndex(
    ["reset my password", "password forgotten", "battery empties fast", "Akkulaufzeit ist kurz"], np.array([0, 0, 1, 2])
)


@pytest.mark.parametrize(
    ("text", "article"), [("pasword reset", 0), ("batery emptied", 1), ("Akku hat kurze Laufzeit", 2)]
)
def test_misspelt_inflected_and_compound_words_find_their_article(text, article):
    likeness = INDEX.likeness([text])

    assert likeness.shape == (1, 3)
    assert int(np.argmax(likeness)) == article


def test_likeness_lies_between_nought_and_one():
    likeness = INDEX.likeness(["reset my password", "", "ω", "battery empties fast"])

    assert ((likeness >= 0) & (likeness <= 1 + 1e-6)).all()


def test_a_text_without_a_known_letter_is_like_nothing():
    assert INDEX.likeness(["", "ω"]).tolist() == [[0, 0, 0], [0, 0, 0]]
