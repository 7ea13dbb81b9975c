"""Everything that thinking needs, ready in memory."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.deciding.certificate import Certificate, certify
from bot.errors import NotTrained
from bot.nlu.heads import Heads
from bot.nlu.language import LanguageDetector
from bot.nlu.understander import Understander
from bot.pipeline import Steps
from bot.training import fingerprints
from bot.training.certifying import certificate_fingerprint, limits_in_force, read_certificate, target
from bot.training.indexing import Knowledge, load_knowledge
from knowledge.confidence import Confidence
from knowledge.retriever import HybridRetriever
from storage import artifacts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.deciding.rules import Limits
    from bot.ports import Encoder
    from bot.settings import Settings
    from storage.artifacts import Artifact
    from storage.database import Database

HEADS, CONFIDENCE = "heads", "confidence"
"""Names of the trained artifacts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brain:
    """What was trained, and the limits that it works within."""

    steps: Steps
    limits: Limits
    certificate: Certificate
    versions: Mapping[str, str]  #: What every decision row says of what made it.
    cards: Mapping[str, Mapping[str, Any]]  #: Model cards by artifact.


async def load_brain(settings: Settings, database: Database, encoder: Encoder) -> Brain:
    """Load what was trained before. Raises NotTrained where that is missing or was made for another encoder."""
    knowledge = await load_knowledge(database, encoder)
    async with database.begin() as connection:
        heads = await artifacts.find_artifact(connection, HEADS)
        confidence = await artifacts.find_artifact(connection, CONFIDENCE)
        if heads is None or confidence is None or heads.card.get("encoder") != fingerprints.of_encoder(encoder):
            raise NotTrained("There are no heads for this encoder; run `heed train` first.")
        known = await artifacts.find_certificate(connection, certificate_fingerprint(settings, confidence.fingerprint))
    understander = await make_understander(encoder, heads)
    certificate = read_certificate(known) if known else certify((), target(settings))
    steps = make_steps(settings, understander, knowledge, confidence)
    return make_brain(settings, steps, certificate, heads, confidence)


async def make_understander(encoder: Encoder, heads: Artifact) -> Understander:
    """Put encoder, heads and language detector together, off the event loop."""
    languages = await asyncio.to_thread(LanguageDetector)
    return Understander(encoder=encoder, heads=Heads.from_bytes(heads.payload), languages=languages)


def make_steps(settings: Settings, understander: Understander, knowledge: Knowledge, confidence: Artifact) -> Steps:
    """Put the steps of the pipeline together."""
    retriever = HybridRetriever(knowledge.shelves, Confidence.from_bytes(confidence.payload))
    return Steps(understander=understander, retriever=retriever, replying=settings.replying)


def make_brain(
    settings: Settings, steps: Steps, certificate: Certificate, heads: Artifact, confidence: Artifact
) -> Brain:
    """Put the brain together."""
    return Brain(
        steps=steps,
        limits=limits_in_force(settings, certificate),
        certificate=certificate,
        versions={
            "encoder": str(heads.card["encoder"]),
            HEADS: heads.fingerprint,
            CONFIDENCE: confidence.fingerprint,
        },
        cards={HEADS: heads.card, CONFIDENCE: confidence.card},
    )
