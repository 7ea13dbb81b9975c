"""One conversation as it is at this moment, with all that its page shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.situation import find_situation
from storage.cases import NotFound
from storage.cases.channel import find_traces
from storage.contacts import find_of_conversation
from storage.corrections import find_corrections
from storage.escalations.showing import of_conversation
from storage.originals import find_disclosures, find_kept

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from console.situation import Situation
    from storage.cases import Case
    from storage.cases.channel import Traces
    from storage.contacts import KeptContact
    from storage.corrections import Correction
    from storage.escalations.showing import Shown
    from storage.originals import Disclosure


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A conversation, what became of its posts on the channel, and how the channel is."""

    case: Case
    traces: Traces
    situation: Situation
    kept: frozenset[int]  #: Mentions whose words are kept, though masked.
    disclosures: tuple[Disclosure, ...]  #: Who looked at them.
    corrections: tuple[Correction, ...]  #: What agents said of the moods, oldest first.
    contact: KeptContact | None  #: How the customer can be reached, while they let us keep it.
    offline: tuple[Shown, ...]  #: Its cases at the help desk, newest first.


async def open_case(connection: AsyncConnection, case: Case | None) -> Opened:
    """Read what belongs to *case* beside itself. Raises NotFound where there is none."""
    if case is None:
        raise NotFound("There is no such conversation.")
    place = case.conversation.id
    return Opened(
        case=case,
        traces=await find_traces(connection, place),
        situation=await find_situation(connection),
        kept=await find_kept(connection, place),
        disclosures=await find_disclosures(connection, place),
        corrections=await find_corrections(connection, place),
        contact=await find_of_conversation(connection, place),
        offline=await of_conversation(connection, place),
    )
