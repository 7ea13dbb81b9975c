"""What an importer gives, value by value: an imported article, a skipped one with the reason, a place to go on from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from knowledge.article import Article


class Why(StrEnum):
    """Why something in a source became no article."""

    CLOSED = "closed"  #: The question is closed, mostly as a duplicate.
    EMPTY = "empty"  #: Question or answer hold no text.
    GONE = "gone"  #: Deleted, or not visible to us.
    ID_TAKEN = "id_taken"  #: An article of another origin has its id.
    LANGUAGE_UNCLEAR = "language_unclear"  #: Its language could not be told.
    LANGUAGE_UNSUPPORTED = "language_unsupported"  #: Its language is not among those that are answered.
    LOW_SCORE = "low_score"  #: No answer is accepted or has votes enough.
    NEGATIVE_SCORE = "negative_score"  #: The question was voted down.
    NO_ANSWER = "no_answer"  #: Nobody answered, or the question is missing.
    TOO_LONG = "too_long"  #: Longer than an article may be.
    UNSOLVED = "unsolved"  #: No answer is marked as the solution.


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """An article as it is to be stored."""

    article: Article


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """Something of the source that became no article."""

    where: str  #: File and line, or address.
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Everything up to here was given; an interrupted import may go on from here."""

    cursor: str  #: Understood by the importer only; empty at the end, where the next import begins anew.


Found: TypeAlias = Imported | Skipped | Reached


class Progress(Protocol):
    """Is told how far a longer piece of work has come."""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Take note that *done* of *total* are finished in *stage*."""
        ...


def silent(stage: str, done: int, total: int) -> None:
    """Take no note."""
