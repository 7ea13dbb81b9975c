"""Makes what the bot needs to think with, and makes each thing again only when what it was made from has changed."""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import structlog

from bot.deciding.certificate import Audit, Certificate, Target, certify
from bot.deciding.rules import Limits, Names, Patterns
from bot.errors import DataError, NotTrained
from bot.intake.guards import Watch
from bot.nlu.cleaning import clean
from bot.nlu.examples import Example, read_examples
from bot.nlu.heads import Heads, describe, train_heads
from bot.nlu.language import LanguageDetector
from bot.nlu.understander import Understander
from bot.pipeline import Steps, think
from bot.vocabulary import Admitted, Mention, Part, Route
from knowledge.article import Article, read_library
from knowledge.confidence import NOTHING_WANTED, Audited, Confidence, fit_confidence
from knowledge.passages import split
from knowledge.retriever import HybridRetriever, build_shelves
from storage import artifacts, library

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.ports import Encoder
    from bot.settings import Settings
    from bot.vocabulary import Passage, Understanding, Vector
    from knowledge.shelf import Shelf
    from storage.database import Database

log = structlog.get_logger(__name__)

HEADS, CONFIDENCE = "heads", "confidence"
"""Names of the trained artifacts."""

CHUNK = 256
"""Texts that are encoded between two signs of progress."""


class Progress(Protocol):
    """Is told how far a longer piece of work has come."""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Take note that *done* of *total* are finished in *stage*."""
        ...


def silent(stage: str, done: int, total: int) -> None:
    """Take no note."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """What an indexing run did."""

    articles: int
    changed: int  #: Added, changed or removed.
    passages: int
    encoded: int  #: Passages whose vector was not stored yet.
    problems: tuple[DataError, ...]  #: Files that were left out, and why.


@dataclass(frozen=True, slots=True, kw_only=True)
class Brain:
    """Everything that thinking needs, ready in memory."""

    steps: Steps
    limits: Limits
    certificate: Certificate
    versions: Mapping[str, str]
    cards: Mapping[str, Mapping[str, Any]]  #: Model cards by artifact.


async def index(settings: Settings, database: Database, encoder: Encoder, progress: Progress = silent) -> Indexed:
    """Bring the stored articles and vectors in line with the Markdown files. Raises DataError, StorageDown."""
    read = await asyncio.to_thread(read_library, settings.data.articles)
    for problem in read.problems:
        log.warning("article left out", problem=str(problem))
    wanted = {(article.id, article.language): article for article in read.articles}
    async with database.begin() as connection:
        stored = await library.article_fingerprints(connection)
        changed = [article for key, article in wanted.items() if stored.get(key) != article.fingerprint]
        await library.put_articles(connection, [_article_row(article) for article in changed])
        gone = stored.keys() - wanted.keys()
        await library.drop_articles(connection, gone)
    texts = list(dict.fromkeys(passage.text for passage in split(read.articles)))
    encoded = await _encode_missing(database, encoder, texts, progress)
    return Indexed(
        articles=len(wanted),
        changed=len(changed) + len(gone),
        passages=len(texts),
        encoded=encoded,
        problems=read.problems,
    )


async def train(
    settings: Settings, database: Database, encoder: Encoder, *, progress: Progress = silent, force: bool = False
) -> Brain:
    """Fit the heads, the confidence and the certificate where anything they were made from changed, and load them.

    Raises NotTrained where nothing is indexed, DataError for malformed examples or audits, StorageDown.
    """
    shelves, knowledge = await _load_shelves(database, encoder)
    asks = [passage for shelf in shelves.values() for passage in shelf.passages if passage.part is Part.ASK]
    heads = await _heads(settings, database, encoder, asks, made_from=knowledge, progress=progress, force=force)
    understander = await asyncio.to_thread(_understander, encoder, heads)
    confidence = await _confidence(
        settings,
        database,
        understander,
        shelves,
        made_from=(heads.fingerprint, knowledge),
        progress=progress,
        force=force,
    )
    steps = _steps(settings, understander, shelves, confidence)
    fingerprint = _certificate_fingerprint(settings, confidence)
    async with database.begin() as connection:
        known = await artifacts.find_certificate(connection, fingerprint)
    if known is None or force:
        certificate = await asyncio.to_thread(_certify, settings, steps, progress)
        async with database.begin() as connection:
            await artifacts.put_certificate(connection, fingerprint, asdict(certificate))
    else:
        certificate = _certificate(known)
    return _brain(settings, encoder, steps, certificate, (heads, confidence))


async def load_brain(settings: Settings, database: Database, encoder: Encoder) -> Brain:
    """Load what was trained before. Raises NotTrained where that is missing or was made for another encoder."""
    shelves, _ = await _load_shelves(database, encoder)
    async with database.begin() as connection:
        heads = await artifacts.find_artifact(connection, HEADS)
        confidence = await artifacts.find_artifact(connection, CONFIDENCE)
        if heads is None or confidence is None or heads.card.get("encoder") != _encoder_name(encoder):
            raise NotTrained("There are no heads for this encoder; run `heed train` first.")
        known = await artifacts.find_certificate(connection, _certificate_fingerprint(settings, confidence))
    understander = await asyncio.to_thread(_understander, encoder, heads)
    steps = _steps(settings, understander, shelves, confidence)
    certificate = _certificate(known) if known else certify((), _target(settings))
    return _brain(settings, encoder, steps, certificate, (heads, confidence))


async def _encode_missing(database: Database, encoder: Encoder, texts: Sequence[str], progress: Progress) -> int:
    names = {"model": encoder.name, "revision": encoder.revision}
    async with database.begin() as connection:
        known = await library.find_vectors(connection, texts, **names)
    missing = [text for text in texts if text not in known]
    for start in range(0, len(missing), CHUNK):
        chunk = missing[start : start + CHUNK]
        vectors = await asyncio.to_thread(encoder.encode, chunk)
        async with database.begin() as connection:
            await library.put_vectors(connection, chunk, vectors, **names)
        progress("Encoding passages", start + len(chunk), len(missing))
    return len(missing)


async def _load_shelves(database: Database, encoder: Encoder) -> tuple[dict[str, Shelf], str]:
    async with database.begin() as connection:
        stored = await library.article_documents(connection)
        articles = [Article.from_document(document) for document in stored]
        texts = list(dict.fromkeys(passage.text for passage in split(articles)))
        vectors: Mapping[str, Vector] = await library.find_vectors(
            connection, texts, model=encoder.name, revision=encoder.revision
        )
    if not articles or len(vectors) < len(texts):
        raise NotTrained("The knowledge base is not indexed for this encoder; run `heed index` first.")
    today = datetime.now(UTC).date()
    usable = [article for article in articles if today <= article.valid_until]
    shelves = await asyncio.to_thread(build_shelves, usable, vectors)
    return shelves, _fingerprint(article.fingerprint for article in usable)


async def _heads(
    settings: Settings,
    database: Database,
    encoder: Encoder,
    asks: Sequence[Passage],
    *,
    made_from: str,
    progress: Progress,
    force: bool,
) -> artifacts.Artifact:
    fingerprint = _fingerprint(
        [
            _files(settings.data.training),
            _code("bot/nlu"),
            _encoder_name(encoder),
            made_from,
            _text(settings.data.audits),
        ]
    )
    async with database.begin() as connection:
        known = await artifacts.find_artifact(connection, HEADS)
    if known is not None and known.fingerprint == fingerprint and not force:
        return known
    examples = list(await asyncio.to_thread(read_examples, settings.data.training))
    # The knowledge base and what was audited show better than any example how a question sounds that has an answer.
    questions = [(ask.text, ask.language) for ask in asks]
    questions += [(row["text"], row["language"]) for row in _calibrating(settings) if row["article"]]
    examples += [Example(text=said, intent="question", irate=False, language=name) for said, name in questions]
    artifact = await asyncio.to_thread(_train_heads, examples, encoder, fingerprint, progress)
    async with database.begin() as connection:
        await artifacts.put_artifact(connection, artifact)
    return artifact


def _train_heads(
    examples: Sequence[Example], encoder: Encoder, fingerprint: str, progress: Progress
) -> artifacts.Artifact:
    texts = [example.text for example in examples]
    plain = [clean(text) for text in texts]
    progress("Training heads", 0, 2)
    vectors = encoder.encode(plain)
    progress("Training heads", 1, 2)
    trained = train_heads(examples, describe(texts, plain, vectors))
    progress("Training heads", 2, 2)
    card = {**trained.card, "encoder": _encoder_name(encoder)}
    return artifacts.Artifact(name=HEADS, fingerprint=fingerprint, payload=trained.heads.to_bytes(), card=card)


def _understander(encoder: Encoder, heads: artifacts.Artifact) -> Understander:
    return Understander(encoder=encoder, heads=Heads.from_bytes(heads.payload), languages=LanguageDetector())


async def _confidence(
    settings: Settings,
    database: Database,
    understander: Understander,
    shelves: Mapping[str, Shelf],
    *,
    made_from: tuple[str, str],
    progress: Progress,
    force: bool,
) -> artifacts.Artifact:
    fingerprint = _fingerprint([*made_from, _code("knowledge"), _text(settings.data.audits)])
    async with database.begin() as connection:
        known = await artifacts.find_artifact(connection, CONFIDENCE)
    if known is not None and known.fingerprint == fingerprint and not force:
        return known
    chatter = [e for e in await asyncio.to_thread(read_examples, settings.data.training) if e.intent in NOTHING_WANTED]
    rows = _calibrating(settings)
    artifact = await asyncio.to_thread(_fit_confidence, understander, shelves, chatter, rows, fingerprint, progress)
    async with database.begin() as connection:
        await artifacts.put_artifact(connection, artifact)
    return artifact


def _fit_confidence(
    understander: Understander,
    shelves: Mapping[str, Shelf],
    chatter: Sequence[Example],
    audits: Sequence[Mapping[str, Any]],
    fingerprint: str,
    progress: Progress,
) -> artifacts.Artifact:
    progress("Fitting confidence", 0, 2)
    asks = [
        (language, passage.text)
        for language, shelf in shelves.items()
        for passage in shelf.passages
        if passage.part is Part.ASK
    ]
    asked: dict[tuple[str, str], Understanding] = dict(
        zip(asks, understander.understand([text for _, text in asks]), strict=True)
    )
    unwanted = [
        replace(understood, language=example.language)
        for example, understood in zip(chatter, understander.understand([e.text for e in chatter]), strict=True)
    ]
    read = understander.understand([row["text"] for row in audits])
    audited = [
        Audited(understanding=replace(understood, language=row["language"]), right=_right_articles(row))
        for row, understood in zip(audits, read, strict=True)
    ]
    progress("Fitting confidence", 1, 2)
    fitted = fit_confidence(shelves, asked, unwanted, audited)
    progress("Fitting confidence", 2, 2)
    return artifacts.Artifact(
        name=CONFIDENCE, fingerprint=fingerprint, payload=fitted.confidence.to_bytes(), card=fitted.card
    )


def _steps(
    settings: Settings, understander: Understander, shelves: Mapping[str, Shelf], confidence: artifacts.Artifact
) -> Steps:
    retriever = HybridRetriever(shelves, Confidence.from_bytes(confidence.payload))
    return Steps(understander=understander, retriever=retriever, replying=settings.replying)


def _certify(settings: Settings, steps: Steps, progress: Progress) -> Certificate:
    """Certify from the audited questions that the bot would answer if confidence alone decided."""
    rows = [row for row in _read_audits(settings.data.audits) if _certifies(row)]
    now = datetime.now(UTC)
    batch = [Admitted(mention=_audited_mention(row, now)) for row in rows]
    open_limits = limits(settings, answer=0.0, certified=True, alone=True)
    watch = Watch.from_settings(settings.deciding, settings.replying, now)
    audits = []
    for start in range(0, len(batch), CHUNK):
        outcomes = think(batch[start : start + CHUNK], steps, watch=watch, limits=open_limits)
        for row, outcome in zip(rows[start : start + CHUNK], outcomes, strict=True):
            if outcome.decision.route is Route.ANSWER:
                right = outcome.decision.candidates[0].article_id in _right_articles(row)
                audits.append(Audit(confidence=outcome.decision.confidence, right=right))
        progress("Certifying", min(start + CHUNK, len(batch)), len(batch))
    return certify(audits, _target(settings))


def _read_audits(file: Path) -> list[dict[str, Any]]:
    if not file.exists():
        return []
    rows = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            row = json.loads(line)
            rows.append({name: row[name] for name in ("id", "language", "text", "article")})
        except (ValueError, KeyError, TypeError) as error:
            raise DataError(
                "not an audited question.",
                file=str(file),
                line=number,
                remedy='Write {"id", "language", "text", "article"}.',
            ) from error
    return rows


def _calibrating(settings: Settings) -> list[dict[str, Any]]:
    return [row for row in _read_audits(settings.data.audits) if not _certifies(row)]


def _certifies(row: Mapping[str, Any]) -> bool:
    """Say to which part an audited question belongs: a third calibrates, two thirds certify, and none does both."""
    return hashlib.sha256(str(row["id"]).encode()).digest()[0] % 3 != 0


def _audited_mention(row: Mapping[str, Any], now: datetime) -> Mention:
    return Mention(
        channel="audit",
        post_id=row["id"],
        chain_id=row["id"],
        author_id=row["id"],
        author_handle="audited",
        text=row["text"],
        posted_at=now,
        root_id=row["id"],
    )


def _right_articles(row: Mapping[str, Any]) -> frozenset[str]:
    article = row["article"]
    if article is None:
        return frozenset()
    return frozenset([article] if isinstance(article, str) else article)


def limits(settings: Settings, *, answer: float | None, certified: bool, alone: bool) -> Limits:
    """Give the numbers that the rules compare with, for an answer threshold from wherever it came."""
    deciding = settings.deciding
    return Limits(
        answer=answer,
        certified=certified,
        alone=alone,
        draft=deciding.draft_threshold,
        ambiguity=deciding.ambiguity_margin,
        irate=deciding.irate_threshold,
        question=deciding.question_threshold,
        danger=deciding.danger_threshold,
        person=deciding.person_threshold,
        nothing_asked=deciding.nothing_asked_threshold,
        languages=frozenset(deciding.languages),
        own_products=Names(deciding.own_products),
        other_brands=Names(deciding.other_brands),
        case_numbers=Patterns(deciding.case_numbers),
    )


def _limits_in_force(settings: Settings, certificate: Certificate) -> Limits:
    by_hand = settings.deciding.answer_threshold
    alone = settings.deciding.mode == "auto"
    if by_hand is not None:
        return limits(settings, answer=by_hand, certified=False, alone=alone)
    return limits(settings, answer=certificate.threshold, certified=certificate.valid, alone=alone)


def _brain(
    settings: Settings,
    encoder: Encoder,
    steps: Steps,
    certificate: Certificate,
    made: tuple[artifacts.Artifact, artifacts.Artifact],
) -> Brain:
    heads, confidence = made
    return Brain(
        steps=steps,
        limits=_limits_in_force(settings, certificate),
        certificate=certificate,
        versions={"encoder": _encoder_name(encoder), HEADS: heads.fingerprint, CONFIDENCE: confidence.fingerprint},
        cards={HEADS: heads.card, CONFIDENCE: confidence.card},
    )


def _target(settings: Settings) -> Target:
    return Target(max_wrong=settings.deciding.max_wrong, certainty=settings.deciding.certainty)


def _certificate(document: Mapping[str, Any]) -> Certificate:
    return Certificate(**{**document, "target": Target(**document["target"])})


def _certificate_fingerprint(settings: Settings, confidence: artifacts.Artifact) -> str:
    return _fingerprint(
        [
            confidence.fingerprint,
            settings.deciding.model_dump_json(exclude={"mode", "answer_threshold"}),
            settings.replying.model_dump_json(),
            _code("bot/deciding"),
        ]
    )


def _article_row(article: Article) -> dict[str, Any]:
    return {
        "id": article.id,
        "language": article.language,
        "topic": article.topic,
        "fingerprint": article.fingerprint,
        "document": article.to_document(),
    }


def _encoder_name(encoder: Encoder) -> str:
    return f"{encoder.name} {encoder.revision}"


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.exists() else ""


def _files(folder: Path) -> str:
    return _fingerprint(file.name + file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.yml")))


def _code(package: str) -> str:
    """Stand for the code that makes something, so that new code makes it anew."""
    folder = Path(__file__).resolve().parent.parent / package
    return _fingerprint(file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.py")))


def _fingerprint(parts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
