"""`heed key`: a key that encrypts what the database keeps."""

from __future__ import annotations

from bot.cli.output import out
from storage.sealing import new_key


def print_key() -> int:
    """Make a key and print it."""
    out.print(new_key(), markup=False, highlight=False)
    return 0
