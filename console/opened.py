"""One conversation as it is at this moment, with all that its page shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.situation import find_situation
from storage.cases import NotFound
from storage.cases.channel import find_traces

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from console.situation import Situation
    from storage.cases import Case
    from storage.cases.channel import Traces


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A conversation, what became of its posts on the channel, and how the channel is."""

    case: Case
    traces: Traces
    situation: Situation


async def open_case(connection: AsyncConnection, case: Case | None) -> Opened:
    """Read what belongs to *case* beside itself. Raises NotFound where there is none."""
    if case is None:
        raise NotFound("There is no such conversation.")
    traces = await find_traces(connection, case.conversation.id)
    return Opened(case=case, traces=traces, situation=await find_situation(connection))
