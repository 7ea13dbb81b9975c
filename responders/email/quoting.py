"""Tells what is new in a text from what it quotes, and from how it is signed. Pure."""

from __future__ import annotations

import re

_QUOTED = re.compile(r"\s*[>|]")
_DATED = re.compile(r"(?:on|am|el)\b.{0,300}\b(?:wrote|schrieb|escribió)\b.{0,200}:", re.IGNORECASE)
_NAMED = re.compile(r".{0,200}\b(?:wrote|schrieb|escribió):", re.IGNORECASE)
_ENCLOSED = re.compile(
    r"[-_ ]{3,}\s*(?:original message|ursprüngliche nachricht|mensaje original|forwarded message)\b.*|_{10,}",
    re.IGNORECASE,
)
_HEADERS = (
    re.compile(r"\*?(?:from|von|de)\s?:.*", re.IGNORECASE),
    re.compile(r"\*?(?:sent|date|gesendet|datum|enviado|fecha)\s?:.*", re.IGNORECASE),
)
"""Outlook quotes a mail under its headers, without any mark."""

_INTRODUCTION_LINES = 3
"""Lines over which a client may break "On … wrote:"."""


def new_words(text: str) -> str:
    """Give the lines before the first that is quoted, introduces a quotation, or begins a signature."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if line in {"--", "-- "} or _begins_quotation(lines, number):
            return "\n".join(lines[:number]).strip()
    return text.strip()


def _begins_quotation(lines: list[str], number: int) -> bool:
    line = lines[number].strip()
    if _QUOTED.match(lines[number]) or _ENCLOSED.fullmatch(line):
        return True
    if _HEADERS[0].fullmatch(line):
        return number + 1 < len(lines) and _HEADERS[1].fullmatch(lines[number + 1].strip()) is not None
    return _introduces(lines, number)


def _introduces(lines: list[str], number: int) -> bool:
    """Whether "… wrote:" stands here, or "On … wrote:" that may be broken over lines, and something quoted follows."""
    for count in range(1, _INTRODUCTION_LINES + 1):
        parts = [line.strip() for line in lines[number : number + count]]
        if not all(parts):
            return False
        is_it = _DATED.fullmatch(" ".join(parts)) or (count == 1 and _NAMED.fullmatch(parts[0]))
        after = next((line for line in lines[number + count :] if line.strip()), None)
        if is_it and (after is None or _QUOTED.match(after)):
            return True
    return False
