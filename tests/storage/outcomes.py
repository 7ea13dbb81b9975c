"""Hears mentions, and records what the bot could have made of them."""

from __future__ import annotations

from sqlalchemy import select

from bot.vocabulary import Draft, Handoff, Outcome, Priority, Reason, Reply, Route
from storage.decisions import record
from storage.inbox import admit, take
from tests.bot.values import a_decision

VERSIONS = {"encoder": "hashed 1"}


async def heard(database, *mentions):
    async with database.begin() as connection:
        await admit(connection, mentions)
        return await take(connection, 64)


async def put(database, *outcomes):
    async with database.begin() as connection:
        return await record(connection, outcomes, VERSIONS)


async def rows(database, table):
    async with database.begin() as connection:
        return (await connection.execute(select(table))).all()


def replied(admitted, text="Hold the key. ^Bot", **values):
    reply = Reply(channel="x", in_reply_to=admitted.mention.post_id, text=text)
    return Outcome(admitted=admitted, decision=a_decision(Route.ANSWER), made=reply, **values)


def drafted(admitted, priority=0.2, **values):
    decision = a_decision(Route.DRAFT, Reason.UNCERTAIN, priority=Priority(mood=priority), **values)
    return Outcome(admitted=admitted, decision=decision, made=Draft(text="Hold the key. ^Bot", article_id="keys"))


def handed(admitted, priority=0.6, **values):
    decision = a_decision(Route.HANDOFF, Reason.IRATE, priority=Priority(mood=priority), **values)
    made = Handoff(goal="Wants it right.", mood=0.9, reasons=(Reason.IRATE,), suggestion="Sorry.", priority=priority)
    return Outcome(admitted=admitted, decision=decision, made=made)


def ignored(admitted, **values):
    return Outcome(admitted=admitted, decision=a_decision(Route.IGNORE, Reason.OPTED_OUT), **values)
