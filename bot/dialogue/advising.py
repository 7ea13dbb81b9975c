"""What custom actions may ask of the service: an answer that may be said alone, and how far a customer's case is."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.intake.guards import Watch
from bot.pipeline import think
from bot.ports import Advice
from bot.vocabulary import Admitted, Audience, Candidate, Route
from storage import escalations

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Sequence
    from concurrent.futures import Executor

    from bot.deciding.rules import Limits
    from bot.pipeline import Steps
    from bot.ports import KnownCase, Retriever
    from bot.settings import Settings
    from bot.vocabulary import Understanding
    from storage.database import Database

CERTAIN = 1 - 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAdviser:
    """Advises from the brain in force and from the database."""

    settings: Settings
    database: Database
    steps: Callable[[], Steps]
    limits: Callable[[], Awaitable[Limits]]
    bench: Executor  #: The one thread for everything that computes.

    async def answer(self, text: str, *, besides: Collection[str] = ()) -> Advice | None:
        """Give what may be said alone, by the rules of every other answer; see `bot.ports.Adviser`."""
        limits = await self.limits()
        return await asyncio.get_running_loop().run_in_executor(self.bench, self._think, text, besides, limits)

    async def cases(self, conversation_id: int) -> tuple[KnownCase, ...]:
        """Give the cases of a conversation's customer, newest first. Raises StorageDown."""
        async with self.database.begin() as connection:
            return await escalations.of_customer(connection, conversation_id)

    def _think(self, text: str, besides: Collection[str], limits: Limits) -> Advice | None:
        steps, now = self.steps(), datetime.now(UTC)
        others = replace(steps, retriever=Others(steps.retriever, frozenset(besides)))
        watch = Watch.from_settings(self.settings.deciding, self.settings.replying, now)
        asked = Admitted.supposed(text, now, audience=Audience.PRIVATE)
        (outcome,) = think([asked], others, watch=watch, limits=limits)
        if outcome.decision.route is not Route.ANSWER:
            return None
        best = outcome.decision.candidates[0]
        return Advice(article_id=best.article_id, text=best.short_answer.strip(), confidence=best.confidence)


@dataclass(frozen=True, slots=True)
class Others:
    """Finds what *retriever* finds, without articles that are known not to help."""

    retriever: Retriever
    besides: frozenset[str]

    def retrieve(self, understandings: Sequence[Understanding]) -> list[tuple[Candidate, ...]]:
        """Give the candidates that are left; see `bot.ports.Retriever`."""
        return [self._left(candidates) for candidates in self.retriever.retrieve(understandings)]

    def _left(self, candidates: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
        """Leave out what did not help; that it did not makes the others likelier, as Bayes' rule says."""
        gone = sum(candidate.confidence for candidate in candidates if candidate.article_id in self.besides)
        left = 1 - min(gone, CERTAIN)
        return tuple(
            replace(candidate, confidence=min(CERTAIN, candidate.confidence / left))
            for candidate in candidates
            if candidate.article_id not in self.besides
        )
