"""From audits to a certificate, through the very pipeline that real mentions take, and from there to limits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.deciding.certificate import Audit, Target, answers_needed
from bot.deciding.certification import Certification, certify_all
from bot.deciding.rules import Limits, Names, Patterns
from bot.deciding.teams import Teams
from bot.deciding.topics import Standing
from bot.intake.guards import Watch
from bot.pipeline import Steps, think
from bot.training import fingerprints
from bot.training.audits import AuditedQuestion, read_audits
from bot.training.progress import CHUNK, Progress, silent
from bot.vocabulary import Admitted, Audience, Mention, Route

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.settings import Settings
    from storage.audits import JudgedAnswer
    from storage.certificates import StoredCertificate


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What is certified for the present confidence and rules, and whether it still holds."""

    id: int  #: Of the stored certificate; 0 where nothing is stored yet.
    made_from: str  #: The fingerprint of all that it holds for.
    certification: Certification
    revoked: bool = False
    demoted: frozenset[str] = frozenset()  #: Topics that lost it although it holds.

    @classmethod
    def of(cls, settings: Settings, made_from: str, stored: StoredCertificate | None) -> Proof:
        """Read what is stored for *made_from*; without it nothing is certified."""
        if stored is None:
            return cls(id=0, made_from=made_from, certification=certify_all({}, target(settings)))
        return cls(
            id=stored.id,
            made_from=made_from,
            certification=Certification.from_document(stored.document),
            revoked=stored.revoked_at is not None,
            demoted=stored.demoted,
        )

    def lacks(self, judged: Sequence[JudgedAnswer]) -> bool:
        """Say whether something was *judged* that it does not know."""
        known = self.certification.judged_until
        return any(known is None or answer.judged_at > known for answer in judged)

    def is_of(self, stored: StoredCertificate | None) -> bool:
        """Say whether nothing has happened to it since: neither a newer one, nor a revocation, nor a demotion."""
        if stored is None:
            return self.id == 0
        now = (stored.id, stored.revoked_at is not None, stored.demoted)
        return now == (self.id, self.revoked, self.demoted)


def counts_from(latest: StoredCertificate | None) -> datetime | None:
    """Give the moment from which audits count for the certificate after *latest*; None where all do.

    What a revoked certificate was made from has been proved out of date, so only what was judged after it counts, and
    nothing but a person's word ends that: neither a new confidence nor other limits make old audits true again.
    """
    if latest is None:
        return None
    since = latest.document.get("since")
    return latest.made_at if latest.revoked_at is not None else since and datetime.fromisoformat(since)


def certify_steps(
    settings: Settings,
    steps: Steps,
    judged: Sequence[JudgedAnswer],
    *,
    since: datetime | None = None,
    progress: Progress = silent,
) -> Certification:
    """Certify from the audits that the bot would answer if confidence alone decided.

    These are the answers that people *judged* and the certifying part of the file of audited questions; the latter
    only until there are enough of the former, and not where only what was judged *since* a revocation counts.
    Raises DataError.
    """
    enough = 2 * answers_needed(0, target(settings))
    filed = [] if since is not None or len(judged) >= enough else read_audits(settings.data.audits)
    questions = [question for question in filed if question.certifies]
    from_agents = _audit(settings, steps, [_as_question(answer) for answer in judged], progress)
    from_file = _audit(settings, steps, questions, progress)
    return certify_all(
        {Audience.PUBLIC: [*from_file, *from_agents]},
        target(settings),
        # Agents see nothing below the draft threshold, so their audits say nothing of what lies there.
        lowest=settings.deciding.draft_threshold,
        from_agents=len(from_agents),
        judged_until=max((answer.judged_at for answer in judged), default=None),
        since=since,
    )


def _audit(settings: Settings, steps: Steps, questions: Sequence[AuditedQuestion], progress: Progress) -> list[Audit]:
    now = datetime.now(UTC)
    watch = Watch.from_settings(settings.deciding, settings.replying, now)
    anything_goes = limits(settings, answer=0.0, certified=False, alone=True)
    audits = []
    for start in range(0, len(questions), CHUNK):
        chunk = questions[start : start + CHUNK]
        outcomes = think([_admitted(question, now) for question in chunk], steps, watch=watch, limits=anything_goes)
        for question, outcome in zip(chunk, outcomes, strict=True):
            if outcome.decision.route is Route.ANSWER:
                best = outcome.decision.candidates[0]
                right = best.article_id in question.right
                audits.append(Audit(confidence=outcome.decision.confidence, right=right, topic=best.topic))
        progress("Certifying", start + len(chunk), len(questions))
    return audits


def certificate_fingerprint(settings: Settings, confidence: str) -> str:
    """Stand for all that a certificate holds for: the confidence (with its audits), the rules and their limits."""
    return fingerprints.fingerprint(
        confidence,
        settings.deciding.model_dump_json(exclude={"mode", "answer_threshold", "audit_share", "error_codes"}),
        settings.replying.model_dump_json(),
        fingerprints.of_code("bot/deciding"),
    )


def target(settings: Settings) -> Target:
    """Give what ops ask for."""
    return Target(max_wrong=settings.deciding.max_wrong, certainty=settings.deciding.certainty)


def limits_in_force(settings: Settings, proof: Proof) -> Limits:
    """Give the numbers that the rules compare with for public mentions: a threshold set by hand, else the proof's."""
    by_hand = settings.deciding.answer_threshold
    alone = settings.deciding.mode == "auto"
    if by_hand is not None:
        return limits(settings, answer=by_hand, certified=False, alone=alone)
    public = proof.certification.public
    certified = limits(
        settings,
        answer=public.whole.threshold,
        certified=public.whole.valid,
        alone=alone,
        topics={one.name: one.threshold for one in public.topics if one.standing in {Standing.OWN, Standing.DEMOTED}},
    )
    return certified.without_certificate() if proof.revoked else certified.demoting(proof.demoted)


def limits(
    settings: Settings,
    *,
    answer: float | None,
    certified: bool,
    alone: bool,
    topics: Mapping[str, float | None] | None = None,
) -> Limits:
    """Give the numbers that the rules compare with, for answer thresholds from wherever they came."""
    deciding = settings.deciding
    return Limits(
        answer=answer,
        certified=certified,
        alone=alone,
        topics=topics or {},
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
        case_numbers=Patterns(deciding.all_case_numbers),
        teams=Teams.from_settings(settings.teams),
    )


def _as_question(answer: JudgedAnswer) -> AuditedQuestion:
    """Ask again what was judged; whatever else the bot would say today counts as wrong, for nobody has judged it."""
    right = frozenset({answer.article_id}) if answer.right else frozenset[str]()
    return AuditedQuestion(id=f"judged {answer.id}", language="", text=answer.asked, right=right)


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
