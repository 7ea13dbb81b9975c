"""A list of post ids that is read in pages, newest first, the way X reads its timelines."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
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
    """Ids in their own order, whenever they were added."""

    cap: int | None = None  #: Only so many of the newest can be reached, as on X.
    _ids: list[int] = field(default_factory=list)

    def add(self, post_id: str) -> None:
        """Put an id in its place."""
        insort(self._ids, int(post_id))

    def page(self, span: Span) -> Slice:
        """Return the newest ids within *span*."""
        oldest, end = self._bounds(span)
        start = max(oldest, end - span.limit)
        return Slice(ids=tuple(map(str, reversed(self._ids[start:end]))), more=start > oldest)

    def newest_first(self, span: Span) -> Iterator[str]:
        """Yield all ids within the bounds of *span*, whatever its limit."""
        oldest, end = self._bounds(span)
        return (str(self._ids[place]) for place in range(end - 1, oldest - 1, -1))

    def _bounds(self, span: Span) -> tuple[int, int]:
        reachable = 0 if self.cap is None else len(self._ids) - self.cap
        end = len(self._ids) if span.until is None else bisect_left(self._ids, span.until)
        return max(bisect_right(self._ids, span.since), reachable, 0), end
