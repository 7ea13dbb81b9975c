"""Opens a source's files: UTF-8 line by line, with numbers, with progress, and with the place of what is wrong."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.errors import DataError
from knowledge.importers.found import silent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

    from knowledge.importers.found import Progress

LONGEST_LINE = 10_000_000
"""Bytes; a longer line is no line but another kind of file."""

_STEP = 1 << 20
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Meter:
    """Tells how many bytes of *total* are read, a megabyte at a time."""

    def __init__(self, stage: str, total: int, progress: Progress = silent) -> None:
        self._stage, self._total, self._progress = stage, total, progress
        self._done = self._told = 0

    def add(self, size: int) -> None:
        """Count *size* more bytes."""
        self._done += size
        if self._done - self._told >= _STEP or self._done >= self._total:
            self._told = self._done
            self._progress(self._stage, self._done, self._total)


@contextmanager
def opened(file: Path) -> Iterator[BinaryIO]:
    """Open *file* for reading bytes. Raises DataError where it cannot be read."""
    try:
        with file.open("rb") as stream:
            yield stream
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror}.", file=str(file)) from error


def read_lines(file: Path, stage: str, progress: Progress = silent) -> Iterator[tuple[int, str]]:
    """Give each line of *file* with its number, from 1, and with its end. Raises DataError, naming file and line."""
    with opened(file) as stream:
        meter = Meter(stage, file.stat().st_size, progress)
        number = 0
        while raw := stream.readline(LONGEST_LINE):
            number += 1
            meter.add(len(raw))
            yield number, _decoded(raw, file, number)


def _decoded(raw: bytes, file: Path, number: int) -> str:
    if len(raw) == LONGEST_LINE:
        raise DataError(f"longer than {LONGEST_LINE:,} bytes.", file=str(file), line=number)
    try:
        return raw.removeprefix(_BYTE_ORDER_MARK if number == 1 else b"").decode("utf-8")
    except UnicodeDecodeError as error:
        raise DataError("not UTF-8.", file=str(file), line=number, remedy="Save the file as UTF-8.") from error
