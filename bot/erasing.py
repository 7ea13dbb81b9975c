"""Looks daily for posts that were deleted on their channel, and erases them here."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias

import structlog

from bot.errors import ChannelError
from storage.erasing import claim_recheck, erase_posts, posts_since, settle_recheck

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Sequence

    from storage.database import Database

log = structlog.get_logger(__name__)

Lookup: TypeAlias = "Callable[[Sequence[str]], Awaitable[Collection[str]]]"
"""Gives those of up to 100 post ids whose posts the channel does not show any more. Raises ChannelError."""

DAY, TRY = timedelta(days=1), timedelta(hours=1)
"""How often posts are looked for, and how soon again after a look that failed or whose process ended."""

PAGE = 100
"""Posts of one look: the most that X gives at a time."""

WAKE_SECONDS = 600.0
"""Pause between two questions whether a look is due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rechecker:
    """Looks for the stored posts of one channel."""

    database: Database
    channel: str
    gone: Lookup
    days: float  #: How old posts are looked for.

    async def recheck(self) -> int:
        """Erase what the channel does not show any more; give how many. Raises ChannelError, StorageDown."""
        since, last, count = datetime.now(UTC) - timedelta(days=self.days), 0, 0
        while True:
            async with self.database.begin() as connection:
                posts = await posts_since(connection, self.channel, since, after=last, limit=PAGE)
            if not posts:
                return count
            if missing := await self.gone([post.post_id for post in posts]):
                async with self.database.begin() as connection:
                    count += await erase_posts(connection, self.channel, missing)
            last = posts[-1].id

    async def recheck_if_due(self, now: datetime) -> None:
        """Recheck, if the last time was a day ago and no other process does it; what the channel fails is put off."""
        async with self.database.begin() as connection:
            if not await claim_recheck(connection, self.channel, now=now, until=now + TRY):
                return
        try:
            count = await self.recheck()
        except ChannelError as error:
            log.warning("looking for deleted posts put off", channel=self.channel, problem=str(error))
            return
        log.info("looked for deleted posts", channel=self.channel, erased=count)
        async with self.database.begin() as connection:
            await settle_recheck(connection, self.channel, due=now + DAY)

    async def keep(self) -> None:
        """Recheck daily for as long as the process runs. Raises StorageDown."""
        while True:
            await self.recheck_if_due(datetime.now(UTC))
            await asyncio.sleep(WAKE_SECONDS)
