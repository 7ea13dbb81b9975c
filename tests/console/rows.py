"""Puts invented conversations into the database, as the bot would have left them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

from sqlalchemy import func, insert, select

from bot.vocabulary import ChannelState, Lane
from storage.conditions import note
from storage.tables import conversations, decisions, drafts, handoffs, mentions, receipts, replies

numbers = count(1000)

CANDIDATE = {
    "article_id": "wifi-drops",
    "language": "en",
    "topic": "wifi",
    "question": "Why does Wi-Fi drop after sleep?",
    "short_answer": "Update the wireless driver. ^Bot",
    "reviewed": True,
    "passage": "wifi drops after sleep",
    "score": 0.81,
    "parts": {"dense": 0.8, "lexical": 0.7},
    "confidence": 0.62,
}

UNDERSTANDING = {
    "intents": [{"label": "technical_problem", "probability": 0.8}, {"label": "praise", "probability": 0.1}],
    "mood": 0.2,
    "danger": 0.01,
    "language": "en",
    "text": "wifi drops",
}


async def put_conversation(
    database, text="My wifi drops after sleep", *, name="Ana Ruiz", handle="ana", mention=None, **values
):
    number = str(next(numbers))
    who = {"channel": "x", "author_id": number, "author_handle": handle, "author_name": name, "root_id": number}
    async with database.begin() as connection:
        row = insert(conversations).values(**who, **values).returning(conversations.c.id)
        conversation_id = await connection.scalar(row)
    await put_mention(database, conversation_id, text, **(mention or {}))
    return conversation_id


async def put_mention(database, conversation_id, text, *, minutes_ago=5, **given):
    number = str(next(numbers))
    async with database.begin() as connection:
        own = conversations.c.id == conversation_id
        row = (await connection.execute(select(conversations).where(own))).one()
        values = {
            "conversation_id": conversation_id,
            "channel": row.channel,
            "post_id": number,
            "chain_id": number,
            "author_id": row.author_id,
            "author_handle": row.author_handle,
            "author_name": row.author_name,
            "text": text,
            "posted_at": datetime.now(UTC) - timedelta(minutes=minutes_ago),
            "root_id": row.root_id,
            "kind": "post",
            "addressed": True,
            "followers": 1234,
            "audience": row.audience,
            **given,
        }
        return await connection.scalar(insert(mentions).values(values).returning(mentions.c.id))


async def mention_of(database, conversation_id):
    async with database.begin() as connection:
        newest = select(mentions).where(mentions.c.conversation_id == conversation_id)
        return (await connection.execute(newest.order_by(mentions.c.id.desc()).limit(1))).one()


async def put_decision(
    database, conversation_id, route="draft", *, reasons=("uncertain",), understanding=None, **values
):
    mention = await mention_of(database, conversation_id)
    row = {
        "mention_id": mention.id,
        "route": route,
        "reasons": list(reasons),
        "rules": [
            {"rule": "kill_switch", "applied": False, "reasons": []},
            {"rule": "draft_threshold", "applied": True, "reasons": list(reasons)},
        ],
        "priority": 0.4,
        "confidence": 0.62,
        "threshold": 0.8,
        "certified": True,
        "candidates": [CANDIDATE],
        "understanding": understanding or UNDERSTANDING,
        "versions": {"encoder": "mini-1", "rules": 3},
    }
    async with database.begin() as connection:
        await connection.execute(insert(decisions).values({**row, **values}))


async def put_draft(database, conversation_id, text="Update the wireless driver. ^Bot"):
    mention = await mention_of(database, conversation_id)
    values = {"mention_id": mention.id, "conversation_id": conversation_id, "text": text, "confidence": 0.62}
    async with database.begin() as connection:
        return await connection.scalar(insert(drafts).values(values).returning(drafts.c.id))


async def put_handoff(database, conversation_id, goal="Wants a refund", *, suggestion=""):
    mention = await mention_of(database, conversation_id)
    values = {
        "mention_id": mention.id,
        "conversation_id": conversation_id,
        "goal": goal,
        "mood": 0.9,
        "reasons": ["irate"],
        "suggestion": suggestion,
        "priority": 0.8,
    }
    async with database.begin() as connection:
        await connection.execute(insert(handoffs).values(values))


async def put_reply(
    database, conversation_id, text="Update the driver. ^Bot", *, kind="automatic", state="queued", **given
):
    mention = await mention_of(database, conversation_id)
    values = {
        "mention_id": mention.id,
        "conversation_id": conversation_id,
        "channel": mention.channel,
        "chain_id": mention.chain_id,
        "in_reply_to": mention.post_id,
        "text": text,
        "kind": kind,
        "state": state,
        "audience": mention.audience,
        **given,
    }
    async with database.begin() as connection:
        return await connection.scalar(insert(replies).values(values).returning(replies.c.id))


async def put_receipts(database, reply_id, *post_ids, **given):
    """Say that the reply became these posts, in order."""
    async with database.begin() as connection:
        for part, post_id in enumerate(post_ids, start=1):
            values = {"reply_id": reply_id, "part": part, "channel": "x", "post_id": post_id, "sent_at": func.now()}
            await connection.execute(insert(receipts).values({**values, **given}))


async def put_trouble(database, lane="post", state="spent", problem="The credits are used up.", *, minutes=30):
    async with database.begin() as connection:
        until = datetime.now(UTC) + timedelta(minutes=minutes)
        await note(connection, "x", Lane(lane), ChannelState(state), problem=problem, until=until)


async def rows_of(database, table):
    async with database.begin() as connection:
        return (await connection.execute(select(table).order_by(*table.primary_key))).all()


async def put_drafted(database, text="My wifi drops after sleep", *, draft="Update the wireless driver. ^Bot"):
    """Give the ids of a conversation and of the draft that waits in it."""
    conversation_id = await put_conversation(database, text)
    await put_decision(database, conversation_id)
    return conversation_id, await put_draft(database, conversation_id, draft)
