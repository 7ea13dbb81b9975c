"""DELIVER: carries one reply from the outbox to its channel, at most once, whatever crashes on the way.

The row says `sending` before the post is made, so a crash leaves a trace; a reply found in that state is looked for
among our own posts, and goes out again only if it is proven absent. No transaction is open while the network is.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from bot.errors import ChannelError, DuplicateRefused, OutcomeUnknown, PostGone, PostRefused
from bot.vocabulary import Reason, ReplyKind, ReplyState
from responders.clearing import clear, withdraw
from responders.desk import Delivered, Desk, Held, Later, NothingToDo, Outcome, Refused, Retracted
from responders.lanes import block, closed, enter, lane_of
from responders.parts import next_part
from responders.pauses import pause_seconds
from storage import conditions, outbox
from storage.outbox import Outgoing

if TYPE_CHECKING:
    from bot.vocabulary import Receipt, Reply
    from responders.parts import Part

__all__ = ["Delivered", "Desk", "Held", "Later", "NothingToDo", "Outcome", "Refused", "Retracted", "deliver"]

RETRACT_SECONDS = 30.0
"""The least pause between two attempts at deleting a post."""

log = structlog.get_logger(__name__)


async def deliver(reply_id: int, desk: Desk) -> Outcome:
    """Bring the reply *reply_id* as far as it can go now, and say how far that was; delete its posts if that is due.

    Raises StorageDown; the reply is then found again by the sweep, and nothing is sent twice.
    """
    async with desk.database.begin() as connection:
        outgoing = await outbox.find(connection, reply_id)
    if outgoing is None:
        return NothingToDo()
    match outgoing.state:
        case ReplyState.QUEUED:
            return await _send(outgoing, desk)
        case ReplyState.SENDING:
            return await _settle(outgoing, desk)
        case ReplyState.FAILED | ReplyState.RETRACTED:
            return await _delete(outgoing, desk)
        case _:
            return NothingToDo()


async def _send(outgoing: Outgoing, desk: Desk) -> Outcome:
    """Ask all that is asked before a send, claim the reply, commit, and post it."""
    early = (outgoing.not_before - desk.clock()).total_seconds()
    if early > 0:
        return Later(seconds=early)
    stopped = await _ask(outgoing, desk) or await _look(outgoing, desk)
    if stopped is not None:
        return stopped
    claimed = await _claim(outgoing.reply, desk)
    return await _post(claimed, desk) if isinstance(claimed, Outgoing) else claimed


async def _ask(outgoing: Outgoing, desk: Desk) -> Outcome | None:
    """Ask without any request whether the reply may go; the lane first, so that one in trouble costs nothing."""
    async with desk.database.begin() as connection:
        return (
            await closed(connection, outgoing.reply, now=desk.clock())
            or await clear(connection, outgoing, desk)
            or await enter(connection, outgoing.reply, desk)
        )


async def _look(outgoing: Outgoing, desk: Desk) -> Outcome | None:
    """Ask the channel whether what is answered is still there, and still says what it said.

    An agent's own words may also answer an edited post, and the rest of a thread follows what is out.
    """
    if outgoing.posted:
        return None
    try:
        newest = await desk.responder.newest_version(outgoing.reply)
    except PostGone:
        reason = Reason.GONE
    except ChannelError as error:
        return await _put_off(outgoing, error, desk)
    else:
        if newest == outgoing.reply.in_reply_to or outgoing.reply.kind is ReplyKind.AGENT:
            return None
        reason = Reason.EDITED
    async with desk.database.begin() as connection:
        return await withdraw(connection, outgoing, [reason])


async def _claim(reply: Reply, desk: Desk) -> Outgoing | Outcome:
    """Give the reply as it is claimed, committed; or why it is not.

    All is asked again, with the row locked and the lane to itself: what was switched, said or spent in the meantime
    counts, and whatever comes later finds the reply claimed.
    """
    async with desk.database.begin() as connection:
        await outbox.line_up(connection, reply.channel, reply.audience)
        outgoing = await outbox.find(connection, reply.id, lock=True)
        if outgoing is None or outgoing.state is not ReplyState.QUEUED:
            return NothingToDo()
        stopped = await clear(connection, outgoing, desk)
        if stopped is not None:
            return stopped
        attempt = await outbox.claim(connection, reply.id, now=desk.clock())
        return NothingToDo() if attempt is None else replace(outgoing, state=ReplyState.SENDING, attempt=attempt)


async def _post(outgoing: Outgoing, desk: Desk) -> Outcome:
    """Post what is missing of a claimed reply, part by part, and record what came of it."""
    while True:
        part = next_part(outgoing.reply, outgoing.posted)
        try:
            receipt = await desk.responder.send(part.reply)
        except (OutcomeUnknown, DuplicateRefused) as error:
            return await _doubt(outgoing, error, desk)
        except (PostGone, PostRefused) as error:
            return await _fail(outgoing, str(error), desk)
        except ChannelError as error:
            return await _put_back(outgoing, error, desk)
        recorded = await _record(outgoing, part, receipt, desk, is_fresh=True)
        if not isinstance(recorded, Outgoing):
            return recorded
        outgoing = recorded


async def _settle(outgoing: Outgoing, desk: Desk) -> Outcome:
    """Find out what became of a reply that was left in `sending`, and go on only with what is proven absent."""
    wait = _rest(outgoing, desk)
    if wait > 0:
        return Later(seconds=wait)
    part = next_part(outgoing.reply, outgoing.posted)
    try:
        receipt = await desk.responder.find_sent(part.reply)
    except ChannelError as error:
        seconds = max(pause_seconds(error, outgoing.attempt), desk.settle_seconds)
        return Later(seconds=seconds, problem=str(error))
    if receipt is not None:
        recorded = await _record(outgoing, part, receipt, desk, is_fresh=False)
        return await _send_again(recorded, desk) if isinstance(recorded, Outgoing) else recorded
    if outgoing.problem is not None:
        return await _fail(outgoing, outgoing.problem, desk)
    return await _send_again(outgoing, desk)


async def _send_again(outgoing: Outgoing, desk: Desk) -> Outcome:
    """Queue a reply of which something is proven absent, so that everything asked before a try is asked again."""
    async with desk.database.begin() as connection:
        now = desk.clock()
        if not await outbox.requeue(connection, outgoing.reply.id, attempt=outgoing.attempt, not_before=now):
            return NothingToDo()
        queued = await outbox.find(connection, outgoing.reply.id)
    return NothingToDo() if queued is None else await _send(queued, desk)


async def _record(
    outgoing: Outgoing, part: Part, receipt: Receipt, desk: Desk, *, is_fresh: bool
) -> Outgoing | Outcome:
    """Store the receipt of *part*, and give what is left to be sent, or that it was the last.

    A fresh one shows that its lane works.
    """
    reply, number = outgoing.reply, part.number
    async with desk.database.begin() as connection:
        recorded = await outbox.settle_sent(connection, reply.id, receipt, part=number, is_last=part.is_last)
        if is_fresh:
            await conditions.clear(connection, reply.channel, lane_of(reply))
        goes_on = recorded and not part.is_last
        if goes_on and not await outbox.go_on(connection, reply.id, attempt=outgoing.attempt, now=desk.clock()):
            return NothingToDo()
    if not recorded:
        return await _fail(outgoing, "Another reply of ours answers the same post already.", desk)
    log.info("reply delivered", reply=reply.id, part=number, post=receipt.post_id, attempt=outgoing.attempt)
    return Delivered(receipt=receipt) if part.is_last else replace(outgoing, posted=(*outgoing.posted, receipt))


async def _doubt(outgoing: Outgoing, error: ChannelError, desk: Desk) -> Outcome:
    """Leave the reply in `sending`: only our own posts can tell whether this try, or one before, made it."""
    reply, attempt = outgoing.reply, outgoing.attempt
    async with desk.database.begin() as connection:
        if isinstance(error, DuplicateRefused):
            await outbox.doubt(connection, reply.id, attempt=attempt, problem=str(error))
        else:
            await block(connection, reply, error, attempt=attempt, now=desk.clock())
    log.warning("reply in doubt", reply=reply.id, attempt=attempt, problem=str(error))
    return Later(seconds=desk.settle_seconds, problem=str(error))


async def _fail(outgoing: Outgoing, problem: str, desk: Desk) -> Outcome:
    """Give the reply up, and delete what is out of it: a thread is sent whole or not at all."""
    reply_id, attempt = outgoing.reply.id, outgoing.attempt
    async with desk.database.begin() as connection:
        failed = await outbox.fail(connection, reply_id, attempt=attempt, problem=problem)
    if not failed:
        return NothingToDo()
    log.warning("reply refused", reply=reply_id, attempt=attempt, problem=problem)
    deleted = await _delete(outgoing, desk)
    return deleted if isinstance(deleted, Later) else Refused(problem=problem)


async def _put_back(outgoing: Outgoing, error: ChannelError, desk: Desk) -> Outcome:
    """Queue a reply that was certainly not posted, for when it has a chance again, and keep the others back too."""
    reply, attempt, problem, now = outgoing.reply, outgoing.attempt, str(error), desk.clock()
    async with desk.database.begin() as connection:
        seconds = await block(connection, reply, error, attempt=attempt, now=now)
        due = now + timedelta(seconds=seconds)
        await outbox.requeue(connection, reply.id, attempt=attempt, not_before=due, problem=problem)
    log.warning("reply put back", reply=reply.id, attempt=attempt, seconds=seconds, problem=problem)
    return Later(seconds=seconds, problem=problem)


async def _put_off(outgoing: Outgoing, error: ChannelError, desk: Desk) -> Outcome:
    """Leave a reply queued that cannot be checked now, and keep the others of its lane back too."""
    async with desk.database.begin() as connection:
        seconds = await block(connection, outgoing.reply, error, attempt=outgoing.attempt + 1, now=desk.clock())
    log.warning("reply put off", reply=outgoing.reply.id, seconds=seconds, problem=str(error))
    return Later(seconds=seconds, problem=str(error))


async def _delete(outgoing: Outgoing, desk: Desk) -> Outcome:
    """Delete what is on the channel of a reply that was retracted or given up, the last part first."""
    for receipt in reversed(outgoing.posted):
        try:
            await desk.responder.retract(receipt)
        except ChannelError as error:
            async with desk.database.begin() as connection:
                await outbox.note_problem(connection, outgoing.reply.id, f"Not deleted yet: {error}")
            log.warning("post not deleted", reply=outgoing.reply.id, post=receipt.post_id, problem=str(error))
            return Later(seconds=max(pause_seconds(error, 1), RETRACT_SECONDS), problem=str(error))
        async with desk.database.begin() as connection:
            await outbox.note_retracted(connection, receipt)
        log.info("post deleted", reply=outgoing.reply.id, post=receipt.post_id)
    return Retracted() if outgoing.posted else NothingToDo()


def _rest(outgoing: Outgoing, desk: Desk) -> float:
    """Give the seconds until a reply in `sending` may be looked for."""
    since = (desk.clock() - outgoing.tried_at).total_seconds() if outgoing.tried_at else desk.settle_seconds
    return desk.settle_seconds - since
