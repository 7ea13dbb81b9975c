"""Makes Markdown of the HTML that forums give: paragraphs, lists and code stay apart, everything else becomes text."""

from __future__ import annotations

from html.parser import HTMLParser

from knowledge.importers.admitting import printable

_BLOCKS = frozenset(
    """
    address article aside blockquote dd details div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr main ol
    p section summary table tbody thead tr ul
    """.split()
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_SILENT = frozenset({"head", "iframe", "noscript", "script", "style", "svg", "template"})
_QUOTING = frozenset({"onebox", "quote"})
"""Classes of an `aside` that repeats another post or page."""

_INDENT = " " * 4  #: Deep enough for what stands below "10. ", and not too deep below "- ".
_LONGEST_NUMBER = 9  #: Digits of a list's number, as CommonMark has it.


def to_markdown(html: str) -> str:
    """Give the text of *html* as Markdown, entities unescaped; quoted posts, scripts and pictures are left out."""
    writer = _Writer()
    writer.feed(html)
    writer.close()
    return writer.text()


class _Writer(HTMLParser):
    """Collects blocks while it is fed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._blocks: list[tuple[str, bool]] = []  # text, and whether it follows the one before without an empty line
        self._inline: list[str] = []
        self._lists: list[int] = []  # for each open list the number of its next item; 0 where it has none
        self._mark = ""  # what the next block begins with
        self._after_item = False
        self._quotes = 0
        self._code: list[str] | None = None
        self._left_out: tuple[str, int] | None = None  # element that is left out, and how many of its name are open

    def text(self) -> str:
        self._end_code()
        self._end_block()
        parts = [("\n" if tight else "\n\n") + block for block, tight in self._blocks]
        return "".join(parts).strip("\n")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._left_out is not None:
            name, count = self._left_out
            self._left_out = (name, count + (tag == name))
        elif tag in _SILENT or (tag == "aside" and _QUOTING & set((dict(attrs).get("class") or "").split())):
            self._end_block()
            self._left_out = (tag, 1)
        elif self._code is None:
            self._open(tag, dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        if self._left_out is not None:
            name, count = self._left_out
            count -= tag == name
            self._left_out = (name, count) if count else None
        elif tag == "pre":
            self._end_code()
        elif self._code is None:
            self._close(tag)

    def handle_data(self, data: str) -> None:
        if self._left_out is not None:
            return
        if self._code is not None:
            self._code.append(data)
        else:
            self._inline.append(data.replace("\n", " "))

    def _open(self, tag: str, attributes: dict[str, str | None]) -> None:
        match tag:
            case "br":
                self._inline.append("\n")
            case "code" | "tt":
                self._inline.append("`")
            case "td" | "th" if "".join(self._inline).strip():
                self._inline.append(" | ")
            case "pre":
                self._end_block()
                self._code = []
            case "li":
                self._begin_item()
            case _ if tag in _BLOCKS:
                self._end_block()
        if tag in {"ol", "ul"}:
            self._lists.append(_start(attributes) if tag == "ol" else 0)
        self._quotes += tag == "blockquote"
        if tag in _HEADINGS:
            self._mark += "#" * int(tag[1]) + " "

    def _close(self, tag: str) -> None:
        if tag in {"code", "tt"}:
            self._inline.append("`")
        if tag in _BLOCKS or tag == "li":
            self._end_block()
        if tag in {"ol", "ul"} and self._lists:
            self._lists.pop()
        if tag in _HEADINGS or tag == "li":
            self._mark = ""
        self._quotes = max(0, self._quotes - (tag == "blockquote"))

    def _begin_item(self) -> None:
        self._end_block()
        number = self._lists[-1] if self._lists else 0
        self._mark = f"{number}. " if number else "- "
        if number:
            self._lists[-1] += 1

    def _end_block(self) -> None:
        lines = [" ".join(line.split()) for line in "".join(self._inline).split("\n")]
        self._inline.clear()
        self._put([line for line in lines if line.strip("`")])

    def _end_code(self) -> None:
        if self._code is not None:
            lines = "".join(self._code).strip("\n").rstrip().split("\n")
            self._code = None
            fence = "~~~" if any("```" in line for line in lines) else "```"
            self._put([fence, *lines, fence] if any(lines) else [])

    def _put(self, lines: list[str]) -> None:
        if not lines:
            return
        first = f"{_INDENT * (len(self._lists) - 1)}{self._mark}"
        quoted = "> " * self._quotes
        rest = _INDENT * len(self._lists) if self._lists else ""
        indents = [first if self._mark else rest] + [rest] * (len(lines) - 1)
        text = "\n".join(f"{quoted}{indent}{line}" for indent, line in zip(indents, lines, strict=True))
        self._blocks.append((printable(text), bool(self._after_item and self._lists and self._mark)))
        self._mark, self._after_item = "", bool(self._lists)


def _start(attributes: dict[str, str | None]) -> int:
    start = attributes.get("start") or ""
    return int(start) if start.isdecimal() and len(start) <= _LONGEST_NUMBER else 1
