"""All that one round of certifying found, as it is stored and shown: for both audiences, with what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import TypeAdapter

from bot.deciding.certificate import Target
from bot.deciding.drift import Reference, refer_to
from bot.deciding.topics import Certificates, certify_topics, given_alone
from bot.vocabulary import Audience

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.deciding.certificate import Audit

BINS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """The audited answers whose confidence lies in one tenth of the scale."""

    confidence: float  #: Mean of what the bot had said.
    answers: int
    right: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Certification:
    """One round of certifying."""

    target: Target
    audiences: Mapping[Audience, Certificates]
    reference: Reference  #: What later confidences are compared with.
    reliability: tuple[Bin, ...]  #: How often the bot was right where it said so, lowest confidence first.
    from_file: int  #: Audited public answers from the file of audited questions.
    from_agents: int  #: Audited public answers from what agents did and judged.
    private_from_file: int = 0  #: Audited private answers from the file of private questions.
    private_from_agents: int = 0  #: Audited private answers from what agents did and judged.
    judged_until: datetime | None = None  #: The latest judgement that it knows.
    since: datetime | None = None  #: Only what was judged after it counts, because the certificate of then was revoked.

    @property
    def public(self) -> Certificates:
        """What is certified for answers that everybody can read."""
        return self.audiences[Audience.PUBLIC]

    @property
    def private(self) -> Certificates:
        """What is certified for answers that the customer alone reads."""
        return self.audiences[Audience.PRIVATE]

    def to_document(self) -> dict[str, Any]:
        """Give it as plain JSON values."""
        document: dict[str, Any] = _ADAPTER.dump_python(self, mode="json")
        return document

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Certification:
        """Read it back. Raises ValueError for a document of another form."""
        return _ADAPTER.validate_python(document)


_ADAPTER = TypeAdapter(Certification)


def certify_all(
    audits: Mapping[Audience, Sequence[Audit]],
    target: Target,
    *,
    lowest: float = 0.0,
    from_agents: int = 0,
    private_from_agents: int = 0,
    judged_until: datetime | None = None,
    since: datetime | None = None,
) -> Certification:
    """Certify each audience from its own audits alone; *from_agents* of the public ones are agents', and so on."""
    public, private = (audits.get(audience, ()) for audience in (Audience.PUBLIC, Audience.PRIVATE))
    certificates = {audience: certify_topics(audits.get(audience, ()), target, lowest=lowest) for audience in Audience}
    return Certification(
        target=target,
        audiences=certificates,
        reference=refer_to([audit.confidence for audit in given_alone(public, certificates[Audience.PUBLIC].topics)]),
        reliability=reliability(public),
        from_file=len(public) - from_agents,
        from_agents=from_agents,
        private_from_file=len(private) - private_from_agents,
        private_from_agents=private_from_agents,
        judged_until=judged_until,
        since=since,
    )


def reliability(audits: Sequence[Audit]) -> tuple[Bin, ...]:
    """Compare what the bot said with what came true, in tenths of the scale; empty tenths are left out."""
    confidences = np.array([audit.confidence for audit in audits])
    rights = np.array([audit.right for audit in audits], dtype=bool)
    tenths = np.minimum((confidences * BINS).astype(int), BINS - 1) if audits else np.array([], dtype=int)
    return tuple(
        Bin(
            confidence=float(confidences[tenths == tenth].mean()),
            answers=int((tenths == tenth).sum()),
            right=int(rights[tenths == tenth].sum()),
        )
        for tenth in np.unique(tenths)
    )
