"""The lanes of a channel, such as posting: while one is in trouble, no reply knocks there, however many wait.

What an error of the channel means for all other replies of the lane, and when one of them, the pilot, tries again.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.errors import ChannelBusy, ChannelCapped, ChannelError, ChannelSpent, CredentialsRefused, NotYetVisible
from bot.vocabulary import Audience, ChannelState, Lane
from responders.desk import Held
from responders.pauses import LONGEST_BACKOFF_SECONDS, pause_seconds
from storage import conditions

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.vocabulary import Condition, Reply
    from responders.desk import Desk

_STATES: Mapping[type[ChannelError], ChannelState] = {
    ChannelBusy: ChannelState.BUSY,
    ChannelSpent: ChannelState.SPENT,
    ChannelCapped: ChannelState.CAPPED,
    CredentialsRefused: ChannelState.REFUSED,
}


def lane_of(reply: Reply) -> Lane:
    """Give the lane that *reply* goes by."""
    return Lane.MESSAGE if reply.audience is Audience.PRIVATE else Lane.POST


def state_of(error: ChannelError) -> ChannelState:
    """Give the state that *error* shows a lane to be in; what is of no other kind is an outage."""
    return next((state for kind, state in _STATES.items() if isinstance(error, kind)), ChannelState.DOWN)


async def closed(connection: AsyncConnection, reply: Reply, *, now: datetime) -> Held | None:
    """Say why nothing is tried in the lane of *reply* now; None where something may be.

    Our own budget is no trouble of the channel; it is counted anew each time.
    """
    known = await conditions.find(connection, reply.channel, lane_of(reply))
    if known is None or known.state is ChannelState.BUDGET or known.until is None or known.until <= now:
        return None
    return Held(problem=known.problem)


async def enter(connection: AsyncConnection, reply: Reply, desk: Desk) -> Held | None:
    """Let *reply* go by its lane; where that was in trouble, only one pilot, and all others when it is back."""
    lane, now = lane_of(reply), desk.clock()
    known = await conditions.find(connection, reply.channel, lane)
    if known is None or known.state is ChannelState.BUDGET:
        return None
    until = now + timedelta(seconds=max(desk.settle_seconds, 1.0))
    if await conditions.try_again(connection, reply.channel, lane, now=now, until=until):
        return None
    return Held(problem=known.problem)


async def block(
    connection: AsyncConnection, reply: Reply, error: ChannelError, *, attempt: int, now: datetime
) -> float:
    """Keep everybody out of the lane of *reply* because of *error*, and give for how many seconds.

    What only concerns the post that is answered blocks nothing. An outage is looked at less often the longer it lasts.
    """
    seconds = pause_seconds(error, attempt)
    if isinstance(error, NotYetVisible):
        return seconds
    lane, state = lane_of(reply), state_of(error)
    known = await conditions.find(connection, reply.channel, lane)
    if state is ChannelState.DOWN:
        seconds = max(seconds, _half_its_age(known, now))
    until = now + timedelta(seconds=seconds)
    await conditions.note(connection, reply.channel, lane, state, problem=str(error), until=until)
    return seconds


def _half_its_age(known: Condition | None, now: datetime) -> float:
    if known is None or known.state is not ChannelState.DOWN:
        return 0.0
    return min(LONGEST_BACKOFF_SECONDS, (now - known.since).total_seconds() / 2)
