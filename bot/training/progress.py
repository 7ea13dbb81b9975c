"""How longer work tells how far it has come."""

from __future__ import annotations

from typing import Protocol

CHUNK = 256
"""Texts that are worked on between two signs of progress."""


class Progress(Protocol):
    """Is told how far a longer piece of work has come."""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Take note that *done* of *total* are finished in *stage*."""
        ...


def silent(stage: str, done: int, total: int) -> None:
    """Take no note."""
