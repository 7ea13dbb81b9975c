"""Audited questions: what customers asked, and which articles a careful person found right for it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

SHAPE = 'Write {"id", "language", "text", "article"}, where article is an id, a list of ids, or null.'


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditedQuestion:
    """One question and its judgement."""

    id: str
    language: str  #: ISO 639-1 code.
    text: str
    right: frozenset[str]  #: Ids of the articles that answer it; empty where none does.

    @property
    def certifies(self) -> bool:
        """Whether it belongs to the two thirds that certify; the others calibrate, and none does both."""
        return hashlib.sha256(self.id.encode()).digest()[0] % 3 != 0


def read_audits(file: Path) -> list[AuditedQuestion]:
    """Read the audited questions of *file*, none where it is missing. Raises DataError, naming file and line."""
    if not file.exists():
        return []
    lines = enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
    return [_read(line, file, number) for number, line in lines if line.strip()]


def _read(line: str, file: Path, number: int) -> AuditedQuestion:
    try:
        row = json.loads(line)
        article = row["article"]
        right = [article] if isinstance(article, str) else article or []
        return AuditedQuestion(
            id=str(row["id"]), language=str(row["language"]), text=str(row["text"]), right=frozenset(map(str, right))
        )
    except (ValueError, KeyError, TypeError) as error:
        raise DataError("not an audited question.", file=str(file), line=number, remedy=SHAPE) from error
