from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nlu.cleaning import clean
from bot.nlu.language import KNOWN


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


@pytest.mark.parametrize(
    "text",
    [
        "",
        "wifi",
        "Book 13",
        "12345",
        "?!",
        "ok",
        "no",
        "si",
        "thx",
        "danke",
        "gracias",
        "operator please",
        "1 2 3",
        "? ! ...",
    ],
)
def test_a_text_of_a_word_or_two_has_none(detector, text):
    assert detector.detect(text) is None


@pytest.mark.parametrize(
    "text",
    ["gracias danke thanks", "hola bitte help", "no problem amigo", "das ist gut thank you very much muchas gracias"],
)
def test_a_text_in_several_languages_has_none(detector, text):
    assert detector.detect(text) is None


@pytest.mark.parametrize("text", ["你好 世界 吗", "مرحبا كيف حالك", "שלום מה שלומך", "что это такое"])
def test_a_text_in_a_script_of_no_known_language_has_none(detector, text):
    assert detector.detect(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "@DanielaWirdMorgenFertig @elgatonegro @die_bahn_hilft",
        "https://beispiel.example/wie-setze-ich-das-passwort-zurueck https://t.co/a https://t.co/b",
        "\U0001f600 \U0001f44d \U0001f621",
        "@die_bahn_hilft ok https://beispiel.example/das-geht-gar-nicht \U0001f600",
    ],
)
def test_handles_links_and_emoji_are_no_language(detector, text):
    assert detector.detect(clean(text)) is None


def test_handles_and_links_in_one_language_do_not_hide_another(detector):
    text = "@die_bahn_hilft where can I find the driver for my dock https://beispiel.example/wie-setze-ich-es-zurueck"

    assert detector.detect(clean(text)) == "en"


@settings(deadline=None)
@given(st.text())
def test_any_text_has_a_known_language_or_none(detector, text):
    assert detector.detect(clean(text)) in {None, *(language.iso_code_639_1.name.lower() for language in KNOWN)}
