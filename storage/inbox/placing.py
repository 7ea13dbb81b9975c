"""Which conversation a post belongs to: by account, author and root, for as long as the author does not fall silent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import case, func, select, tuple_, union_all
from sqlalchemy.dialects.postgresql import distinct_on, insert

from storage.mentions import storable
from storage.tables import conversations, mentions, receipts, replies

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import timedelta

    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.vocabulary import Mention

Thread: TypeAlias = tuple[str, str, str, str]
"""Channel, account of ours, author and root post: what one author says to one account under one post."""

Chain: TypeAlias = tuple[str, str]
"""Channel and first version of a post."""

THREAD = ("channel", "account", "author_id", "root_id")


async def place(
    connection: AsyncConnection, posts: Sequence[Mention], lookback: timedelta
) -> tuple[list[int], set[int]]:
    """Give the conversation of each of *posts*, and those among them that were there before.

    A version of a known post goes where the others are. Else the newest conversation of its thread is used, unless
    nothing has happened in it for *lookback*; then the thread begins another.
    """
    chains = await _conversations_of_chains(
        connection, [_chain(post) for post in posts if post.post_id != post.chain_id]
    )
    others = {_thread(post): post for post in posts if _chain(post) not in chains}
    last = await _last_episodes(connection, list(others), lookback)
    going_on = {thread: number for thread, (number, _, silent) in last.items() if not silent}
    new = [
        _row(post, episode=last[thread][1] + 1 if thread in last else 1)
        for thread, post in others.items()
        if thread not in going_on
    ]
    places = {**going_on, **await _begin(connection, new)}
    known = {*chains.values(), *going_on.values()}
    return [chains.get(_chain(post)) or places[_thread(post)] for post in posts], known


async def find_answered(connection: AsyncConnection, post: Mention) -> int | None:
    """Give the conversation that *post*, one of our own, answers in: to a customer's post or to an earlier of ours."""
    to_theirs = select(mentions.c.conversation_id).where(
        mentions.c.channel == post.channel, mentions.c.post_id == post.in_reply_to
    )
    to_ours = (
        select(replies.c.conversation_id)
        .join(receipts)
        .where(receipts.c.channel == post.channel, receipts.c.post_id == post.in_reply_to)
    )
    found: int | None = await connection.scalar(union_all(to_theirs, to_ours).limit(1))
    return found


async def _conversations_of_chains(connection: AsyncConnection, chains: Sequence[Chain]) -> dict[Chain, int]:
    if not chains:
        return {}
    columns = (mentions.c.channel, mentions.c.chain_id)
    rows = await connection.execute(select(*columns, mentions.c.conversation_id).where(tuple_(*columns).in_(chains)))
    return {(row.channel, row.chain_id): row.conversation_id for row in rows}


async def _last_episodes(
    connection: AsyncConnection, threads: Sequence[Thread], lookback: timedelta
) -> Mapping[Thread, tuple[int, int, bool]]:
    """Give id and number of each thread's last episode, and whether it has been silent too long."""
    columns = [conversations.c[name] for name in THREAD]
    silent = case((conversations.c.updated_at < func.now() - lookback, True), else_=False)
    statement = (
        select(*columns, conversations.c.id, conversations.c.episode, silent.label("silent"))
        .ext(distinct_on(*columns))
        .where(tuple_(*columns).in_(threads))
        .order_by(*columns, conversations.c.episode.desc())
    )
    rows = (await connection.execute(statement)).all() if threads else ()
    return {(row[0], row[1], row[2], row[3]): (row.id, row.episode, row.silent) for row in rows}


async def _begin(connection: AsyncConnection, rows: list[dict[str, Any]]) -> dict[Thread, int]:
    if not rows:
        return {}
    columns = [conversations.c[name] for name in THREAD]
    # Asked for ids, SQLAlchemy sends many rows in one statement.
    made = await connection.execute(insert(conversations).returning(*columns, conversations.c.id), rows)
    return {(row[0], row[1], row[2], row[3]): row.id for row in made}


def _row(post: Mention, *, episode: int) -> dict[str, Any]:
    return {
        **dict(zip(THREAD, _thread(post), strict=True)),
        "author_handle": storable(post.author_handle),
        "author_name": storable(post.author_name),
        "audience": post.audience,
        "episode": episode,
    }


def _thread(post: Mention) -> Thread:
    return post.channel, post.account, post.author_id, post.root_id


def _chain(post: Mention) -> Chain:
    return post.channel, post.chain_id
