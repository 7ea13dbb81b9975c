"""What the scripts print: tables for benchmarks/README.md, and on stderr what is being measured."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.evaluation_files import EvaluationSet


def announce(data: EvaluationSet) -> None:
    """Say which set is being measured: a large one takes minutes."""
    print(f"› measuring {data.name}", file=sys.stderr, flush=True)


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a Markdown table, a row a line, and an empty line after it."""
    for cells in (header, ["---"] * len(header), *rows):
        print(f"| {' | '.join(cells)} |")
    print(flush=True)


def figure(value: float) -> str:
    """Give three decimals."""
    return f"{value:.3f}"
