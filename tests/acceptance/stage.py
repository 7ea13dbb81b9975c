"""What an acceptance test sees: a sandbox to post on, and the database to look into."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import aiohttp
from sqlalchemy import func, select

from bot import service
from bot.settings import Settings
from sandbox.world import NewPost, World
from storage.agents import Role, ensure_agent
from storage.database import Database
from storage.inbox import find_cursor
from storage.report import courses
from storage.tables import conversations, decisions, mentions, receipts

PATIENCE_SECONDS = 120

ORDER = {"receipts": "sent_at", "opt_outs": "since", "feedback": "given_at"}
"""What some tables are read by; the others by their id."""

CLEAR = "@TarnwellHelp how do I swap the Fn and Ctrl keys on my Book 15?"
OTHER = "@TarnwellHelp how do I connect my Dock 2 to two displays?"
CLEAR_DE = "@TarnwellHelp Wie kann ich die Tasten Fn und Strg an meinem Book 15 tauschen?"
IRATE = "@TarnwellHelp third repair, THIRD, and it still won't boot!!! You people are a joke, I'm done with you 😡"


@dataclass(frozen=True)
class Stage:
    """A sandbox, and the settings of a service that listens to it."""

    world: World
    url: str
    settings: Settings
    database: Database

    def under(self, **sections):
        """Give the same stage under changed settings, section by section."""
        changed = {name: {**getattr(self.settings, name).model_dump(), **values} for name, values in sections.items()}
        return replace(self, settings=Settings.model_validate({**self.settings.model_dump(), **changed}))

    def say(self, text, author="mara_k", **where):
        """Publish a post of a customer and give its id."""
        return self.world.post(NewPost(author=author, text=text, **where)).id

    def answers(self, post_id):
        """Give the texts with which the brand replied to a post."""
        return [post.text for post in self.world.replies(self.world.get(post_id)) if post.author == self.world.brand]

    async def fault(self, **values):
        """Let something go wrong on the platform."""
        await self.control("POST", "/sandbox/faults", values)

    async def control(self, method, path, body=None, *, headers=None):
        """Ask the sandbox's own switches, or its API, and give their answer."""
        request = {"json": body, "headers": headers}
        async with aiohttp.ClientSession() as session, session.request(method, self.url + path, **request) as answer:
            assert answer.status < 300, await answer.text()
            return await answer.json()

    async def agent(self, name="ana"):
        """Give an agent who works in the console."""
        async with self.database.begin() as connection:
            return await ensure_agent(connection, name, name[:2].upper(), Role.OPS, "correct horse battery staple")

    async def act(self, deed, *given, **named):
        """Do what an agent does, in a transaction of its own, and give what came of it."""
        async with self.database.begin() as connection:
            return await deed(connection, *given, **named)

    async def all(self, table, *conditions):
        """Give the rows of a table, oldest first."""
        async with self.database.begin() as connection:
            return (
                await connection.execute(
                    select(table).where(*conditions).order_by(table.c[ORDER.get(table.name, "id")])
                )
            ).all()

    async def conversation(self, post_id):
        """Give the conversation that a post is in."""
        async with self.database.begin() as connection:
            of = select(mentions.c.conversation_id).where(mentions.c.post_id == post_id).scalar_subquery()
            return (await connection.execute(select(conversations).where(conversations.c.id == of))).one()

    async def decision(self, post_id):
        """Wait until a post is decided and give its decision."""
        await self.course(post_id)
        async with self.database.begin() as connection:
            joined = select(decisions).join(mentions).where(mentions.c.post_id == post_id)
            return (await connection.execute(joined)).one()

    async def course(self, post_id):
        """Wait until a post is decided and give its course."""
        return await until(lambda: self._course(post_id))

    async def cursor(self):
        """Give the listener's cursor once it has looked."""
        async with self.database.begin() as connection:
            return await find_cursor(connection, "x")

    async def receipts(self):
        """Say how many receipts are stored."""
        async with self.database.begin() as connection:
            return await connection.scalar(select(func.count()).select_from(receipts))

    async def _course(self, post_id):
        async with self.database.begin() as connection:
            return (await courses(connection, "x", [post_id])).get(post_id)


def cautious(brain):
    """Give a brain that shows every answer to a person first."""
    return replace(brain, limits=replace(brain.limits, alone=False))


async def until(ask):
    """Ask again and again until the answer is true, and give it."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        answer = ask()
        answer = await answer if asyncio.iscoroutine(answer) else answer
        if answer:
            return answer
        await asyncio.sleep(0.05)
    raise AssertionError(f"not so within {PATIENCE_SECONDS} s")


@asynccontextmanager
async def serving(stage, brain):
    """Run the service until the block ends, from the moment that it listens."""
    async with service.running(stage.settings, stage.database, brain) as running:
        await until(stage.cursor)
        yield running
