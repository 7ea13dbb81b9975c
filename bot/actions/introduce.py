"""Introduce the bot: what the first direct message to a customer says besides its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.settings import ReplyingSettings


class Introduction(NamedTuple):
    """The words of one language; `{word}` is what opts the customer out."""

    opting_out: str
    word: str
    privacy: str


INTRODUCTIONS: Mapping[str, Introduction] = {
    "en": Introduction("You are talking to a program. Write {word} and it stops.", "stop", "Privacy"),
    "es": Introduction("Está hablando con un programa. Escriba {word} y dejará de responder.", "parar", "Privacidad"),
    "de": Introduction(
        "Sie sprechen mit einem Programm. Schreiben Sie {word}, dann hört es auf.", "stopp", "Datenschutz"
    ),
}
"""By language, with English for the others."""


def introduce(text: str, language: str | None, replying: ReplyingSettings) -> str:
    """Add to *text* that a program writes, how to opt out, and where the privacy policy is.

    X asks for all three in the first direct message: https://docs.x.com/developer-guidelines, "Direct Messages".
    """
    words = INTRODUCTIONS.get(language or "en", INTRODUCTIONS["en"])
    word = words.word if words.word in replying.stop_words else next(iter(replying.stop_words), words.word)
    lines = [words.opting_out.format(word=word.upper())]
    if replying.privacy_url:
        lines.append(f"{words.privacy}: {replying.privacy_url}")
    return "\n\n".join((text, " ".join(lines)))
