"""DELIVER: carries one reply from the outbox to its channel, at most once, whatever crashes on the way.

The row says `sending` before the post is made, so a crash leaves a trace; a reply found in that state is looked for
among our own posts, and goes out again only if it is proven absent. No transaction is open while the network is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, TypeAlias

import structlog

from bot.errors import ChannelError, DuplicateRefused, OutcomeUnknown, PostGone, PostRefused
from bot.vocabulary import Reason, Receipt, ReplyKind, ReplyState, Switch
from responders.pauses import pause_seconds
from responders.policy import Proposal, refusals
from storage import outbox
from storage.outbox import Outgoing
from storage.switches import switches_on

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.ports import Responder
    from bot.settings import ReplyingSettings
    from storage.database import Database

PAUSED_SECONDS = 30.0  #: How soon a reply that the kill switch holds back is looked at again.

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What delivering on one channel needs."""

    database: Database
    responder: Responder
    rules: ReplyingSettings
    clock: Callable[[], datetime]
    settle_seconds: float
    """From claiming a reply until our own posts can prove it absent: no request may still be on its way then, so at
    least the channel's timeout, and the time that the channel takes to show a post."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """The reply is on the channel, and its receipt is stored."""

    receipt: Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """The reply still waits; deliver it again in so many seconds."""

    seconds: float
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The reply will not be sent."""

    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingToDo:
    """The reply is settled already, was withdrawn, or is in other hands."""


Outcome: TypeAlias = Delivered | Later | Refused | NothingToDo


async def deliver(reply_id: int, desk: Desk) -> Outcome:
    """Bring the reply *reply_id* as far as it can go now, and say how far that was.

    Raises StorageDown; the reply is then found again by the sweep, and nothing is sent twice.
    """
    async with desk.database.begin() as connection:
        outgoing = await outbox.find(connection, reply_id)
    if outgoing is not None and outgoing.state is ReplyState.SENDING:
        return await _settle(outgoing, desk)
    if outgoing is not None and outgoing.state is ReplyState.QUEUED:
        return await _send(outgoing, desk)
    return NothingToDo()


async def _send(outgoing: Outgoing, desk: Desk) -> Outcome:
    """Claim a queued reply, commit, post it, and record what came of it."""
    attempt = await _claim(outgoing, desk)
    if not isinstance(attempt, int):
        return attempt
    try:
        receipt = await desk.responder.send(outgoing.reply)
    except (OutcomeUnknown, DuplicateRefused) as error:
        return await _doubt(outgoing, attempt, error, desk)
    except (PostGone, PostRefused) as error:
        return await _fail(outgoing, attempt, str(error), desk)
    except ChannelError as error:
        return await _put_back(outgoing, attempt, error, desk)
    return await _record(outgoing, attempt, receipt, desk)


async def _settle(outgoing: Outgoing, desk: Desk) -> Outcome:
    """Find out what became of a reply that was left in `sending`, and send it again only if it is proven absent."""
    wait = _rest(outgoing, desk)
    if wait > 0:
        return Later(seconds=wait)
    try:
        receipt = await desk.responder.find_sent(outgoing.reply)
    except ChannelError as error:
        seconds = max(pause_seconds(error, outgoing.attempt), desk.settle_seconds)
        return Later(seconds=seconds, problem=str(error))
    if receipt is not None:
        return await _record(outgoing, outgoing.attempt, receipt, desk)
    if outgoing.problem is not None:
        return await _fail(outgoing, outgoing.attempt, outgoing.problem, desk)
    return await _send_again(outgoing, desk)


async def _send_again(outgoing: Outgoing, desk: Desk) -> Outcome:
    """Queue a reply that is proven absent, so that everything asked before a first try is asked again."""
    async with desk.database.begin() as connection:
        now = desk.clock()
        if not await outbox.requeue(connection, outgoing.reply.id, attempt=outgoing.attempt, not_before=now):
            return NothingToDo()
        queued = await outbox.find(connection, outgoing.reply.id)
    return NothingToDo() if queued is None else await _send(queued, desk)


async def _claim(outgoing: Outgoing, desk: Desk) -> int | Outcome:
    """Give the number of the try, committed; or why there is none."""
    now = desk.clock()
    early = (outgoing.not_before - now).total_seconds()
    if early > 0:
        return Later(seconds=early)
    async with desk.database.begin() as connection:
        if outgoing.reply.kind is ReplyKind.AUTOMATIC and Switch.PAUSED in await switches_on(connection):
            return Later(seconds=PAUSED_SECONDS, problem="Automatic replies are paused.")
        reasons = refusals(_proposal(outgoing, desk.rules))
        if reasons:
            return await _withdraw(connection, outgoing, reasons)
        return await outbox.claim(connection, outgoing.reply.id, now=now) or NothingToDo()


async def _withdraw(connection: AsyncConnection, outgoing: Outgoing, reasons: tuple[Reason, ...]) -> Outcome:
    """Cancel what the platform's rules no longer allow; who wants no answer and who has one needs nobody."""
    problem = f"Not sent: {', '.join(reasons)}."
    for_a_person = not {Reason.OPTED_OUT, Reason.DUPLICATE} & set(reasons)
    if not await outbox.cancel(connection, outgoing.reply.id, problem=problem, for_a_person=for_a_person):
        return NothingToDo()
    log.info("reply withdrawn", reply=outgoing.reply.id, reasons=reasons)
    return Refused(problem=problem)


async def _record(outgoing: Outgoing, attempt: int, receipt: Receipt, desk: Desk) -> Outcome:
    async with desk.database.begin() as connection:
        recorded = await outbox.settle_sent(connection, outgoing.reply.id, receipt)
    if not recorded:
        return await _fail(outgoing, attempt, "Another reply of ours answers the same post already.", desk)
    log.info("reply delivered", reply=outgoing.reply.id, post=receipt.post_id, attempt=attempt)
    return Delivered(receipt=receipt)


async def _doubt(outgoing: Outgoing, attempt: int, error: ChannelError, desk: Desk) -> Outcome:
    """Leave the reply in `sending`: only our own posts can tell whether this try, or one before, made it."""
    if isinstance(error, DuplicateRefused):
        async with desk.database.begin() as connection:
            await outbox.doubt(connection, outgoing.reply.id, attempt=attempt, problem=str(error))
    log.warning("reply in doubt", reply=outgoing.reply.id, attempt=attempt, problem=str(error))
    return Later(seconds=desk.settle_seconds, problem=str(error))


async def _fail(outgoing: Outgoing, attempt: int, problem: str, desk: Desk) -> Outcome:
    async with desk.database.begin() as connection:
        failed = await outbox.fail(connection, outgoing.reply.id, attempt=attempt, problem=problem)
    if not failed:
        return NothingToDo()
    log.warning("reply refused", reply=outgoing.reply.id, attempt=attempt, problem=problem)
    return Refused(problem=problem)


async def _put_back(outgoing: Outgoing, attempt: int, error: ChannelError, desk: Desk) -> Outcome:
    """Queue a reply that was certainly not posted, for when it has a chance again."""
    seconds, problem = pause_seconds(error, attempt), str(error)
    due = desk.clock() + timedelta(seconds=seconds)
    async with desk.database.begin() as connection:
        await outbox.requeue(connection, outgoing.reply.id, attempt=attempt, not_before=due, problem=problem)
    log.warning("reply put back", reply=outgoing.reply.id, attempt=attempt, seconds=seconds, problem=problem)
    return Later(seconds=seconds, problem=problem)


def _rest(outgoing: Outgoing, desk: Desk) -> float:
    """Give the seconds until a reply in `sending` may be looked for."""
    since = (desk.clock() - outgoing.tried_at).total_seconds() if outgoing.tried_at else desk.settle_seconds
    return desk.settle_seconds - since


def _proposal(outgoing: Outgoing, rules: ReplyingSettings) -> Proposal:
    return Proposal(
        text=outgoing.reply.text,
        kind=outgoing.reply.kind,
        addressed=outgoing.addressed,
        answered=outgoing.answered,
        opted_out=outgoing.opted_out,
        signature=rules.signature,
        links=rules.links,
    )
