"""`heed ask`: the decision for one mention."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich.table import Table

from bot import service
from bot.cli.output import emit, out, progress_bars
from bot.errors import NotTrained
from bot.intake.guards import Watch
from bot.pipeline import think
from bot.telemetry import set_up_logging
from bot.vocabulary import Admitted, Draft, Handoff, Outcome, Reply
from storage.decisions import candidate_row, priority_row, rule_rows, understanding_row

if TYPE_CHECKING:
    from typing import Any

    from bot.settings import Settings
    from bot.training import Brain


async def ask(settings: Settings, text: str, *, as_json: bool) -> int:
    """Decide on *text* as if a customer had just posted it to us, and show why."""
    set_up_logging(settings.log.model_copy(update={"level": "error", "format": "console"}))
    async with service.open_database(settings) as database:
        try:
            brain = await service.wake(settings, database)
        except NotTrained:
            with progress_bars() as progress:
                brain = await service.prepare(settings, database, progress)
    outcome = decide_on(settings, brain, text)
    if as_json:
        emit(as_document(outcome))
    else:
        _show(outcome)
    return 0


def decide_on(settings: Settings, brain: Brain, text: str) -> Outcome:
    """Carry one text through the pipeline."""
    now = datetime.now(UTC)
    watch = Watch.from_settings(settings.deciding, settings.replying, now)
    return think([Admitted.supposed(text, now)], brain.steps, watch=watch, limits=brain.limits)[0]


def as_document(outcome: Outcome) -> dict[str, Any]:
    """Give an outcome as other programs read it."""
    decision = outcome.decision
    return {
        "route": decision.route,
        "reasons": list(decision.reasons),
        "confidence": decision.confidence,
        "threshold": decision.threshold,
        "certified": decision.certified,
        "priority": decision.priority.total,
        "priority_parts": priority_row(decision.priority),
        "team": decision.team,
        "deadline": decision.deadline,
        "reply": said(outcome),
        "understanding": understanding_row(decision.understanding),
        "candidates": [candidate_row(candidate) for candidate in decision.candidates],
        "rules": rule_rows(decision.rules),
    }


def said(outcome: Outcome) -> str:
    """Give the text that was made: of the reply, the draft, or what is suggested to the agent."""
    match outcome.made:
        case Reply(text=text) | Draft(text=text):
            return text
        case Handoff(suggestion=suggestion):
            return suggestion
        case _:
            return ""


def _show(outcome: Outcome) -> None:
    decision = outcome.decision
    threshold = "none" if decision.threshold is None else f"{decision.threshold:.2f}"
    stands = "certified" if decision.certified else "uncertified"
    out.print(f"[bold]{decision.route}[/] because {', '.join(decision.reasons)}")
    out.print(f"confidence {decision.confidence:.2f}, answer threshold {threshold} ({stands})")
    if decision.understanding:
        top = ", ".join(f"{ranked.label} {ranked.probability:.2f}" for ranked in decision.understanding.intents[:3])
        out.print(
            f"intent {top}; mood {decision.understanding.mood:.2f}; danger {decision.understanding.danger:.2f}; "
            f"language {decision.understanding.language or 'unsure'}"
        )
    out.print(f"team {decision.team}; priority {decision.priority.total:.2f}", markup=False)
    if text := said(outcome):
        out.print(f"\n  {text}\n", style="green", markup=False)
    table = Table("article", "language", "confidence", "score", "parts", box=None)
    for candidate in decision.candidates:
        parts = "  ".join(f"{name} {value:.2f}" for name, value in candidate.parts.items())
        table.add_row(
            candidate.article_id, candidate.language, f"{candidate.confidence:.2f}", f"{candidate.score:.2f}", parts
        )
    if decision.candidates:
        out.print(table)
