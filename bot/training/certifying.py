"""From audits to a certificate, through the very pipeline that real mentions take, and from there to limits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.deciding.certificate import Audit, Target, answers_needed
from bot.deciding.certification import Certification, certify_all
from bot.deciding.rules import Autonomy, Limits, Names, Patterns
from bot.deciding.teams import Teams
from bot.deciding.topics import Standing
from bot.intake.guards import Watch
from bot.pipeline import Steps, think
from bot.training import fingerprints
from bot.training.audits import AuditedQuestion, read_audits
from bot.training.progress import CHUNK, Progress, silent
from bot.vocabulary import Admitted, Audience, Route

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

    def lacks(self, judged: Mapping[Audience, Sequence[JudgedAnswer]]) -> bool:
        """Say whether something was *judged*, for whichever audience, that it does not know."""
        known = self.certification.judged_until
        return any(known is None or answer.judged_at > known for answers in judged.values() for answer in answers)

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
    judged: Mapping[Audience, Sequence[JudgedAnswer]],
    *,
    since: datetime | None = None,
    progress: Progress = silent,
) -> Certification:
    """Certify each audience from the audits that the bot would answer there if confidence alone decided.

    These are the answers that people *judged* and the certifying questions of the audience's file; the latter only
    until there are enough of the former, and not where only what was judged *since* a revocation counts.
    Raises DataError.
    """
    filed = _filed(settings, judged, since)
    answers = {audience: [_as_question(answer) for answer in given] for audience, given in judged.items()}
    examiner = _Examiner(settings, steps, progress, total=_count(filed) + _count(answers))
    from_agents = {audience: examiner.audit(questions, audience) for audience, questions in answers.items()}
    from_file = {audience: examiner.audit(questions, audience) for audience, questions in filed.items()}
    return certify_all(
        {audience: [*from_file.get(audience, ()), *from_agents.get(audience, ())] for audience in Audience},
        target(settings),
        # Agents see nothing below the draft threshold, so their audits say nothing of what lies there.
        lowest=settings.deciding.draft_threshold,
        from_agents=len(from_agents.get(Audience.PUBLIC, ())),
        private_from_agents=len(from_agents.get(Audience.PRIVATE, ())),
        judged_until=max((answer.judged_at for given in judged.values() for answer in given), default=None),
        since=since,
    )


def _filed(
    settings: Settings, judged: Mapping[Audience, Sequence[JudgedAnswer]], since: datetime | None
) -> dict[Audience, list[AuditedQuestion]]:
    """Give the questions of the files that still count, for each audience that has too few judged answers."""
    enough = 2 * answers_needed(0, target(settings))
    filed = {
        Audience.PUBLIC: [question for question in read_audits(settings.data.audits) if question.certifies],
        Audience.PRIVATE: read_audits(settings.data.private_audits),
    }
    return {
        audience: questions
        for audience, questions in filed.items()
        if since is None and len(judged.get(audience, ())) < enough
    }


def _count(questions: Mapping[Audience, Sequence[AuditedQuestion]]) -> int:
    return sum(map(len, questions.values()))


class _Examiner:
    """Asks the bot audited questions, and tells how far it is."""

    def __init__(self, settings: Settings, steps: Steps, progress: Progress, *, total: int) -> None:
        self._steps, self._progress, self._now = steps, progress, datetime.now(UTC)
        self._watch = Watch.from_settings(settings.deciding, settings.replying, self._now)
        anything_goes = Autonomy(answer=0.0, certified=False, alone=True)
        self._limits = limits(settings, public=anything_goes, private=anything_goes)
        self._done, self._total = 0, total

    def audit(self, questions: Sequence[AuditedQuestion], audience: Audience) -> list[Audit]:
        """Ask *questions* as *audience* would, and judge what the bot would answer alone."""
        audits = []
        for start in range(0, len(questions), CHUNK):
            chunk = questions[start : start + CHUNK]
            asked = [Admitted.supposed(question.text, self._now, audience=audience) for question in chunk]
            outcomes = think(asked, self._steps, watch=self._watch, limits=self._limits)
            for question, outcome in zip(chunk, outcomes, strict=True):
                if outcome.decision.route is Route.ANSWER:
                    best = outcome.decision.candidates[0]
                    right = best.article_id in question.right
                    audits.append(Audit(confidence=outcome.decision.confidence, right=right, topic=best.topic))
            self._done += len(chunk)
            self._progress("Certifying", self._done, self._total)
        return audits


def certificate_fingerprint(settings: Settings, confidence: str) -> str:
    """Stand for all that a certificate holds for: the confidence (with its audits), the rules and their limits."""
    return fingerprints.fingerprint(
        confidence,
        fingerprints.of_file(settings.data.private_audits),  # the confidence knows of the public ones only
        settings.deciding.model_dump_json(exclude={"mode", "answer_threshold", "audit_share", "error_codes"}),
        settings.replying.model_dump_json(exclude={"late_minutes", "privacy_url", "undo_seconds"}),
        fingerprints.of_code("bot/deciding"),
    )


def target(settings: Settings) -> Target:
    """Give what ops ask for."""
    return Target(max_wrong=settings.deciding.max_wrong, certainty=settings.deciding.certainty)


def limits_in_force(settings: Settings, proof: Proof) -> Limits:
    """Give the numbers that the rules compare with: thresholds set by hand, else the proof's, for each audience."""
    deciding, dialogue = settings.deciding, settings.dialogue
    alone = deciding.mode == "auto"
    public = _autonomy(proof, Audience.PUBLIC, by_hand=deciding.answer_threshold, alone=alone)
    private = _autonomy(proof, Audience.PRIVATE, by_hand=dialogue.answer_threshold, alone=alone and dialogue.leads)
    return limits(settings, public=public, private=private)


def _autonomy(proof: Proof, audience: Audience, *, by_hand: float | None, alone: bool) -> Autonomy:
    if by_hand is not None:
        return Autonomy(answer=by_hand, certified=False, alone=alone)
    given = proof.certification.audiences[audience]
    certified = Autonomy(
        answer=given.whole.threshold,
        certified=given.whole.valid,
        alone=alone,
        topics={one.name: one.threshold for one in given.topics if one.standing in {Standing.OWN, Standing.DEMOTED}},
    )
    if proof.revoked:
        return certified.without_certificate()
    # Topics are demoted for what people find of public answers, which says nothing of private ones.
    return certified.demoting(proof.demoted) if audience is Audience.PUBLIC else certified


def limits(settings: Settings, *, public: Autonomy, private: Autonomy) -> Limits:
    """Give the numbers that the rules compare with, for answer thresholds from wherever they came."""
    deciding = settings.deciding
    return Limits(
        answer=public.answer,
        certified=public.certified,
        alone=public.alone,
        topics=public.topics,
        private=private,
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
