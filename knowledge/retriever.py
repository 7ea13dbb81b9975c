"""RETRIEVE: from an understanding to candidates with a calibrated confidence."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import numpy as np

from bot.vocabulary import Candidate
from knowledge.confidence import read_signs
from knowledge.shelf import FEATURES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.vocabulary import Passage, Understanding
    from knowledge.article import Article
    from knowledge.confidence import Confidence
    from knowledge.shelf import Nominees, Shelf
    from knowledge.shelves import Shelves

FIRST_LANGUAGE = "en"
"""Searched where a text's language is unsure or has no articles."""

SHOWN = 5
"""Candidates that are kept."""


def utc_today() -> date:
    """Give the present day."""
    return datetime.now(UTC).date()


class HybridRetriever:
    """Searches the shelf of a text's language with both arms. Read-only; a changed knowledge base gets a new one."""

    def __init__(self, shelves: Shelves, confidence: Confidence, today: Callable[[], date] = utc_today) -> None:
        self._shelves = shelves
        self._confidence = confidence
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
                found[row] = self._candidates(shelf, understanding, nominees)
        return found

    def _shelf_for(self, language: str | None) -> str:
        return language if language is not None and language in self._shelves else FIRST_LANGUAGE

    def _candidates(self, shelf: Shelf, understanding: Understanding, nominees: Nominees) -> tuple[Candidate, ...]:
        nominees = self._unexpired(shelf, nominees)
        if not len(nominees.articles):
            return ()
        scores = self._confidence.score(nominees, shelf.language)
        first = self._confidence.of_first(read_signs(nominees, scores, understanding, shelf.language))
        order = np.argsort(-scores, kind="stable")[:SHOWN]
        best = float(scores[order[0]])
        return tuple(
            _candidate(
                shelf.articles[int(nominees.articles[n])],
                shelf.passages[int(nominees.passages[n])],
                score=float(scores[n]),
                parts=dict(zip(FEATURES, np.round(nominees.features[n], 4).tolist(), strict=True)),
                # The others share the first one's confidence in the proportion of their scores.
                confidence=first * float(scores[n]) / best if best > 0 else 0.0,
            )
            for n in order
        )

    def _unexpired(self, shelf: Shelf, nominees: Nominees) -> Nominees:
        """Drop what expired since the shelf was built: a process may run for months."""
        today = self._today()
        for article in nominees.articles.tolist():
            if not shelf.articles[article].searchable_on(today):
                nominees = nominees.without(article)
        return nominees


def _candidate(
    article: Article, passage: Passage, *, score: float, parts: Mapping[str, float], confidence: float
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
    )
