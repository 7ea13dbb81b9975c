"""What the scripts print: tables for benchmarks/README.md, and on stderr what is being measured."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def announce(name: str) -> None:
    """Say which set is being measured: a large one takes minutes."""
    print(f"› measuring {name}", file=sys.stderr, flush=True)


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a Markdown table, a row a line, and an empty line after it."""
    for cells in (header, ["---"] * len(header), *rows):
        print(f"| {' | '.join(cells)} |")
    print(flush=True)


def figure(value: float | None) -> str:
    """Give three decimals; a dash for what cannot be said."""
    return "–" if value is None else f"{value:.3f}"
