"""Takes the words out of a mail that is written in HTML. Pure."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_BLOCKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "blockquote"})
_SILENT = frozenset({"style", "script", "head", "title", "blockquote"})
"""Elements whose text is not said; a quotation was said before."""


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - html.parser's
        if tag in _SILENT:
            self._silent.append(tag)
        if tag in _BLOCKS and not self._silent:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._silent:
            del self._silent[self._silent.index(tag) :]
        if tag in _BLOCKS - {"br"} and not self._silent:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(re.sub(r"\s+", " ", data))


def words_of(html: str) -> str:
    """Give the text of *html*, a line a block, without quotations, styles and scripts."""
    words = _Words()
    words.feed(html)
    words.close()
    lines = [line.strip() for line in "".join(words.parts).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
