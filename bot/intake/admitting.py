"""The one door by which mentions come in: personal data stays outside, or is locked away."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.intake.masking import masked
from bot.vocabulary import Audience
from storage import inbox, originals
from storage.sealing import cipher_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.settings import IntakeSettings, Settings
    from bot.vocabulary import Mention


async def admit(connection: AsyncConnection, heard: Sequence[Mention], settings: Settings) -> int:
    """Mask what was heard, store what is new of it and queue it for its decision; say how many were new.

    With `intake.originals_key` the words of what was masked in public are kept encrypted; what is masked in private
    is kept nowhere. Raises SettingsError.
    """
    safe = [masked(mention, settings.privacy) for mention in heard]
    new = await inbox.admit(connection, safe, settings.intake, talked=settings.dialogue.leads)
    if settings.intake.originals_key.get_secret_value():
        await _lock_away(connection, heard, safe, settings.intake)
    return new


async def _lock_away(
    connection: AsyncConnection, heard: Sequence[Mention], safe: Sequence[Mention], intake: IntakeSettings
) -> None:
    cipher = cipher_of(intake.originals_key.get_secret_value(), setting="intake.originals_key")
    sealed = {
        (mention.channel, mention.post_id): cipher.encrypt(mention.text.encode(errors="ignore"))
        for mention, shown in zip(heard, safe, strict=True)
        if shown.masked and shown.audience is Audience.PUBLIC
    }
    await originals.keep(connection, sealed, at_most=timedelta(days=intake.originals_days))
