"""Where X is, and the HTTP session that goes there."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from aiohttp import ClientSession, ClientTimeout
from yarl import URL

from bot.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.settings import XSettings


@asynccontextmanager
async def open_session(settings: XSettings) -> AsyncIterator[ClientSession]:
    """Open a session with the timeouts of *settings*, and close it at the end."""
    seconds = settings.timeout_seconds
    # Connecting ends first, so that a reply that timed out before it left is known not to have been posted.
    async with ClientSession(timeout=ClientTimeout(total=seconds, connect=seconds / 2)) as session:
        yield session


def origin_of(settings: XSettings) -> URL:
    """Give the origin of the API. Raises SettingsError."""
    try:
        return URL(settings.base_url).origin()
    except ValueError as error:
        raise SettingsError(
            f"x.base_url: {settings.base_url!r} is not an address; write https://host or http://host:port"
        ) from error
