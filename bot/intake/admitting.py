"""The one door by which mentions come in: personal data stays outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.intake.masking import masked
from storage import inbox

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.settings import Settings
    from bot.vocabulary import Mention


async def admit(connection: AsyncConnection, heard: Sequence[Mention], settings: Settings) -> int:
    """Mask what was heard, store what is new of it and queue it for its decision; say how many were new."""
    keep, regions = settings.deciding.case_numbers, settings.intake.phone_regions
    safe = [masked(mention, keep=keep, regions=regions) for mention in heard]
    return await inbox.admit(connection, safe, settings.intake)
