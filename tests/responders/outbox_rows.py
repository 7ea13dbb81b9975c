"""Puts a mention and its reply into the database, as the steps before delivering would."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import insert, select, update

from bot.vocabulary import Audience, Lane, Reply, ReplyKind
from responders.outbox import Held, Later, deliver
from storage import conditions, outbox
from storage.tables import conversations, drafts, mentions, opt_outs, receipts, replies

TEXT = "Hold the power key. ^Bot"


async def put_mention(connection, post_id, *, channel="x", author_id="42", conversation_id=None, **changes):
    """Store a mention, in a conversation of its own unless given, and give both ids; *changes* are columns of it."""
    if conversation_id is None:
        conversation_id = await connection.scalar(
            insert(conversations)
            .values(
                channel=channel,
                author_id=author_id,
                author_handle="mara_k",
                root_id=post_id,
                audience=changes.get("audience", "public"),
            )
            .returning(conversations.c.id)
        )
    values = {
        "conversation_id": conversation_id,
        "channel": channel,
        "post_id": post_id,
        "chain_id": post_id,
        "addressed": True,
        "author_id": author_id,
        "author_handle": "mara_k",
        "text": "help",
        "posted_at": datetime.now(UTC),
        "root_id": post_id,
        "kind": "post",
    }
    mention_id = await connection.scalar(insert(mentions).values(values | changes).returning(mentions.c.id))
    return conversation_id, mention_id


async def put_reply(database, post_id="1", *, text=TEXT, kind=ReplyKind.AUTOMATIC, channel="x", author="", **mention):
    """Store a mention and queue a reply to it; give the reply."""
    async with database.begin() as connection:
        conversation_id, mention_id = await put_mention(connection, post_id, channel=channel, **mention)
        reply = Reply(
            channel=channel,
            in_reply_to=post_id,
            text=text,
            kind=kind,
            audience=Audience(mention.get("audience", "public")),
            addressee=mention.get("author_id", "42"),
            author=author,
            mention_id=mention_id,
            conversation_id=conversation_id,
        )
        return await outbox.queue(connection, reply, chain_id=mention.get("chain_id") or post_id)


async def leave_sending(database, reply, tried_at):
    """Do what a worker does before it is killed: claim the reply, and nothing after."""
    async with database.begin() as connection:
        attempt = await outbox.claim(connection, reply.id, now=tried_at)
    assert attempt is not None
    return attempt


async def until_settled(reply, desk):
    """Deliver as the jobs and the sweep would, moving the clock instead of waiting; give the last outcome."""
    for _ in range(30):
        outcome = await deliver(reply.id, desk)
        match outcome:
            case Later(seconds=seconds):
                desk.clock.move(seconds=seconds + 1)
            case Held():
                desk.clock.move(seconds=60)
            case _:
                return outcome
    raise AssertionError(f"never settled: {outcome}")


async def opt_out(database, author_id="42", channel="x"):
    async with database.begin() as connection:
        await connection.execute(insert(opt_outs).values(channel=channel, author_id=author_id))


async def resolve(database, reply):
    async with database.begin() as connection:
        where = conversations.c.id == reply.conversation_id
        await connection.execute(update(conversations).where(where).values(state="resolved"))


async def state_of(database, reply):
    """Give the reply's state, and its conversation's."""
    async with database.begin() as connection:
        joined = select(replies.c.state, conversations.c.state.label("conversation")).join(
            conversations, conversations.c.id == replies.c.conversation_id
        )
        return tuple((await connection.execute(joined.where(replies.c.id == reply.id))).one())


async def receipts_of(database):
    """Give the posts that receipts are stored for, by reply; of several parts the last one."""
    async with database.begin() as connection:
        found = await connection.execute(select(receipts).order_by(receipts.c.part))
        return {row.reply_id: row.post_id for row in found}


async def draft_of(database, reply):
    """Give the draft for the mention that the reply answers, or None."""
    async with database.begin() as connection:
        found = await connection.execute(select(drafts).where(drafts.c.mention_id == reply.mention_id))
        return found.mappings().one_or_none()


async def problem_of(database, reply):
    """Give what the record says went wrong."""
    async with database.begin() as connection:
        return await connection.scalar(select(replies.c.problem).where(replies.c.id == reply.id))


async def condition_of(database, lane=Lane.POST, channel="x"):
    """Give the trouble that a lane is in, or None."""
    async with database.begin() as connection:
        return await conditions.find(connection, channel, lane)
