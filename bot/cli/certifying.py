"""`heed certificate`: what is certified, by audience and topic, and what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table

from bot import service
from bot.cli.output import emit, out
from bot.deciding.certificate import upper_bound
from bot.deciding.certification import Certification
from bot.errors import NotTrained
from bot.telemetry import set_up_logging
from bot.vocabulary import Audience
from storage.audits import count_waiting
from storage.certificates import newest_certificate

if TYPE_CHECKING:
    from bot.deciding.certificate import Certificate
    from bot.deciding.topics import Certificates, Topic
    from bot.settings import Settings
    from storage.certificates import StoredCertificate


async def show_certificate(settings: Settings, *, as_json: bool) -> int:
    """Show the certificate that was made last. Raises NotTrained where none was."""
    set_up_logging(settings.log.model_copy(update={"level": "error", "format": "console"}))
    async with service.open_database(settings) as database, database.begin() as connection:
        stored = await newest_certificate(connection)
        waiting = await count_waiting(connection)
    if stored is None:
        raise NotTrained("Nothing has been certified yet; run `heed train` first.")
    found = Certification.from_document(stored.document)
    if as_json:
        emit({"mode": settings.deciding.mode, **as_document(found, stored), "waiting_audits": waiting})
    else:
        _show(found, stored, waiting)
    return 0


def as_document(found: Certification, stored: StoredCertificate) -> dict[str, Any]:
    """Give a certificate as other programs read it; a topic's threshold is the one in force for it."""
    return {
        "max_wrong": found.target.max_wrong,
        "certainty": found.target.certainty,
        "made_at": stored.made_at.isoformat(),
        "revoked": stored.revoked_at is not None,
        "revoked_because": stored.revoked_because,
        "from_file": found.from_file,
        "from_agents": found.from_agents,
        "private_from_file": found.private_from_file,
        "private_from_agents": found.private_from_agents,
        "public": _audience(found.public, stored, stored.demoted),
        "private": _audience(found.private, stored, frozenset()),
    }


def _audience(certificates: Certificates, stored: StoredCertificate, demoted: frozenset[str]) -> dict[str, Any]:
    return {
        "whole": _whole(certificates.whole, stored),
        "topics": {topic.name: _topic(topic, stored, demoted) for topic in certificates.topics},
    }


def _whole(whole: Certificate, stored: StoredCertificate) -> dict[str, Any]:
    return {
        "certified": whole.valid and stored.revoked_at is None,
        "threshold": whole.threshold,
        "answers": whole.answers,
        "wrong": whole.wrong,
        "upper_bound": whole.upper_bound,
        "missing": whole.missing,
    }


def _topic(topic: Topic, stored: StoredCertificate, demoted: frozenset[str]) -> dict[str, Any]:
    holds = stored.revoked_at is None and topic.name not in demoted
    return {
        "standing": "demoted" if topic.name in demoted else topic.standing,
        "certified": holds and topic.threshold is not None,
        "threshold": topic.threshold,
        "answers": topic.answers,
        "wrong": topic.wrong,
        "upper_bound": upper_bound(topic.answers, topic.wrong, topic.own.target.certainty),
        "missing": topic.own.missing,
    }


def _show(found: Certification, stored: StoredCertificate, waiting: int) -> None:
    limit, certainty = 100 * found.target.max_wrong, 100 * found.target.certainty
    out.print(f"At most {limit:.3g}% wrong, {certainty:.3g}% sure; made {stored.made_at:%Y-%m-%d %H:%M}.")
    out.print(
        f"Public from {found.from_agents} answers that people judged and {found.from_file} from the file of audits, "
        f"private from {found.private_from_agents} and {found.private_from_file}."
    )
    if stored.revoked_at is not None:
        out.print(f"Revoked {stored.revoked_at:%Y-%m-%d %H:%M}: {stored.revoked_because}", style="red", markup=False)
    table = Table("", "alone from", "audited", "wrong", "at most", "more needed", box=None)
    document = as_document(found, stored)
    for audience in Audience:
        given = document[audience]
        _add(table, f"{audience}, all topics", given["whole"])
        for name, topic in given["topics"].items():
            _add(table, f"  {name}", topic)
    out.print(table)
    out.print(f"{waiting} automatic answers wait to be judged.")


def _add(table: Table, name: str, given: dict[str, Any]) -> None:
    alone = f"{given['threshold']:.2f}" if given["certified"] else given.get("standing", "not yet")
    missing = str(given["missing"] or "none")
    table.add_row(name, alone, str(given["answers"]), str(given["wrong"]), f"{given['upper_bound']:.1%}", missing)
