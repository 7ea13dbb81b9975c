"""Tells the language of a short text, or that it cannot be told."""

from __future__ import annotations

from lingua import Language, LanguageDetectorBuilder

KNOWN = (
    Language.ENGLISH,
    Language.SPANISH,
    Language.GERMAN,
    Language.FRENCH,
    Language.ITALIAN,
    Language.PORTUGUESE,
    Language.DUTCH,
)
MARGIN = 0.2
"""Lead in confidence that the first language needs over the second; measured on short posts, less is a guess."""

FEWEST_WORDS = 3
"""Texts with fewer different words belong to every language: "ok" is no Dutch, and "thx" no French."""


class LanguageDetector:
    """Detects one of the languages that customers of a European brand write. Loading takes a second or two."""

    def __init__(self) -> None:
        self._detector = LanguageDetectorBuilder.from_languages(*KNOWN).with_preloaded_language_models().build()

    def detect(self, plain: str) -> str | None:
        """Give the ISO 639-1 code of *plain* text (see `cleaning.clean`), or None: too short, or two are too near."""
        if len(set(plain.casefold().split())) < FEWEST_WORDS:
            return None
        values = self._detector.compute_language_confidence_values(plain)
        first, second = values[:2]
        if first.value - second.value < MARGIN:
            return None
        return str(first.language.iso_code_639_1.name).lower()
