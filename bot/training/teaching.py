"""Fits the heads, the confidence and the certificate."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from bot.nlu.entities import learnt_products
from bot.nlu.examples import Example, read_examples
from bot.nlu.heads import thinned, train_heads, traits_of
from bot.nlu.lexicon import LEXICONS, load_lexicons
from bot.nlu.phrases import Phrases
from bot.training import fingerprints
from bot.training.audits import AuditedQuestion, read_audits
from bot.training.brain import AUDITED, CONFIDENCE, HEADS, PRODUCTS, Brain, make_brain, make_steps, make_understander
from bot.training.certifying import Proof, certificate_fingerprint, certify_steps, counts_from
from bot.training.dense import dense_arm
from bot.training.examining import examined
from bot.training.progress import Progress, silent
from bot.training.shelving import Knowledge, load_knowledge
from bot.vocabulary import Audience, Part
from knowledge.confidence import NOTHING_WANTED
from knowledge.fitting import Judged, fit_confidence
from storage import artifacts, audits, certificates
from storage.artifacts import Artifact
from storage.notices import Notice, Subject, notify

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.nlu.understander import Understander
    from bot.pipeline import Steps
    from bot.ports import Encoder
    from bot.settings import Settings
    from bot.vocabulary import Understanding
    from storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """All that is learnt from."""

    examples: tuple[Example, ...]
    knowledge: Knowledge
    calibrating: tuple[AuditedQuestion, ...]


async def train(
    settings: Settings, database: Database, encoder: Encoder, *, progress: Progress = silent, force: bool = False
) -> Brain:
    """Fit the heads, the confidence and the certificate where anything they were made from changed, and load them.

    Raises NotTrained where nothing is indexed, DataError for malformed examples or audits, StorageDown.
    """
    knowledge = await load_knowledge(database, encoder, await dense_arm(settings, database, encoder, progress))
    lesson = await asyncio.to_thread(_read_lesson, settings, knowledge)
    sources = (knowledge.fingerprint, fingerprints.of_file(settings.data.audits))
    wanted = fingerprints.fingerprint(
        fingerprints.of_files(settings.data.training, "*.yml"),
        fingerprints.of_files(settings.data.own_training, "*.yml") if settings.data.own_training else "",
        fingerprints.of_files(LEXICONS, "*.txt"),
        fingerprints.of_code("bot/nlu"),
        fingerprints.of_encoder(encoder),
        *sources,
    )
    heads = await _kept(database, HEADS, wanted, lambda: _teach_heads(lesson, encoder, wanted, progress), force=force)
    understander = await make_understander(settings, encoder, heads)
    heads = await examined(database, heads, understander, settings.deciding.irate_threshold, progress)
    made_from = fingerprints.fingerprint(wanted, fingerprints.of_code("knowledge"), *sources)
    confidence = await _kept(
        database,
        CONFIDENCE,
        made_from,
        lambda: _teach_confidence(lesson, understander, made_from, progress),
        force=force,
    )
    steps = make_steps(settings, understander, knowledge, confidence)
    proof = await _prove(settings, database, steps, confidence, progress=progress, force=force)
    return make_brain(settings, steps, proof, heads=heads, confidence=confidence, knowledge=knowledge)


def load_phrases(settings: Settings) -> Phrases:
    """Read the short phrases that steer a dialogue from the training examples; takes a second. Raises DataError."""
    return Phrases(_read_examples(settings))


def _read_lesson(settings: Settings, knowledge: Knowledge) -> Lesson:
    calibrating = tuple(question for question in read_audits(settings.data.audits) if not question.certifies)
    return Lesson(examples=_read_examples(settings), knowledge=knowledge, calibrating=calibrating)


def _read_examples(settings: Settings) -> tuple[Example, ...]:
    folders = [folder for folder in (settings.data.training, settings.data.own_training) if folder is not None]
    return read_examples(*folders)


async def _kept(
    database: Database, name: str, fingerprint: str, make: Callable[[], Artifact], *, force: bool
) -> Artifact:
    """Give the stored artifact where it was made from the same, else make and store it."""
    async with database.begin() as connection:
        known = await artifacts.find_artifact(connection, name)
    if known is not None and known.fingerprint == fingerprint and not force:
        return known
    made = await asyncio.to_thread(make)
    async with database.begin() as connection:
        await artifacts.put_artifact(connection, made)
    return made


async def _prove(
    settings: Settings, database: Database, steps: Steps, confidence: Artifact, *, progress: Progress, force: bool
) -> Proof:
    """Certify where that was never done for this confidence, or where people have judged more answers since."""
    made_from = certificate_fingerprint(settings, confidence.fingerprint)
    async with database.begin() as connection:
        stored = await certificates.find_certificate(connection, made_from)
        known = Proof.of(settings, made_from, stored)
        since = None if force else counts_from(await certificates.newest_certificate(connection))
        judged = {audience: await audits.judged_answers(connection, audience, since=since) for audience in Audience}
    if stored is not None and not force and not known.lacks(judged):
        return known
    certify = partial(certify_steps, settings, steps, judged, since=since, progress=progress)
    document = (await asyncio.to_thread(certify)).to_document()
    async with database.begin() as connection:
        await certificates.put_certificate(connection, made_from, document)
        stored = await certificates.find_certificate(connection, made_from)
        await notify(connection, Notice(subject=Subject.KNOWLEDGE))
    return Proof.of(settings, made_from, stored)


def _teach_heads(lesson: Lesson, encoder: Encoder, fingerprint: str, progress: Progress) -> Artifact:
    # The knowledge base and what was audited show better than any example how a question sounds that has an answer.
    asks = [
        Example(text=said, intent="question", language=spoken, file="asks") for spoken, said in _asks(lesson.knowledge)
    ]
    audited = [
        Example(text=question.text, intent="question", language=question.language, file="audits")
        for question in lesson.calibrating
        if question.right
    ]
    examples = thinned([*lesson.examples, *asks, *audited])
    progress("Training heads", 0, 2)
    traits = traits_of(examples, encoder, load_lexicons())
    progress("Training heads", 1, 2)
    trained = train_heads(examples, traits)
    progress("Training heads", 2, 2)
    card = {
        **trained.card,
        "encoder": fingerprints.of_encoder(encoder),
        PRODUCTS: learnt_products(lesson.examples),
    }
    return Artifact(name=HEADS, fingerprint=fingerprint, payload=trained.heads.to_bytes(), card=card)


def _teach_confidence(lesson: Lesson, understander: Understander, fingerprint: str, progress: Progress) -> Artifact:
    progress("Fitting confidence", 0, 2)
    asks = _asks(lesson.knowledge)
    asked = dict(zip(asks, understander.understand([text for _, text in asks]), strict=True))
    chatter = [
        (example.language, example.text)
        for example in lesson.examples
        if example.intent in NOTHING_WANTED and example.addressed
    ]
    judged = [
        Judged(understanding=understood, right=question.right)
        for question, understood in zip(
            lesson.calibrating,
            _understand_as(understander, [(question.language, question.text) for question in lesson.calibrating]),
            strict=True,
        )
    ]
    unwanted = _understand_as(understander, chatter)
    progress("Fitting confidence", 1, 2)
    fitted = fit_confidence(lesson.knowledge.shelves, asked, unwanted, judged)
    progress("Fitting confidence", 2, 2)
    card = {**fitted.card, AUDITED: sorted(lesson.knowledge.fingerprints.values())}
    return Artifact(name=CONFIDENCE, fingerprint=fingerprint, payload=fitted.confidence.to_bytes(), card=card)


def _understand_as(understander: Understander, said: Sequence[tuple[str, str]]) -> list[Understanding]:
    """Understand texts whose language is known, given as (language, text)."""
    return understander.understand([text for _, text in said], languages=[language for language, _ in said])


def _asks(knowledge: Knowledge) -> list[tuple[str, str]]:
    """Give all ways to ask as (language, text)."""
    return [
        (language, passage.text)
        for language, shelf in knowledge.shelves.items()
        for passage in shelf.passages
        if passage.part is Part.ASK
    ]
