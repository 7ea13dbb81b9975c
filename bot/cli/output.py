"""What commands print: tables and progress for people on stderr or stdout, one JSON object for programs."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rich.progress import TaskID

    from bot.training import Progress as Told

out = Console()
err = Console(stderr=True)


def emit(values: Mapping[str, Any]) -> None:
    """Print *values* as one JSON object on one line of stdout."""
    out.file.write(json.dumps(values, ensure_ascii=False, default=str) + "\n")
    out.file.flush()


def report(figures: Mapping[str, Any], *, as_json: bool) -> None:
    """Print what was measured: as one JSON object for programs, else a line each."""
    if as_json:
        emit(figures)
        return
    for name, value in figures.items():
        out.print(f"{name:20} {value}")


@contextmanager
def progress_bars() -> Iterator[Told]:
    """Show a bar for each stage that is told of, on stderr so that stdout stays for results."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description:24}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err) as bars:
        known: dict[str, TaskID] = {}

        def told(stage: str, done: int, total: int) -> None:
            if stage not in known:
                known[stage] = bars.add_task(stage, total=total)
            bars.update(known[stage], completed=done, total=total)

        yield told
