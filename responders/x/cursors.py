"""How far a stream of X was heard, as text that survives a restart. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from responders.x.snowflakes import earlier, snowflake_at

if TYPE_CHECKING:
    from datetime import datetime

JITTER = timedelta(seconds=2)
"""How far ids that X made at the same time may be out of order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """What a look could not reach, and still has to be fetched: from `Cursor.settled` up to an id."""

    until: int  #: The oldest id that was reached.
    settles: int  #: Up to this id all is heard for good once nothing is owed any more.


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Where a look begins; as text its numbers with ":" between them."""

    newest: int  #: The newest id heard.
    settled: int  #: Up to this id all is heard for good, or was there before we first listened; no look goes below it.
    owed: Owed | None = None

    @classmethod
    def first(cls, moment: datetime) -> Cursor:
        """Give the cursor of somebody who begins to listen at *moment*."""
        mark = snowflake_at(moment)
        return cls(newest=mark, settled=mark)

    @classmethod
    def parse(cls, text: str, overlap: timedelta) -> Cursor:
        """Read a cursor back from its text; one that says nothing of what is settled goes back by *overlap*."""
        newest, *rest = map(int, text.split(":"))
        settled, *owed = rest or [earlier(newest, overlap)]
        return cls(newest=newest, settled=settled, owed=Owed(until=owed[0], settles=owed[1]) if owed else None)

    @property
    def near(self) -> int:
        """The id behind which new posts are, and those that X made at the same time as the newest."""
        return max(earlier(self.newest, JITTER), self.settled)

    def reached(self, newest: int) -> Cursor:
        """Move to *newest*, never back."""
        return replace(self, newest=max(self.newest, newest))

    def complete(self, overlap: timedelta) -> Cursor:
        """Note that everything since `settled` was heard; what X indexes late comes within *overlap*."""
        return replace(self, settled=self._settles(overlap), owed=None)

    def broken_off(self, oldest: int, overlap: timedelta) -> Cursor:
        """Note that a look came down to *oldest* only."""
        return replace(self, owed=Owed(until=oldest, settles=self._settles(overlap)))

    def fetched(self, oldest: int | None) -> Cursor:
        """Note that what is owed was fetched down to *oldest*; None when all of it was."""
        if self.owed is None:
            return self
        if oldest is None:
            return replace(self, settled=max(self.settled, self.owed.settles), owed=None)
        return replace(self, owed=replace(self.owed, until=min(oldest, self.owed.until)))

    def forgiven(self, edge: int) -> Cursor:
        """Give up what is owed up to the id *edge*, because nobody can give it any more."""
        if self.owed is not None and self.owed.until <= edge:
            return self.fetched(None)
        return replace(self, settled=max(self.settled, edge))

    def _settles(self, overlap: timedelta) -> int:
        return max(self.settled, earlier(self.newest, overlap))

    def __str__(self) -> str:
        owed = (self.owed.until, self.owed.settles) if self.owed else ()
        return ":".join(map(str, (self.newest, self.settled, *owed)))
