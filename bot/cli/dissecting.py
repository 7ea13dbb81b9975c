"""`heed bench understanding`: what each part of understanding takes of a batch, beside the encoder's pass over it."""

from __future__ import annotations

import asyncio
import time
from contextlib import contextmanager
from statistics import median
from typing import TYPE_CHECKING

from bot.cli.benching import sample_texts
from bot.cli.output import report
from bot.cli.scratch import scratch
from bot.nlu.cleaning import clean
from bot.nlu.traits import Said, read_traits
from bot.processor import sharing_cores
from bot.telemetry import set_up_logging

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.nlu.understander import Understander
    from bot.settings import Settings


class Stopwatch:
    """Keeps what parts of a work took, time after time."""

    def __init__(self) -> None:
        self._taken: dict[str, list[float]] = {}

    @contextmanager
    def timing(self, part: str) -> Iterator[None]:
        """Count what is done meanwhile to *part*."""
        started = time.perf_counter()
        yield
        self._taken.setdefault(part, []).append((time.perf_counter() - started) * 1000)

    def median_ms(self, part: str) -> float:
        """Give the median of all times of *part*, in milliseconds."""
        return median(self._taken[part])


async def understanding(settings: Settings, mentions: int, *, as_json: bool) -> int:
    """Measure and print what a batch takes in the encoder, the heads, language detection and cleaning."""
    set_up_logging(settings.log.model_copy(update={"level": "error", "format": "console"}))
    batch = settings.encoder.batch
    texts = sample_texts(settings, -(-mentions // batch) * batch)
    async with scratch(settings) as (_, brain):
        with sharing_cores():  # as the service does
            figures = await asyncio.to_thread(dissect, brain.steps.understander, texts, batch)
    report(figures, as_json=as_json)
    return 0


def dissect(understander: Understander, texts: Sequence[str], batch: int) -> dict[str, float]:
    """Give the median milliseconds of each part over batches of *batch* texts; the parts take turns on each batch."""
    batches = [texts[start : start + batch] for start in range(0, len(texts), batch)]
    _carry(understander, batches[0], Stopwatch())  # The first pass is slower than any other.
    watch = Stopwatch()
    for some in batches:
        _carry(understander, some, watch)
    heads, encoder = watch.median_ms("heads"), watch.median_ms("encoder")
    return {
        "mentions": len(texts),
        "encoder_ms": round(encoder, 3),
        "heads_ms": round(heads, 3),
        "language_ms": round(watch.median_ms("language"), 3),
        "cleaning_ms": round(watch.median_ms("cleaning"), 3),
        "share": round(heads / encoder, 4),
    }


def _carry(understander: Understander, texts: Sequence[str], watch: Stopwatch) -> None:
    with watch.timing("cleaning"):
        plain = [clean(text) for text in texts]
    with watch.timing("encoder"):
        vectors = understander.encoder.encode(plain)
    with watch.timing("language"):
        languages = [understander.languages.detect(words) for words in plain]
    said = [Said(text=text, plain=plain[row], language=languages[row]) for row, text in enumerate(texts)]
    with watch.timing("heads"):
        understander.heads.read(read_traits(said, vectors, understander.lexicons), plain)
