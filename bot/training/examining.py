"""Tests the heads with what agents corrected. Nothing is learnt from that: it would be no test any more."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.training.progress import CHUNK, Progress
from storage import artifacts
from storage.corrections import corrected_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.nlu.understander import Understander
    from storage.artifacts import Artifact
    from storage.corrections import CorrectedText
    from storage.database import Database

CORRECTIONS = "corrections"
"""Where the heads' card holds how many corrections they get right."""


async def examined(
    database: Database, heads: Artifact, understander: Understander, threshold: float, progress: Progress
) -> Artifact:
    """Give *heads* with a card that says of how many corrections their mood is on the right side of *threshold*.

    Reads the texts only where the card does not know these corrections. Raises StorageDown.
    """
    async with database.begin() as connection:
        cases = await corrected_texts(connection)
    asked = {"of": len(cases), "threshold": threshold, "newest": cases[-1].corrected_at.isoformat() if cases else None}
    if asked.items() <= heads.card.get(CORRECTIONS, {}).items():
        return heads
    held = await asyncio.to_thread(_count_held, cases, understander, threshold, progress)
    known = replace(heads, card={**heads.card, CORRECTIONS: {"held": held, **asked}})
    async with database.begin() as connection:
        await artifacts.put_card(connection, known)
    return known


def _count_held(
    cases: Sequence[CorrectedText], understander: Understander, threshold: float, progress: Progress
) -> int:
    held = 0
    for start in range(0, len(cases), CHUNK):
        chunk = cases[start : start + CHUNK]
        understood = understander.understand([case.text for case in chunk])
        held += sum((one.mood >= threshold) == case.irate for case, one in zip(chunk, understood, strict=True))
        progress("Testing with corrections", start + len(chunk), len(cases))
    return held
