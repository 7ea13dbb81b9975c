"""RETRIEVE: from an understanding to candidates with a calibrated confidence."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import numpy as np

from bot.vocabulary import Candidate
from knowledge.segment import FEATURES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.vocabulary import Passage, Understanding
    from knowledge.article import Article
    from knowledge.confidence import Confidence
    from knowledge.shelf import Nominees, Shelf
    from knowledge.shelves import Shelves
    from knowledge.trust import Overruled

FIRST_LANGUAGE = "en"
"""Searched where a text's language is unsure or has no articles."""

SHOWN = 5
"""Candidates that are kept."""


def utc_today() -> date:
    """Give the present day."""
    return datetime.now(UTC).date()


def always(_: Article) -> bool:
    """Take every article as audited."""
    return True


class HybridRetriever:
    """Searches the shelf of a text's language with all arms. Read-only; a changed knowledge base gets a new one."""

    def __init__(
        self,
        shelves: Shelves,
        confidence: Confidence,
        *,
        audited: Callable[[Article], bool] = always,
        overruled: Overruled | None = None,
        today: Callable[[], date] = utc_today,
    ) -> None:
        """Search *shelves*.

        *audited* says whether the certificate was made with an article as it is now, *overruled* which articles each
        gives way to.
        """
        self._shelves = shelves
        self._confidence = confidence
        self._audited = audited
        self._overruled = overruled or {}
        self._today = today

    def retrieve(self, understandings: Sequence[Understanding]) -> list[tuple[Candidate, ...]]:
        """Give for each understanding its candidates with calibrated confidence, best first."""
        found: list[tuple[Candidate, ...]] = [()] * len(understandings)
        for language, shelf in self._shelves.items():
            rows = [n for n, u in enumerate(understandings) if u.text and self._shelf_for(u.language) == language]
            if not rows:
                continue
            own = [understandings[row] for row in rows]
            nominated = shelf.nominate(np.stack([u.vector for u in own]), [u.text for u in own])
            for row, understanding, nominees in zip(rows, own, nominated, strict=True):
                found[row] = self._candidates(shelf, understanding, self._usable(shelf, nominees))
        return found

    def _shelf_for(self, language: str | None) -> str | None:
        if language is not None and language in self._shelves:
            return language
        return FIRST_LANGUAGE if FIRST_LANGUAGE in self._shelves else next(iter(self._shelves), None)

    def _usable(self, shelf: Shelf, nominees: Nominees) -> Nominees:
        """Drop what expired since the shelf was built, for a process may run for months, and what is overruled."""
        today = self._today()
        articles = {number: shelf.articles[number] for number in nominees.articles.tolist()}
        expired = [number for number, article in articles.items() if not article.searchable_on(today)]
        present = {(article.id, article.language) for number, article in articles.items() if number not in expired}
        out = [n for n, a in articles.items() if present & self._overruled.get((a.id, a.language), frozenset())]
        return nominees.without(*expired, *out)

    def _candidates(self, shelf: Shelf, understanding: Understanding, nominees: Nominees) -> tuple[Candidate, ...]:
        if not len(nominees.articles):
            return ()
        scores = self._confidence.score(nominees, shelf.language)
        order = np.argsort(-scores, kind="stable")[:SHOWN]
        first = self._confidence.of_first(self._confidence.signs(shelf, nominees, scores, understanding))
        best = float(scores[order[0]])
        return tuple(
            self._candidate(
                shelf.articles[int(nominees.articles[n])],
                shelf.passages[int(nominees.passages[n])],
                score=float(scores[n]),
                parts=dict(zip(FEATURES, np.round(nominees.features[n], 4).tolist(), strict=True)),
                # The others share the first one's confidence in the proportion of their scores.
                confidence=first * float(scores[n]) / best if best > 0 else 0.0,
            )
            for n in order
        )

    def _candidate(
        self, article: Article, passage: Passage, *, score: float, parts: Mapping[str, float], confidence: float
    ) -> Candidate:
        return Candidate(
            article_id=article.id,
            language=article.language,
            topic=article.topic,
            question=article.question,
            short_answer=article.short_answer,
            reviewed=article.reviewed,
            passage=passage.text,
            score=round(score, 4),
            parts=parts,
            confidence=round(min(max(confidence, 0.0), 1.0), 4),
            audited=self._audited(article),
            source=article.source,
            author=article.author,
            url=article.url,
            full_answer=article.full_answer,
        )
