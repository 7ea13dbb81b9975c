"""Splits articles into passages, each small enough for one vector, so that an article is found by any of its parts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.vocabulary import Part, Passage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from knowledge.article import Article

LONGEST = 700
"""Characters at most in a passage of the full answer; the bundled encoder reads about 256 word pieces."""

_MARKUP = re.compile(r"[*_`#>]+|^\s*(?:[-+]|\d+\.)\s+", re.MULTILINE)


def split(articles: Sequence[Article]) -> tuple[Passage, ...]:
    """Give all passages of *articles*, those of one article side by side."""
    return tuple(
        Passage(article_id=article.id, language=article.language, part=part, text=text)
        for article in articles
        for part, text in _parts(article)
    )


def _parts(article: Article) -> Iterator[tuple[Part, str]]:
    yield Part.QUESTION, article.question
    for ask in article.ask:
        yield Part.ASK, ask
    yield Part.SHORT, f"{article.question} {article.short_answer}"
    for chunk in _chunks(article.full_answer):
        yield Part.FULL, f"{article.question} {chunk}"


def _chunks(markdown: str) -> Iterator[str]:
    chunk = ""
    for paragraph in re.split(r"\n\s*\n", markdown):
        plain = " ".join(_MARKUP.sub("", paragraph).split())
        if chunk and len(chunk) + len(plain) > LONGEST:
            yield chunk
            chunk = ""
        chunk = f"{chunk} {plain}".strip()
    if chunk:
        yield chunk
