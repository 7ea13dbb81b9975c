"""Counts what becomes of everything that an import reads."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge.importers.found import Skipped, Why

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

    from knowledge.article import Article
    from storage.library import Key

EXAMPLES = 3
"""How many of each reason for skipping are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What an import did."""

    origin: str
    read: int  #: Everything that the source offered.
    added: int
    changed: int
    unchanged: int
    kept: int  #: Changed in the source, but left as they are because a person reviewed them here.
    expired: int  #: How many of those read are past the day that the source gives them; they are not searched.
    absent: int  #: Stored from this origin, but no longer in the source; 0 where only a part of it was read.
    removed: int  #: Of those absent.
    skipped: Mapping[Why, int]
    examples: tuple[Skipped, ...]


class Ledger:
    """What became of everything so far."""

    def __init__(self, stored: Mapping[Key, str], today: date) -> None:
        self.stored = stored
        self.seen: set[Key] = set()
        self._today = today
        self._added = self._changed = self._unchanged = self._kept = self._expired = 0
        self._skipped: Counter[Why] = Counter()
        self._examples: list[Skipped] = []

    def enter(self, article: Article) -> bool:
        """Say whether *article* is new or changed."""
        key = key_of(article)
        if key in self.seen:
            return False
        self.seen.add(key)
        self._expired += article.valid_until < self._today
        same = self.stored.get(key) == article.fingerprint
        self._unchanged += same
        return not same

    def skip(self, skipped: Skipped) -> None:
        """Count what was skipped, and keep the first of each reason as examples."""
        self._skipped[skipped.why] += 1
        if self._skipped[skipped.why] <= EXAMPLES:
            self._examples.append(skipped)

    def book(self, articles: Sequence[Article], *, kept: Collection[Key], taken: Collection[Key]) -> None:
        """Count *articles* as added or changed, except those that were *kept* and those whose id was *taken*."""
        for key in map(key_of, articles):
            if key in taken:
                self.seen.discard(key)
                self.skip(Skipped(where=f"the article {key[0]}", why=Why.ID_TAKEN))
            elif key in kept:
                self._kept += 1
            elif key in self.stored:
                self._changed += 1
            else:
                self._added += 1

    def report(self, origin: str, *, absent: int, removed: int) -> Report:
        """Sum up."""
        return Report(
            origin=origin,
            read=len(self.seen) + self._skipped.total(),
            added=self._added,
            changed=self._changed,
            unchanged=self._unchanged,
            kept=self._kept,
            expired=self._expired,
            absent=absent,
            removed=removed,
            skipped=dict(sorted(self._skipped.items())),
            examples=tuple(sorted(self._examples, key=lambda skipped: skipped.why)),
        )


def key_of(article: Article) -> Key:
    """Give what tells one stored article from another."""
    return article.id, article.language
