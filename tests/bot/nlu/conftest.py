"""What is slow to load, loaded once a run."""

from __future__ import annotations

import pytest

from bot.nlu.encoder import SentenceEncoder
from bot.nlu.language import LanguageDetector
from bot.settings import EncoderSettings


@pytest.fixture(scope="session")
def sentence_encoder():
    """The bundled model."""
    return SentenceEncoder(EncoderSettings())


@pytest.fixture(scope="session")
def detector():
    """The detector of languages, as the service has it."""
    return LanguageDetector()
