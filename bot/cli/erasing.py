"""`heed erase`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import service
from bot.cli.output import out, report
from storage.erasing import erase_author, erase_posts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.settings import Settings
    from storage.database import Database

CHANNEL = "x"


async def erase_and_tell(settings: Settings, posts: Sequence[str], authors: Sequence[str], *, as_json: bool) -> int:
    """Erase and print how many stored posts that were. Raises SettingsError, StorageDown."""
    async with service.open_database(settings) as database:
        count = await erase(database, posts=posts, authors=authors)
    if as_json:
        report({"erased": count}, as_json=True)
    else:
        out.print(f"{count} {'post' if count == 1 else 'posts'} erased. Their decisions stay, without the words.")
    return 0


async def erase(database: Database, *, posts: Sequence[str] = (), authors: Sequence[str] = ()) -> int:
    """Erase *posts* by their ids and all posts of *authors* by their handles; give how many were stored."""
    async with database.begin() as connection:
        count = await erase_posts(connection, CHANNEL, posts) if posts else 0
        for handle in authors:
            count += await erase_author(connection, CHANNEL, handle)
    return count
