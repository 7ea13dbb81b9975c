"""The whole knowledge base as it is searched: one shelf a language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from knowledge.passages import split
from knowledge.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from bot.vocabulary import Vector
    from knowledge.article import Article


class Shelves(Mapping[str, Shelf]):
    """Shelves by language. Read-only: a changed knowledge base is a new value, and the old one answers meanwhile."""

    def __init__(self, shelves: Mapping[str, Shelf]) -> None:
        self._shelves = dict(shelves)

    @classmethod
    def of(cls, articles: Sequence[Article], vectors: Mapping[str, Vector]) -> Shelves:
        """Put *articles* on shelves; *vectors* holds the vector of each of their passages by its text."""
        languages = sorted({article.language for article in articles})
        return cls({name: _shelf([a for a in articles if a.language == name], vectors) for name in languages})

    def changed(
        self, put: Sequence[Article], gone: Collection[tuple[str, str]], vectors: Mapping[str, Vector]
    ) -> Shelves:
        """Give the shelves with *put* added or replaced, and without the (id, language) in *gone*.

        *vectors* holds the vector of each passage of *put* by its text; the others are kept.
        """
        shelves = dict(self._shelves)
        out = {*gone, *((article.id, article.language) for article in put)}
        for language in {name for _, name in out}:
            old = shelves.pop(language, None)
            kept = [a for a in old.articles if (a.id, language) not in out] if old else []
            known = {p.text: v for p, v in zip(old.passages, old.vectors, strict=True)} if old else {}
            articles = [*kept, *(article for article in put if article.language == language)]
            if articles:
                shelves[language] = _shelf(articles, {**known, **vectors})
        return Shelves(shelves)

    def __getitem__(self, language: str) -> Shelf:
        return self._shelves[language]

    def __iter__(self) -> Iterator[str]:
        return iter(self._shelves)

    def __len__(self) -> int:
        return len(self._shelves)


def _shelf(articles: Sequence[Article], vectors: Mapping[str, Vector]) -> Shelf:
    passages = split(articles)
    return Shelf(articles, passages, np.stack([vectors[passage.text] for passage in passages]))
