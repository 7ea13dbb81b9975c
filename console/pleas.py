"""What an agent asks of a customer whose public post shows personal data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.vocabulary import Audience

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.vocabulary import Mention

PLEAS: Mapping[str, str] = {
    "en": "To protect you: your post shows personal data that everybody can read. Please delete it and send us a "
    "private message instead.",
    "es": "Para protegerte: tu publicación muestra datos personales que todo el mundo puede leer. Bórrala, por favor, "
    "y escríbenos mejor un mensaje privado.",
    "de": "Zu Ihrem Schutz: Ihr Beitrag zeigt persönliche Daten, die alle lesen können. Bitte löschen Sie ihn und "
    "schreiben Sie uns lieber eine private Nachricht.",
}
"""Asks the customer to delete the post; by language, with English for the others."""


def plea(mention: Mention, language: str | None) -> str:
    """Give the words that ask the author to delete *mention*; empty where it shows nothing to everybody."""
    if not mention.masked or mention.audience is Audience.PRIVATE:
        return ""
    return PLEAS.get(language or "en", PLEAS["en"])
