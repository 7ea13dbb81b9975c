"""A list of post ids that is read in pages, newest first, the way X reads its timelines."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Which part of a timeline is asked for; both bounds are exclusive."""

    since: int = 0
    until: int | None = None
    limit: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """One page of ids, newest first."""

    ids: tuple[str, ...]
    more: bool  #: Older ids within the same bounds follow.


@dataclass(slots=True)
class Timeline:
    """Ids in the order in which they were added, which is their own order."""

    cap: int  #: Only so many of the newest can be reached, as on X.
    _ids: list[int] = field(default_factory=list)

    def add(self, post_id: str) -> None:
        """Append an id newer than all before."""
        self._ids.append(int(post_id))

    def page(self, span: Span) -> Slice:
        """Return the newest ids within *span*."""
        oldest = max(bisect_right(self._ids, span.since), len(self._ids) - self.cap)
        end = len(self._ids) if span.until is None else bisect_left(self._ids, span.until)
        start = max(oldest, end - span.limit)
        return Slice(ids=tuple(map(str, reversed(self._ids[start:end]))), more=start > oldest)
