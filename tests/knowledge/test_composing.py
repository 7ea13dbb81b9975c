from __future__ import annotations

from knowledge.composing import compose


def test_the_reviewed_text_stands_as_it_is_before_the_signature():
    assert compose(" Hold the key.\n", "^Bot") == "Hold the key. ^Bot"
