"""From audited questions to a certificate, through the very pipeline that real mentions take."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot.deciding.certificate import Audit, Certificate, Target, certify
from bot.deciding.rules import Limits, Names, Patterns
from bot.intake.guards import Watch
from bot.pipeline import Steps, think
from bot.training import fingerprints
from bot.training.audits import AuditedQuestion, read_audits
from bot.training.progress import CHUNK, Progress
from bot.vocabulary import Admitted, Mention, Route

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.settings import Settings


def certify_steps(settings: Settings, steps: Steps, progress: Progress) -> Certificate:
    """Certify from the audited questions that the bot would answer if confidence alone decided. Raises DataError."""
    questions = [question for question in read_audits(settings.data.audits) if question.certifies]
    now = datetime.now(UTC)
    watch = Watch.from_settings(settings.deciding, settings.replying, now)
    anything_goes = limits(settings, answer=0.0, certified=True, alone=True)
    audits = []
    for start in range(0, len(questions), CHUNK):
        chunk = questions[start : start + CHUNK]
        outcomes = think([_admitted(question, now) for question in chunk], steps, watch=watch, limits=anything_goes)
        for question, outcome in zip(chunk, outcomes, strict=True):
            if outcome.decision.route is Route.ANSWER:
                right = outcome.decision.candidates[0].article_id in question.right
                audits.append(Audit(confidence=outcome.decision.confidence, right=right))
        progress("Certifying", start + len(chunk), len(questions))
    return certify(audits, target(settings))


def certificate_fingerprint(settings: Settings, confidence: str) -> str:
    """Stand for all that a certificate holds for: the confidence (with its audits), the rules and their limits."""
    return fingerprints.fingerprint(
        confidence,
        settings.deciding.model_dump_json(exclude={"mode", "answer_threshold"}),
        settings.replying.model_dump_json(),
        fingerprints.of_code("bot/deciding"),
    )


def read_certificate(document: Mapping[str, Any]) -> Certificate:
    """Read a certificate as it is stored."""
    return Certificate(**{**document, "target": Target(**document["target"])})


def target(settings: Settings) -> Target:
    """Give what ops ask for."""
    return Target(max_wrong=settings.deciding.max_wrong, certainty=settings.deciding.certainty)


def limits_in_force(settings: Settings, certificate: Certificate) -> Limits:
    """Give the numbers that the rules compare with: a threshold set by hand, else the certificate's."""
    by_hand = settings.deciding.answer_threshold
    alone = settings.deciding.mode == "auto"
    if by_hand is not None:
        return limits(settings, answer=by_hand, certified=False, alone=alone)
    return limits(settings, answer=certificate.threshold, certified=certificate.valid, alone=alone)


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


def _admitted(question: AuditedQuestion, now: datetime) -> Admitted:
    return Admitted(
        mention=Mention(
            channel="audit",
            post_id=question.id,
            chain_id=question.id,
            author_id=question.id,
            author_handle="audited",
            text=question.text,
            posted_at=now,
            root_id=question.id,
        )
    )
