"""Makes Markdown plain: an article's sentences, steps and lines of code, each as it can stand in a post."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from knowledge.sentences import sentences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from markdown_it.token import Token

LONGEST = 20_000
"""Characters of a text that are read; what comes later is hardly among its best sentences."""

FIRST_STEP = "1) "

_POINTS_BACK: Mapping[str, re.Pattern[str]] = {
    language: re.compile(rf"(?:{words})\b", re.IGNORECASE)
    for language, words in {
        "en": "after that|afterwards|also|and|but|however|if (?:it|not|so|that|this)|it|otherwise|so|that|then|there"
        "|these|they|this|those",
        "es": "además|así|después|entonces|eso|esto|luego|o|pero|por eso|si (?:eso|no)|también|y",
        "de": "aber|anschließend|auch|außerdem|dabei|dadurch|dafür|damit|danach|dann|dazu|dies|es|hilft das|oder|sonst"
        "|und|wenn (?:das|es|nicht)",
    }.items()
}
"""How a sentence begins that means little without the one before it."""

_LABEL = 6  # words at most of a paragraph that stands for a heading
_MARKS = (".", "!", "?", "…", ":", ";", ")", '"', "”", "“")

_MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_TAG = re.compile(
    r"<!--.*?-->|</?(?:a|abbr|b|blockquote|br|code|del|div|em|font|h[1-6]|hr|i|img|ins|kbd|li|mark|ol|p|pre|q|s|samp"
    r"|small|span|strike|strong|su[bp]|table|tbody|t[dhr]|thead|u|ul|var)\b[^<>]*>",
    re.IGNORECASE | re.DOTALL,
)
_HANDLE = re.compile(r"(?<![\w@.])[@＠](?=\w)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One sentence, or one line of code."""

    text: str
    block: int  #: Pieces of one block stand on one line.
    announces: bool  #: A heading, a question, or "Do this:", which mean little without what comes next.
    needs: tuple[int, ...] = ()  #: The numbers of the pieces without which this one means little.


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    text: str
    mark: str = ""  # what a step or an item of a list begins with
    heading: bool = False
    code: bool = False


def pieces(markdown: str, language: str) -> list[Piece]:
    """Give what *markdown* says, in order: without markup and without the "@" of handles, code as it is.

    A step needs the step before it, code and "Then …" need what they follow, and a heading or "Do this:" and what comes
    next need each other.
    """
    found: list[Piece] = []
    step = 0
    for number, block in enumerate(_blocks(_MARKDOWN.parse(_head(markdown)))):
        for place, text in enumerate([block.text] if block.code else sentences(block.text, language)):
            here = len(found)
            mark = "" if place else block.mark
            announces = _announces(block, text)
            needs = [here + 1] if announces else []
            needs += [here - 1] if found and _leans(block, text, found[-1], place=place, language=language) else []
            needs += [step] if mark[:1].isdigit() and mark != FIRST_STEP else []
            step = here if mark[:1].isdigit() else step
            found.append(Piece(text=mark + text, block=number, announces=announces, needs=tuple(needs)))
    return found


def joined(found: Iterable[Piece]) -> str:
    """Give pieces as one text, each block on its own line."""
    blocks = groupby((piece for piece in found if piece.text), key=lambda piece: piece.block)
    return "\n".join(" ".join(piece.text for piece in block) for _, block in blocks)


def _announces(block: _Block, text: str) -> bool:
    is_label = not (block.mark or block.code or text.endswith(_MARKS)) and len(text.split()) <= _LABEL
    return block.heading or text.endswith((":", "?")) or is_label


def _leans(block: _Block, text: str, last: Piece, *, place: int, language: str) -> bool:
    is_announced = last.announces and not last.text.endswith("?")
    continues_item = place > 0 and bool(block.mark)
    return is_announced or block.code or continues_item or _points_back(text, language)


def _points_back(text: str, language: str) -> bool:
    pattern = _POINTS_BACK.get(language)
    return pattern is not None and pattern.match(text) is not None


def _head(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST].rpartition(" ")[0]


def _blocks(tokens: Sequence[Token]) -> Iterator[_Block]:
    mark, heading = "", False
    for token in tokens:
        match token.type:
            case "list_item_open":
                mark = f"{token.info}) " if token.info else "- "
            case "heading_open" | "heading_close":
                heading = token.nesting > 0
            case "inline" if text := _plain(token.children or []):
                yield _Block(text=text, mark=mark, heading=heading)
                mark = ""
            case "fence" | "code_block":
                yield from (_Block(text=line, code=True) for line in _lines(token.content))
            case "html_block":
                yield from (_Block(text=line) for line in _lines(html.unescape(_TAG.sub(" ", token.content))))


def _lines(text: str) -> Iterator[str]:
    return (" ".join(line.split()) for line in text.splitlines() if line.strip())


def _plain(children: Sequence[Token]) -> str:
    return " ".join("".join(map(_said, children)).split())


def _said(token: Token) -> str:
    match token.type:
        case "text":
            return _HANDLE.sub("", token.content)
        case "code_inline":
            return token.content
        case "html_inline":
            is_break = token.content.lower().startswith("<br")
            return " " if is_break else _TAG.sub("", token.content)
        case "softbreak" | "hardbreak":
            return " "
        case _:
            return ""
