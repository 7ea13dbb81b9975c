"""Listening the way bot.hearing does, with a clock that only the test moves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.ports import Gap, Heard, Listener
    from tests.responders.conftest import Clock


@dataclass
class Ear:
    """Looks again and again, and remembers everything that was heard."""

    listener: Listener
    clock: Clock
    cursor: str | None = None
    heard: list[str] = field(default_factory=list)  #: Post ids in the order in which they came, each once.
    gaps: list[Gap] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)  #: Seconds after each look.

    async def look(self) -> Heard:
        """Look once, and move the clock to the next look."""
        heard = await self.listener.hear(self.cursor)
        known = set(self.heard)
        self.heard += [mention.post_id for mention in heard.mentions if mention.post_id not in known]
        self.gaps += heard.gaps
        self.cursor = heard.cursor
        self.waits.append(max(self.listener.pause, heard.rest))
        self.clock.move(seconds=self.waits[-1])
        return heard

    async def looks(self, number: int) -> None:
        """Look so many times."""
        for _ in range(number):
            await self.look()
