"""Passes the database's notices on to all open pages: one listener a process, however many browsers."""

from __future__ import annotations

import asyncio
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog

from bot.errors import StorageDown
from storage.notices import listening

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.database import Database
    from storage.notices import Notice

CLIENTS = 200  #: Browsers at most in one process.
BACKLOG = 100  #: Messages that a slow browser may be behind before it is sent away to come back afresh.
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0

log = structlog.get_logger()


class FeedFull(Exception):
    """As many browsers listen as this process takes."""


class Feed:
    """Gives every subscriber what changed, as ready server-sent events; None ends the stream."""

    def __init__(self, database: Database, *, clients: int = CLIENTS) -> None:
        self._database = database
        self._room = clients
        self._clients: set[asyncio.Queue[bytes | None]] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._connected = False

    @contextmanager
    def subscribe(self) -> Iterator[asyncio.Queue[bytes | None]]:
        """Join; the first message says whether the database is listened to. Raises FeedFull."""
        if len(self._clients) >= self._room:
            raise FeedFull
        queue: asyncio.Queue[bytes | None] = asyncio.Queue(BACKLOG)
        queue.put_nowait(_event("ready" if self._connected else "away"))
        self._clients.add(queue)
        try:
            yield queue
        finally:
            self._clients.discard(queue)

    def start(self) -> None:
        """Begin to listen in a task of this feed."""
        task = asyncio.create_task(self._listen_for_ever(), name="console-feed")
        self._tasks.add(task)

    def dismiss(self) -> None:
        """End all streams, so that a server that stops need not wait for its browsers."""
        self._room = 0
        for queue in tuple(self._clients):
            self._end(queue)

    async def stop(self) -> None:
        """Stop listening."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _listen_for_ever(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                async with listening(self._database) as notices:
                    self._connected = True
                    self._tell(_event("ready"))
                    pause = FIRST_PAUSE_SECONDS
                    async for notice in notices:
                        self._tell(_change(notice))
            except StorageDown:
                log.warning("console_feed_lost", retry_seconds=pause)
            if self._connected:
                self._connected = False
                self._tell(_event("away"))
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    def _tell(self, message: bytes) -> None:
        for queue in tuple(self._clients):
            if queue.full():
                self._end(queue)
            else:
                queue.put_nowait(message)

    def _end(self, queue: asyncio.Queue[bytes | None]) -> None:
        self._clients.discard(queue)
        while not queue.empty():
            queue.get_nowait()
        queue.put_nowait(None)


def _event(name: str, data: str = "{}") -> bytes:
    return f"event: {name}\ndata: {data}\n\n".encode()


def _change(notice: Notice) -> bytes:
    data = {"subject": notice.subject, "conversation": notice.conversation_id}
    return _event("change", json.dumps(data))
