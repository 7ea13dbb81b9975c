from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bot.cli.privacy import Asked, erase_all
from bot.erasing import DAY, PAGE, TRY, Rechecker
from bot.errors import ChannelDown
from storage.tables import mentions
from tests.bot.values import a_mention
from tests.storage.outcomes import heard, rows

NOW = datetime.now(UTC)
MOMENT = timedelta(seconds=1)


@dataclass
class ListedPosts:
    """Shows all posts but those that are deleted; answers nothing while it is down."""

    deleted: set = field(default_factory=set)
    down: bool = False
    looks: list = field(default_factory=list)

    async def gone(self, post_ids):
        self.looks.append(list(post_ids))
        if self.down:
            raise ChannelDown
        return self.deleted & set(post_ids)


def a_rechecker(database, posts):
    return Rechecker(database=database, channel="x", gone=posts.gone, days=7)


async def left(database):
    return {row.post_id for row in await rows(database, mentions) if row.erased_at is None}


async def test_what_the_channel_shows_no_more_is_erased_here(database):
    await heard(database, a_mention(post_id="1"), a_mention(post_id="2"))

    assert await a_rechecker(database, ListedPosts(deleted={"2"})).recheck() == 1
    assert await left(database) == {"1"}


async def test_posts_are_looked_for_page_by_page_and_each_once(database):
    posts = ListedPosts()
    await heard(database, *[a_mention(post_id=str(n)) for n in range(PAGE + 1)])
    await a_rechecker(database, posts).recheck()

    assert [len(look) for look in posts.looks] == [PAGE, 1]


async def test_posts_are_looked_for_once_a_day(database):
    posts = ListedPosts()
    await heard(database, a_mention())
    for moment in (NOW, NOW + DAY - MOMENT, NOW + DAY):
        await a_rechecker(database, posts).recheck_if_due(moment)

    assert len(posts.looks) == 2


async def test_a_look_that_failed_is_made_again_soon(database):
    posts = ListedPosts(down=True)
    await heard(database, a_mention())
    for moment in (NOW, NOW + TRY - MOMENT, NOW + TRY):
        await a_rechecker(database, posts).recheck_if_due(moment)

    assert len(posts.looks) == 2


@pytest.mark.parametrize("which", [{"posts": ["1"]}, {"asked": Asked(who="@mara_k")}])
async def test_posts_are_erased_by_id_and_by_author(database, which):
    await heard(database, a_mention(post_id="1", author_handle="mara_k"), a_mention(post_id="2", author_id="8"))

    assert (await erase_all(database, **which)).posts == 1
    assert await left(database) == {"2"}
