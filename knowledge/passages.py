"""Splits articles into passages, each small enough for one vector, so that an article is found by any of its parts."""

from __future__ import annotations

import re
from math import ceil
from textwrap import wrap
from typing import TYPE_CHECKING

from bot.vocabulary import Part, Passage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from knowledge.article import Article

LONGEST = 700
"""Characters at most in a passage of the full answer; the bundled encoder reads about 256 word pieces."""

_SLACK = LONGEST // 10  # characters that a line of whole words may be longer than its share

_MARKUP = re.compile(r"[*_`#>]+|^\s*(?:[-+]|\d+\.)\s+", re.MULTILINE)


def split(articles: Sequence[Article]) -> tuple[Passage, ...]:
    """Give all passages of *articles*, those of one article side by side."""
    return tuple(
        Passage(article_id=article.id, language=article.language, part=part, text=text)
        for article in articles
        for part, text in _parts(article)
    )


def _parts(article: Article) -> Iterator[tuple[Part, str]]:
    if article.question:
        yield Part.QUESTION, article.question
    for ask in article.ask:
        yield Part.ASK, ask
    if article.short_answer:
        yield Part.SHORT, f"{article.question} {article.short_answer}"
    for chunk in _chunks(article.full_answer):
        yield Part.FULL, f"{article.question} {chunk}".strip()


def _chunks(markdown: str) -> Iterator[str]:
    chunk = ""
    for piece in _pieces(markdown):
        if chunk and len(chunk) + len(piece) > LONGEST:
            yield chunk
            chunk = ""
        chunk = f"{chunk} {piece}".strip()
    if chunk:
        yield chunk


def _pieces(markdown: str) -> Iterator[str]:
    """Give the paragraphs, those that are too long in lines of whole words."""
    for paragraph in re.split(r"\n\s*\n", markdown):
        plain = " ".join(_MARKUP.sub("", paragraph).split())
        if len(plain) <= LONGEST:
            yield plain
        else:
            # In equal parts: a short rest would seem near to whatever is asked.
            parts = ceil(len(plain) / (LONGEST - _SLACK))
            yield from wrap(plain, ceil(len(plain) / parts) + _SLACK)
