"""Watches whether the world is still as it was audited, and revokes the certificate when it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from bot.deciding.certification import Certification
from bot.deciding.drift import has_risen, has_shifted
from storage import audits, certificates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.deciding.rules import Limits
    from storage.audits import Verdict
    from storage.certificates import StoredCertificate

log = structlog.get_logger(__name__)

RECENT = 500
"""Latest answers whose confidences are compared with those behind the certificate."""

RISEN = "Of the answers judged since it was made, more are wrong than it allows."
SHIFTED = "The bot is less sure of its answers than of those that were audited: customers ask for other things."


async def watch(connection: AsyncConnection, stored: StoredCertificate, limits: Limits) -> None:
    """Look for drift since *stored*, the certificate behind *limits*, was made, and act on it for every process.

    A topic that has become wrong too often is demoted alone; where all topics together have, or where the confidences
    have shifted, the certificate is revoked.
    """
    certification = Certification.from_document(stored.document)
    verdicts = [
        verdict
        for verdict in await audits.verdicts_since(connection, stored.made_at)
        if (least := limits.answer_for(verdict.topic)) is not None and verdict.confidence >= least
    ]
    if fallen := _fallen(verdicts, certification.target.max_wrong):
        if await certificates.demote(connection, stored.id, fallen):
            log.warning("topics demoted", certificate=stored.id, topics=sorted(fallen))
        return
    because = ""
    if has_risen((verdict.right for verdict in verdicts), certification.target.max_wrong):
        because = RISEN
    elif has_shifted(certification.reference, await audits.recent_confidences(connection, stored.made_at, RECENT)):
        because = SHIFTED
    if because and await certificates.revoke(connection, stored.id, because):
        log.warning("certificate revoked", certificate=stored.id, because=because)


def _fallen(verdicts: Sequence[Verdict], max_wrong: float) -> frozenset[str]:
    """Give the topics whose own verdicts show too high a wrong rate."""
    topics = {verdict.topic for verdict in verdicts}
    return frozenset(
        topic for topic in topics if has_risen((one.right for one in verdicts if one.topic == topic), max_wrong)
    )
