"""Short stand-ins for what something was made from: files, code, settings, other things that were made."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from bot.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from bot.ports import Encoder


def fingerprint(*parts: str) -> str:
    """Stand for *parts*: 16 hexadecimal digits that change with any of them."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def of_files(folder: Path, pattern: str) -> str:
    """Stand for the names and contents of the files in *folder* that match *pattern*."""
    return fingerprint(*_contents(sorted(folder.glob(pattern))))


def of_file(file: Path) -> str:
    """Stand for the content of *file*, which may be missing."""
    return fingerprint(*_contents([file] if file.exists() else []))


def of_code(package: str) -> str:
    """Stand for the code in the folder *package* of the project, so that new code makes things anew."""
    return of_files(ROOT / package, "*.py")


def of_encoder(encoder: Encoder) -> str:
    """Name an encoder in its revision."""
    return f"{encoder.name} {encoder.revision}"


def _contents(files: Iterable[Path]) -> Iterable[str]:
    return (part for file in files for part in (file.name, file.read_text(encoding="utf-8")))
