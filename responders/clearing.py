"""What is asked before a reply is sent: the kill switch, the rules on fresh data, and the budget."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from bot.vocabulary import Audience, Lane, Reason, ReplyKind, Switch
from responders.budget import DAY, WINDOW, Sent, Use, month_start, shortage
from responders.desk import Held, NothingToDo, Refused
from responders.lanes import lane_of
from responders.parts import texts_of
from responders.policy import LINK, Proposal, has_link, refusals
from storage import conditions, outbox
from storage.switches import switches_on

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from responders.desk import Desk, Outcome
    from storage.outbox import Outgoing

NOBODY_NEEDED = frozenset(
    {Reason.OPTED_OUT, Reason.DUPLICATE, Reason.CONVERSATION_WITH_AGENT, Reason.EDITED, Reason.GONE}
)
"""Reasons that leave nothing to do for a person, or for none but the one who is there already."""

log = structlog.get_logger(__name__)


async def clear(connection: AsyncConnection, outgoing: Outgoing, desk: Desk) -> Outcome | None:
    """Give None where *outgoing* may be sent now, else what became of it instead.

    Of a thread that has begun only the budget is asked: half of it on the channel is worse than all.
    """
    if not outgoing.posted:
        if outgoing.reply.kind is ReplyKind.AUTOMATIC and Switch.PAUSED in await switches_on(connection):
            return await withdraw(connection, outgoing, [Reason.PAUSED])
        if reasons := refusals(_proposal(outgoing, desk, desk.clock())):
            return await withdraw(connection, outgoing, reasons)
    return await _within_budget(connection, outgoing, desk)


async def withdraw(connection: AsyncConnection, outgoing: Outgoing, reasons: Sequence[Reason]) -> Outcome:
    """Cancel what must not be sent for *reasons*, and see that whoever is still needed learns of it.

    A text that a person may yet send waits as a draft; one that was overtaken does not, for it answers too little.
    """
    reply_id, problem = outgoing.reply.id, f"Not sent: {', '.join(reasons)}."
    if NOBODY_NEEDED & set(reasons):
        withdrawn = await outbox.cancel(connection, reply_id, problem=problem)
    elif Reason.OVERTAKEN in reasons:
        withdrawn = await outbox.cancel(connection, reply_id, problem=problem, for_a_person=True)
    else:
        withdrawn = bool(await outbox.hand_back(connection, [reply_id], problem=problem))
    if not withdrawn:
        return NothingToDo()
    log.info("reply withdrawn", reply=reply_id, reasons=[*reasons])
    return Refused(problem=problem)


async def _within_budget(connection: AsyncConnection, outgoing: Outgoing, desk: Desk) -> Held | None:
    reply, now = outgoing.reply, desk.clock()
    use = await _use(connection, outgoing, desk, now)
    short = shortage(desk.budget, use, channel=reply.channel, lane=lane_of(reply), now=now)
    if short is None:
        return None
    await conditions.note(
        connection, reply.channel, lane_of(reply), short.state, problem=short.problem, until=short.until
    )
    return Held(problem=short.problem)


async def _use(connection: AsyncConnection, outgoing: Outgoing, desk: Desk, now: datetime) -> Use:
    reply, budget = outgoing.reply, desk.budget
    quota, missing = budget.quota(lane_of(reply)), len(texts_of(reply)) - len(outgoing.posted)

    async def latest(limit: int | None, span: timedelta) -> datetime | None:
        if limit is None:
            return None
        nth = max(1, limit - missing + 1)
        return await outbox.nth_latest(
            connection, reply.channel, reply.audience, nth, since=now - span, besides=reply.id
        )

    spent = Sent()
    if budget.month_dollars is not None:
        counts = await outbox.counted(connection, reply.channel, since=month_start(now), link=LINK)
        spent = Sent(posts=counts.posts, linked=counts.linked, messages=counts.messages)
    return Use(
        window_since=await latest(quota.per_window, WINDOW),
        day_since=await latest(quota.per_day, DAY),
        month=spent,
        next=_sent_next(outgoing, missing),
    )


def _sent_next(outgoing: Outgoing, missing: int) -> Sent:
    if lane_of(outgoing.reply) is Lane.MESSAGE:
        return Sent(messages=1)
    linked = int(outgoing.reply.invites or has_link(outgoing.reply.text))
    return Sent(posts=missing - linked, linked=linked)


def _proposal(outgoing: Outgoing, desk: Desk, now: datetime) -> Proposal:
    rules = desk.rules
    return Proposal(
        text=outgoing.reply.text,
        kind=outgoing.reply.kind,
        audience=outgoing.reply.audience,
        addressed=outgoing.addressed,
        summoned=outgoing.summoned,
        answered=outgoing.answered,
        opted_out=outgoing.opted_out,
        with_agent=outgoing.with_agent,
        overtaken=outgoing.overtaken,
        late=now - outgoing.queued_at > timedelta(minutes=rules.late_minutes),
        wrote_first=outgoing.reply.audience is Audience.PUBLIC or outgoing.wrote_first,
        first_message=outgoing.first_message,
        customer=outgoing.customer,
        signature=rules.signature,
        links=rules.links,
        privacy_url=rules.privacy_url,
        stop_words=rules.stop_words,
        privacy=desk.privacy,
    )
