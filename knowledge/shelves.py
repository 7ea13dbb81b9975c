"""The whole knowledge base as it is searched: one shelf a language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from knowledge.segment import in_memory
from knowledge.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from bot.vocabulary import Vector
    from knowledge.article import Article
    from knowledge.segment import Indexing


class Shelves(Mapping[str, Shelf]):
    """Shelves by language. Read-only: a changed knowledge base is a new value, and the old one answers meanwhile."""

    def __init__(self, shelves: Mapping[str, Shelf], indexing: Indexing = in_memory) -> None:
        self._shelves = dict(shelves)
        self._indexing = indexing

    @classmethod
    def of(cls, articles: Sequence[Article], vectors: Mapping[str, Vector], indexing: Indexing = in_memory) -> Shelves:
        """Put *articles* on shelves; *vectors* holds the vector of each of their passages by its text."""
        by_language: dict[str, list[Article]] = {}
        for article in sorted(articles, key=lambda article: article.language):
            by_language.setdefault(article.language, []).append(article)
        return cls({name: Shelf.of(own, vectors, indexing) for name, own in by_language.items()}, indexing)

    def changed(
        self, put: Sequence[Article], gone: Collection[tuple[str, str]], vectors: Mapping[str, Vector]
    ) -> Shelves:
        """Give the shelves with *put* added or replaced, and without the (id, language) in *gone*.

        *vectors* holds the vector of each passage of *put* by its text; the others are kept.
        """
        shelves: dict[str, Shelf | None] = dict(self._shelves)
        for language in {language for _, language in gone} | {article.language for article in put}:
            own = [article for article in put if article.language == language]
            out = {article_id for article_id, name in gone if name == language}
            if shelf := self._shelves.get(language):
                shelves[language] = shelf.changed(own, out, vectors)
            elif own:
                shelves[language] = Shelf.of(own, vectors, self._indexing)
        return Shelves({language: shelf for language, shelf in shelves.items() if shelf}, self._indexing)

    def __getitem__(self, language: str) -> Shelf:
        return self._shelves[language]

    def __iter__(self) -> Iterator[str]:
        return iter(self._shelves)

    def __len__(self) -> int:
        return len(self._shelves)
