from __future__ import annotations

import pytest

from bot.nlu.language import LanguageDetector


@pytest.fixture(scope="module")
def detector():
    return LanguageDetector()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("My laptop has not been charging since the update and I don't know what else I should try", "en"),
        ("¿Cómo restablezco la contraseña de mi portátil?", "es"),
        ("Wie setze ich das Passwort meines Laptops zurück?", "de"),
        ("Comment réinitialiser mon mot de passe s'il vous plaît ?", "fr"),
    ],
)
def test_a_clear_text_has_a_language(detector, text, language):
    assert detector.detect(text) == language


@pytest.mark.parametrize("text", ["", "wifi", "Book 13", "12345", "?!", "ok", "thx", "operator please"])
def test_an_unclear_text_has_none(detector, text):
    assert detector.detect(text) is None
