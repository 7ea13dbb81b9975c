"""Pages of the documentation, and the few ways in which the tests read them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

_FENCED = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_CELL_BORDER = re.compile(r"(?<!\\)\|")
_IS_RULE = re.compile(r"[|\s:-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One Markdown file."""

    path: Path
    text: str

    @property
    def prose(self) -> str:
        """The text without its code blocks."""
        return _FENCED.sub("", self.text)

    @property
    def words(self) -> str:
        """The text without any code."""
        return _CODE.sub("code", self.prose)

    @property
    def code(self) -> list[str]:
        """All code: each block, and each piece in backticks."""
        return _FENCED.findall(self.text) + _CODE.findall(self.prose)

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """The cells of all table rows, heads included."""
        lines = [line for line in self.prose.splitlines() if line.startswith("|") and not _IS_RULE.fullmatch(line)]
        return [tuple(cell.strip() for cell in _CELL_BORDER.split(line)[1:-1]) for line in lines]

    def section(self, heading: str) -> Page:
        """The part under *heading*, up to the next heading of its level."""
        marks = heading.split(" ", 1)[0]
        _, found, rest = self.text.partition(f"\n{heading}\n")
        assert found, f"{self.path.name} has no heading {heading!r}"
        return Page(path=self.path, text=re.split(rf"^#{{1,{len(marks)}}} ", rest, flags=re.MULTILINE)[0])

    def column(self, number: int = 0) -> list[str]:
        """The code names in one column, row by row; rows without one are heads."""
        return [cell.strip("`") for row in self.rows for cell in (row[number],) if cell.startswith("`")]


def read(path: Path) -> Page:
    return Page(path=path, text=path.read_text(encoding="utf-8"))


@pytest.fixture
def reference():
    """Read a page of the reference by its name."""
    return lambda name: read(ROOT / "docs" / "reference" / f"{name}.md")


@pytest.fixture
def root():
    return ROOT


@pytest.fixture
def pages():
    """All pages, those at the root included."""
    files = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "CONTRIBUTING.md", ROOT / "README.md"]
    return [read(file) for file in files]
