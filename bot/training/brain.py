"""Everything that thinking needs, ready in memory."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bot.deciding.teams import check_intents
from bot.errors import NotTrained
from bot.nlu.entities import Forms
from bot.nlu.heads import Heads
from bot.nlu.language import LanguageDetector
from bot.nlu.lexicon import load_lexicons
from bot.nlu.understander import Understander
from bot.pipeline import Steps
from bot.training import fingerprints
from bot.training.certifying import Proof, certificate_fingerprint, limits_in_force
from bot.training.dense import dense_arm
from bot.training.shelving import load_knowledge
from knowledge.confidence import Confidence
from knowledge.retriever import HybridRetriever
from storage import artifacts, certificates

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.deciding.certificate import Certificate
    from bot.deciding.rules import Limits
    from bot.ports import Encoder
    from bot.settings import Settings
    from bot.training.shelving import Knowledge
    from knowledge.article import Article
    from storage.artifacts import Artifact
    from storage.database import Database

HEADS, CONFIDENCE = "heads", "confidence"
"""Names of the trained artifacts."""

PRODUCTS = "products"
"""Where the heads' card holds the names that the examples mark as products."""

AUDITED = "articles"
"""Where the confidence's card holds the fingerprints of the articles that confidence and certificate were made with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brain:
    """What was trained, the knowledge base that it searches, and the limits that it works within."""

    steps: Steps
    limits: Limits
    proof: Proof
    versions: Mapping[str, str]  #: What every decision row says of what made it.
    cards: Mapping[str, Mapping[str, Any]]  #: Model cards by artifact.
    knowledge: Knowledge
    confidence: Confidence
    audited: frozenset[str]  #: Fingerprints of the articles that the certificate was made with.

    @property
    def certificate(self) -> Certificate:
        """The certificate of all topics together, for public answers."""
        return self.proof.certification.public.whole

    def is_audited(self, article: Article) -> bool:
        """Say whether the certificate was made with *article* as it is now: neither added nor changed since."""
        return article.fingerprint in self.audited

    def knowing(self, knowledge: Knowledge) -> Brain:
        """Give the same brain over another knowledge base; what is in there anew is not audited."""
        retriever = _make_retriever(knowledge, self.confidence, self.audited)
        return replace(
            self,
            steps=replace(self.steps, retriever=retriever),
            knowledge=knowledge,
            versions={**self.versions, "knowledge": knowledge.fingerprint},
        )


async def load_brain(settings: Settings, database: Database, encoder: Encoder) -> Brain:
    """Load what was trained before. Raises NotTrained where that is missing or was made for another encoder."""
    indexing = await dense_arm(settings, database, encoder)
    return await _load_trained(settings, database, encoder, await load_knowledge(database, encoder, indexing))


async def relearnt(brain: Brain, settings: Settings, database: Database) -> Brain:
    """Give what was trained since *brain* was, over the same knowledge base; *brain* itself where nothing was.

    What was trained for another encoder is not for this process. Raises StorageDown.
    """
    async with database.begin() as connection:
        trained = await artifacts.artifact_fingerprint(connection, CONFIDENCE)
        if trained is None or trained == brain.versions[CONFIDENCE]:
            return brain
        # Training stores its certificate last: before that, heads and confidence may not belong together.
        fingerprint = certificate_fingerprint(settings, trained)
        if await certificates.find_certificate(connection, fingerprint) is None:
            return brain
    try:
        return await _load_trained(settings, database, brain.steps.understander.encoder, brain.knowledge)
    except NotTrained:
        return brain


async def _load_trained(settings: Settings, database: Database, encoder: Encoder, knowledge: Knowledge) -> Brain:
    async with database.begin() as connection:
        heads = await artifacts.find_artifact(connection, HEADS)
        confidence = await artifacts.find_artifact(connection, CONFIDENCE)
        if heads is None or confidence is None or heads.card.get("encoder") != fingerprints.of_encoder(encoder):
            raise NotTrained("There are no heads for this encoder; run `heed train` first.")
        made_from = certificate_fingerprint(settings, confidence.fingerprint)
        proof = Proof.of(settings, made_from, await certificates.find_certificate(connection, made_from))
    understander = await make_understander(settings, encoder, heads)
    steps = make_steps(settings, understander, knowledge, confidence)
    return make_brain(settings, steps, proof, heads=heads, confidence=confidence, knowledge=knowledge)


async def make_understander(settings: Settings, encoder: Encoder, heads: Artifact) -> Understander:
    """Put encoder, heads and language detector together, off the event loop."""
    languages = await asyncio.to_thread(LanguageDetector)
    lexicons = await asyncio.to_thread(load_lexicons)
    return Understander(
        encoder=encoder,
        heads=Heads.from_bytes(heads.payload),
        languages=languages,
        lexicons=lexicons,
        forms=Forms.from_settings(settings, learnt=heads.card.get(PRODUCTS, ())),
    )


def make_steps(settings: Settings, understander: Understander, knowledge: Knowledge, confidence: Artifact) -> Steps:
    """Put the steps of the pipeline together."""
    retriever = _make_retriever(knowledge, Confidence.from_bytes(confidence.payload), _audited(confidence))
    return Steps(understander=understander, retriever=retriever, replying=settings.replying, privacy=settings.privacy)


def make_brain(
    settings: Settings,
    steps: Steps,
    proof: Proof,
    *,
    heads: Artifact,
    confidence: Artifact,
    knowledge: Knowledge,
) -> Brain:
    """Put the brain together. Raises SettingsError where a lane rule names an intent that the heads do not know."""
    check_intents(settings.teams, heads.card["intents"])
    return Brain(
        steps=steps,
        limits=limits_in_force(settings, proof),
        proof=proof,
        versions={
            "encoder": str(heads.card["encoder"]),
            HEADS: heads.fingerprint,
            CONFIDENCE: confidence.fingerprint,
            "knowledge": knowledge.fingerprint,
        },
        cards={HEADS: heads.card, CONFIDENCE: confidence.card},
        knowledge=knowledge,
        confidence=Confidence.from_bytes(confidence.payload),
        audited=_audited(confidence),
    )


def _audited(confidence: Artifact) -> frozenset[str]:
    return frozenset(confidence.card.get(AUDITED, ()))


def _make_retriever(knowledge: Knowledge, confidence: Confidence, audited: frozenset[str]) -> HybridRetriever:
    known = knowledge.fingerprints

    def is_audited(article: Article) -> bool:
        return known.get((article.id, article.language)) in audited

    return HybridRetriever(knowledge.shelves, confidence, audited=is_audited, overruled=knowledge.overruled)
