"""Keeps on disk what would not fit into memory."""

from __future__ import annotations

import json
from array import array
from bisect import bisect_left
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Sequence


class Spool:
    """Short lists of plain values by number. 16 bytes of memory for each; the rest is in a temporary file."""

    def __init__(self) -> None:
        self._file = TemporaryFile("a+b")  # noqa: SIM115 - closed at the end of the context
        self._keys = array("q")
        self._offsets = array("q")
        self._end = 0

    def put(self, key: int, values: Sequence[Any]) -> int:
        """Keep *values* under *key*, which is new, and give its place. Fast where keys come in order."""
        place = bisect_left(self._keys, key) if self._keys and key < self._keys[-1] else len(self._keys)
        self._keys.insert(place, key)
        self._offsets.insert(place, self._end)
        self._end += self._file.write(json.dumps(values).encode() + b"\n")
        return place

    def place(self, key: int) -> int | None:
        """Give the number, from 0, of *key* among all keys in their order, or None; a later `put` may change it."""
        place = bisect_left(self._keys, key)
        return place if place < len(self._keys) and self._keys[place] == key else None

    def at(self, place: int) -> list[Any]:
        """Give the values at *place*."""
        self._file.seek(self._offsets[place])
        values: list[Any] = json.loads(self._file.readline())
        return values

    def __len__(self) -> int:
        return len(self._keys)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
