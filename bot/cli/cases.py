"""`heed cases`: cases that left the network, and those that did not get there."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rich.table import Table

from bot import service
from bot.cli.output import emit, out
from bot.errors import SettingsError
from bot.telemetry import set_up_logging
from bot.vocabulary import EscalationState
from storage import escalations

if TYPE_CHECKING:
    from bot.settings import Settings
    from storage.escalations import Case


async def list_cases(settings: Settings, state: str | None, *, as_json: bool) -> int:
    """List all cases, or those in *state*, newest first, without who the customers are. Raises SettingsError."""
    if state is not None and state not in set(EscalationState):
        raise SettingsError(f"--state {state}: write one of {', '.join(EscalationState)}")
    set_up_logging(settings.log.model_copy(update={"level": "error", "format": "console"}))
    async with service.open_database(settings) as database, database.begin() as connection:
        found = await escalations.listing(connection, EscalationState(state) if state else None)
    if as_json:
        emit({"cases": [_as_document(case) for case in found]})
    else:
        _show(found)
    return 0


async def redeliver(settings: Settings, reference: str) -> int:
    """Queue a dead case again; a running service hands it over. Raises NoSuchCase, IllegalMove."""
    set_up_logging(settings.log.model_copy(update={"level": "error", "format": "console"}))
    async with service.open_database(settings) as database, database.begin() as connection:
        case = await escalations.redeliver(connection, reference.strip().upper(), now=datetime.now(UTC))
    out.print(
        f"Case {case.escalation.reference} waits to be handed over again, for try {case.attempts + 1}.", markup=False
    )
    return 0


def _as_document(case: Case) -> dict[str, Any]:
    return {
        "reference": case.escalation.reference,
        "state": case.state,
        "desk": case.desk,
        "desk_id": case.desk_id,
        "delivery_id": case.delivery_id,
        "attempts": case.attempts,
        "problem": case.problem,
        "opened_at": case.escalation.opened_at.isoformat(),
        "next_try_at": case.next_try_at.isoformat() if case.state is EscalationState.QUEUED else None,
        "sent_at": case.sent_at.isoformat() if case.sent_at else None,
        "resolved_at": case.resolved_at.isoformat() if case.resolved_at else None,
    }


def _show(found: tuple[Case, ...]) -> None:
    table = Table("case", "state", "desk", "tries", "opened", "problem", box=None)
    for case in found:
        opened = f"{case.escalation.opened_at.astimezone(UTC):%Y-%m-%d %H:%M}"
        table.add_row(case.escalation.reference, case.state, case.desk, str(case.attempts), opened, case.problem or "")
    out.print(table)
    out.print(f"{len(found)} {'case' if len(found) == 1 else 'cases'}.")
