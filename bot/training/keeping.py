"""Keeps the shelves of one process fresh: what is added, changed, expired or in quarantine counts within a second."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import structlog

from bot import telemetry
from bot.errors import StorageDown
from bot.training.brain import relearnt
from bot.training.encoding import encode_chunk, texts_of
from bot.training.shelving import key_of
from knowledge.article import Article
from storage import contradictions, library, vectors
from storage.notices import Subject, listening

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
    from concurrent.futures import Executor
    from datetime import date

    from bot.ports import Encoder
    from bot.settings import Settings
    from bot.training.brain import Brain
    from bot.vocabulary import Vector
    from storage.database import Database
    from storage.library import Key
    from storage.notices import Notice

log = structlog.get_logger(__name__)

LOOK_SECONDS = 60.0
"""Longest time between two looks: a notice may be lost."""

READ_AT_ONCE = 100
"""Changes that are read in one go: few enough not to hold up the event loop."""

ENCODED_AT_ONCE = 32
"""Texts that are encoded in one go: no decision waits longer than that for the bench."""


def utc_now() -> datetime:
    """Give the present moment."""
    return datetime.now(UTC)


class Librarian:
    """Has the brain in force, and puts another in its place when what is stored has changed.

    Searches go on with the old shelves while new ones are built on another thread.
    """

    def __init__(
        self,
        brain: Brain,
        settings: Settings,
        database: Database,
        *,
        bench: Executor,
        clock: Callable[[], datetime] = utc_now,
        patience: float = LOOK_SECONDS,
    ) -> None:
        self.brain = brain  #: Ask for it anew each time; it is never changed, only replaced.
        self._settings = settings
        self._database = database
        self._bench = bench
        self._clock = clock
        self._patience = patience
        self._day: date | None = None  # of the last look for what has expired
        self._revision = brain.knowledge.revision
        self._quarantined = brain.knowledge.quarantined
        self._gone: set[Key] = set()  # what is to leave the shelves
        self._put: dict[Key, Article] = {}  # what is to go on them
        self._texts: list[str] = []  # of that, what is not encoded yet
        _show(brain)

    async def keep(self) -> None:
        """Look after each notice, at midnight UTC when articles expire, and every minute. Raises StorageDown."""
        async with listening(self._database) as notices:
            told = asyncio.ensure_future(_next_change(notices))
            try:
                while True:
                    await self.look()
                    await asyncio.wait({told}, timeout=min(self._patience, _until_midnight(self._clock())))
                    if told.done():
                        told.result()
                        told = asyncio.ensure_future(_next_change(notices))
            finally:
                told.cancel()
                await asyncio.gather(told, return_exceptions=True)

    async def look(self) -> None:
        """Bring the brain in line with what is stored. Raises StorageDown; the next look then goes on from there."""
        while await self._step():
            pass
        self._turn_to(await relearnt(self.brain, self._settings, self._database))

    async def _step(self) -> bool:
        """Do the most urgent thing, and say whether there was any: what must not be used waits for no encoder."""
        read_all = await self._read()
        if self._gone:
            await self._shelve((), self._gone, {})
            self._gone = set()
        elif self._texts and read_all:
            await encode_chunk(self._database, self._encoder, self._texts[:ENCODED_AT_ONCE], self._bench)
            del self._texts[:ENCODED_AT_ONCE]
        elif self._put and read_all:
            await self._put_up()
        else:
            return not read_all
        return True

    async def _read(self) -> bool:
        """Take note of some changes, and say whether these were all."""
        async with self._database.begin() as connection:
            changes = await library.changes_since(connection, self._revision, at_most=READ_AT_ONCE)
            quarantined = frozenset(await library.quarantined_articles(connection))
            overruled = await contradictions.overruled(connection)
            released = await library.article_documents(connection, self._quarantined - quarantined)
        written = [change.document for change in changes if change.document is not None]
        self._note([Article.from_document(document) for document in (*written, *released)])
        self._withdraw(quarantined.union(change.key for change in changes if change.document is None))
        self._expire()
        self._revision = changes[-1].revision if changes else self._revision
        self._quarantined = quarantined
        if overruled != self.brain.knowledge.overruled:
            self._turn_to(self.brain.knowing(replace(self.brain.knowledge, overruled=overruled)))
        return len(changes) < READ_AT_ONCE

    def _note(self, articles: Iterable[Article]) -> None:
        shelved, today = self.brain.knowledge.fingerprints, self._clock().date()
        for article in articles:
            key = key_of(article)
            if not article.searchable_on(today):
                self._withdraw({key})
            elif shelved.get(key) == article.fingerprint and key not in self._gone:
                self._put.pop(key, None)  # changed and changed back
            else:
                self._put[key] = article

    def _withdraw(self, keys: Collection[Key]) -> None:
        self._gone |= self.brain.knowledge.fingerprints.keys() & keys
        for key in self._put.keys() & keys:
            del self._put[key]

    def _expire(self) -> None:
        today = self._clock().date()
        if today != self._day:
            known = {**self.brain.knowledge.articles, **self._put}
            self._withdraw({key for key, article in known.items() if not article.searchable_on(today)})
            self._day = today

    async def _put_up(self) -> None:
        """Put what was read on the shelves, or find that some of it must be encoded before."""
        put = list(self._put.values())
        texts = await asyncio.to_thread(texts_of, put)
        names = {"model": self._encoder.name, "revision": self._encoder.revision}
        async with self._database.begin() as connection:
            self._texts = await vectors.missing_texts(connection, texts, **names)
            found = {} if self._texts else await vectors.find_vectors(connection, texts, **names)
        if found:
            await self._shelve(put, (), found)
            self._put = {}

    async def _shelve(self, put: Sequence[Article], gone: Collection[Key], found: Mapping[str, Vector]) -> None:
        brain = self.brain
        self._turn_to(await asyncio.to_thread(lambda: brain.knowing(brain.knowledge.changed(put, gone, found))))
        log.info("shelves changed", put=len(put), gone=len(gone), articles=len(self.brain.knowledge.fingerprints))

    def _turn_to(self, brain: Brain) -> None:
        if brain is not self.brain:
            self.brain = brain
            _show(brain)

    @property
    def _encoder(self) -> Encoder:
        return self.brain.steps.understander.encoder


async def _next_change(notices: AsyncIterator[Notice]) -> None:
    async for notice in notices:
        if notice.subject is Subject.KNOWLEDGE:
            return
    raise StorageDown("The database ended the notices.")


def _until_midnight(now: datetime) -> float:
    midnight = datetime.combine(now.date() + timedelta(days=1), time(), UTC)
    return (midnight - now).total_seconds()


def _show(brain: Brain) -> None:
    answer, known = brain.limits.answer, brain.knowledge.fingerprints.values()
    telemetry.THRESHOLD.set(answer if answer is not None and brain.limits.alone else 2.0)
    telemetry.UPPER_BOUND.set(brain.certificate.upper_bound if brain.certificate.valid else 1.0)
    telemetry.ARTICLES.set(len(known))
    telemetry.UNAUDITED.set(sum(fingerprint not in brain.audited for fingerprint in known))
