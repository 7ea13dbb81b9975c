"""What the bot may do alone, why, and what is missing; and the answers that people are asked to judge."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from aiohttp import web

from bot.deciding.certificate import upper_bound
from bot.deciding.certification import Certification
from bot.deciding.topics import Standing
from console.forms import field
from console.keys import DATABASE, SETTINGS
from console.pages import logged_in
from console.reliability import draw_reliability
from console.rendering import page
from console.situation import find_situation
from storage.audits import count_waiting, judge, waiting_audits
from storage.certificates import newest_certificate

if TYPE_CHECKING:
    from bot.deciding.certificate import Certificate
    from bot.deciding.topics import Certificates, Topic
    from storage.certificates import StoredCertificate

LISTED = 20
"""Answers at most that wait to be judged on one page."""


class Freedom(StrEnum):
    """What the bot may do with the answers of one line of the table."""

    OWN = "own"  #: Answers alone, from a threshold of the topic's own.
    SHARED = "shared"  #: Answers alone, from the threshold of all topics.
    DEMOTED = "demoted"  #: Drafts, because its audits speak against it.
    REVOKED = "revoked"  #: Drafts, because the certificate was revoked.
    OPEN = "open"  #: Drafts, because too little is audited.


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What holds for one topic, or for all together."""

    name: str  #: The topic's name; empty for all topics together.
    freedom: Freedom
    threshold: float | None
    answers: int  #: Audited ones at or above the threshold, or those that decided against one.
    wrong: int  #: Of these.
    upper_bound: float  #: Of their wrong rate.
    certificate: Certificate  #: From the line's own audits, valid or not.


async def show_certificate(request: web.Request) -> web.Response:
    """Show what is certified, how reliable the confidence is, and which answers wait to be judged."""
    async with request.app[DATABASE].begin() as connection:
        stored = await newest_certificate(connection)
        waiting = await waiting_audits(connection, LISTED)
        count = await count_waiting(connection)
        situation = await find_situation(connection)
    found = Certification.from_document(stored.document) if stored else None
    return page(
        request,
        "certificate.html",
        situation=situation,
        stored=stored,
        found=found,
        whole=_whole(found, stored) if found and stored else None,
        lines=_lines(found.public, stored) if found and stored else (),
        private=found.private if found else None,
        private_lines=_lines(found.private, stored, demotable=False) if found and stored else (),
        dialogue=request.app[SETTINGS].dialogue,
        drawing=draw_reliability(found.reliability, found.target.certainty) if found else None,
        waiting=waiting,
        count=count,
        done=request.query.get("done", ""),
    )


async def judge_answer(request: web.Request) -> web.Response:
    """Take down whether an automatic answer was right."""
    verdict = await field(request, "right")
    if verdict not in {"0", "1"}:
        raise web.HTTPBadRequest
    async with request.app[DATABASE].begin() as connection:
        by = logged_in(request).agent.name
        await judge(connection, int(request.match_info["id"]), right=verdict == "1", by=by)
    raise web.HTTPSeeOther("/certificate?done=judged")


def _whole(found: Certification, stored: StoredCertificate) -> Line:
    whole = found.public.whole
    freedom = Freedom.SHARED if whole.valid else Freedom.OPEN
    return Line(
        name="",
        freedom=Freedom.REVOKED if stored.revoked_at and whole.valid else freedom,
        threshold=whole.threshold,
        answers=whole.answers,
        wrong=whole.wrong,
        upper_bound=whole.upper_bound,
        certificate=whole,
    )


def _lines(certificates: Certificates, stored: StoredCertificate, *, demotable: bool = True) -> tuple[Line, ...]:
    """Give the topics of one audience; only public ones are demoted for what people find of answers."""
    demoted = stored.demoted if demotable else frozenset()
    return tuple(
        Line(
            name=topic.name,
            freedom=_freedom(topic, stored, demoted),
            threshold=topic.threshold,
            answers=topic.answers,
            wrong=topic.wrong,
            upper_bound=upper_bound(topic.answers, topic.wrong, topic.own.target.certainty),
            certificate=topic.own,
        )
        for topic in certificates.topics
    )


def _freedom(topic: Topic, stored: StoredCertificate, demoted: frozenset[str]) -> Freedom:
    if topic.standing is Standing.DEMOTED or topic.name in demoted:
        return Freedom.DEMOTED
    if topic.standing is Standing.OPEN:
        return Freedom.OPEN
    if stored.revoked_at is not None:
        return Freedom.REVOKED
    return Freedom.OWN if topic.standing is Standing.OWN else Freedom.SHARED
