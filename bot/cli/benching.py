"""`heed bench throughput`: the whole pipeline against the bare encoder, on the same texts in the same run."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any

import numpy as np

from bot import memory, service
from bot.cli.output import report
from bot.cli.scratch import scratch
from bot.errors import StorageDown
from bot.nlu.cleaning import clean
from bot.nlu.examples import read_examples
from bot.telemetry import set_up_logging
from bot.vocabulary import Mention
from storage import inbox
from storage.mentions import mention_id_of
from storage.notices import Notice, Subject, listening

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from bot.service import Service
    from bot.settings import Settings

ROUNDS = 4
"""Parts of the texts; encoder and pipeline take turns part by part, so that a drift of the machine hits both."""

SINGLES = 100
"""Mentions sent one by one to an idle service, for the time from stored to decided."""

PAGE = 100
"""Mentions stored at once, as a page of the channel brings them."""

LANES = 2
"""Batches under way at the same time: while one is encoded, another is read or written."""


async def throughput(settings: Settings, mentions: int, *, as_json: bool) -> int:
    """Measure and print mentions a second, the encoder's rate, their ratio, and the latency at rest."""
    set_up_logging(settings.log.model_copy(update={"level": "error", "format": "console"}))
    texts = sample_texts(settings, mentions + SINGLES)
    async with AsyncExitStack() as stack:
        database, brain = await stack.enter_async_context(scratch(settings))
        quiet = settings.model_copy(update={"x": settings.x.model_copy(update={"enabled": False})})
        running = await stack.enter_async_context(service.running(quiet, database, brain, serve=False))
        rates = await _rates(running, texts[:mentions])
        waits = await latencies(running, texts[mentions:], first=mentions)
    figures = {
        "mentions": mentions,
        "mentions_per_second": round(rates[0], 1),
        "encoder_per_second": round(rates[1], 1),
        "ratio": round(rates[0] / rates[1], 3),
        "p50_ms": round(float(np.percentile(waits, 50)), 1),
        "p95_ms": round(float(np.percentile(waits, 95)), 1),
        "memory_mb": round(memory.peak_mb()),
    }
    report(figures, as_json=as_json)
    return 0


def sample_texts(settings: Settings, count: int) -> list[str]:
    """Give so many texts to measure with: training examples in an order that is always the same."""
    examples = [example.text for example in read_examples(settings.data.training)]
    order = np.random.default_rng(7).permutation(len(examples))
    return [f"@brand {examples[n]}" for n in islice(cycle(order), count)]


async def _rates(running: Service, texts: Sequence[str]) -> tuple[float, float]:
    encoding = piping = 0.0
    encoder = running.brain.steps.understander.encoder
    loop = asyncio.get_running_loop()
    for part in np.array_split(np.arange(len(texts)), ROUNDS):
        own = [texts[n] for n in part]
        plain = [clean(text) for text in own]
        started = time.perf_counter()
        for start in range(0, len(plain), running.settings.worker.batch):
            chunk = plain[start : start + running.settings.worker.batch]
            await loop.run_in_executor(running.workshop.bench, encoder.encode, chunk)
        encoding += time.perf_counter() - started
        started = time.perf_counter()
        await _carry(running, own, first=int(part[0]))
        piping += time.perf_counter() - started
    return len(texts) / piping, len(texts) / encoding


async def _carry(running: Service, texts: Sequence[str], *, first: int) -> None:
    for start in range(0, len(texts), PAGE):
        heard = [_mention(first + start + n, text) for n, text in enumerate(texts[start : start + PAGE])]
        async with running.database.begin() as connection:
            await inbox.admit(connection, heard)
    await asyncio.gather(*(running.workshop.decide_waiting() for _ in range(LANES)))


async def latencies(running: Service, texts: Sequence[str], *, first: int) -> list[float]:
    """Give the milliseconds from stored to decided of mentions sent one by one, numbered from *first* on."""
    waits = []
    async with listening(running.database) as notices:
        for number, text in enumerate(texts, start=first):
            mention = _mention(number, text)
            async with running.database.begin() as connection:
                await inbox.admit(connection, [mention])
                mention_id = await mention_id_of(connection, mention)
            started = time.perf_counter()
            await running.workshop.foreman.decide()
            await _decided(notices, mention_id)
            waits.append((time.perf_counter() - started) * 1000)
    return waits


async def _decided(notices: AsyncIterator[Notice], mention_id: int | None) -> None:
    async for notice in notices:
        if notice.subject is Subject.DECIDED and notice.mention_id == mention_id:
            return
    raise StorageDown("The database ended the notices.")


def a_mention(post_id: str, author_id: str, text: str, **others: Any) -> Mention:  # noqa: ANN401 - fields of a mention
    """Give something that a customer says now; the root of its thread, unless given among *others*, is itself."""
    return Mention(
        channel="bench",
        post_id=post_id,
        chain_id=post_id,
        author_id=author_id,
        author_handle="customer",
        text=text,
        posted_at=datetime.now(UTC),
        **{"root_id": post_id, **others},
    )


def _mention(number: int, text: str) -> Mention:
    return a_mention(str(number + 1), f"author {number}", text)
