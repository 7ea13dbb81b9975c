"""Cuts running text into sentences, minding the abbreviations, dates and numbers of English, Spanish and German."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ABBREVIATIONS: Mapping[str, frozenset[str]] = {
    "en": frozenset("approx cf dept dr est excl incl jr mr mrs ms prof resp sr st vs".split()),
    "es": frozenset("aprox av avda cía dr dra ee ee.uu ej etc excl incl prof sr sra srta ud uds vd vds".split()),
    "de": frozenset("abzgl bspw bzw ca dr evtl exkl fr ggf hr inkl prof sog str usf vgl zzgl".split()),
}
"""Words by language whose full stop ends no sentence, whatever follows; single letters never need to be named."""

BEFORE_NUMBERS = frozenset("abb abs art fig kap max min máx mín no nr núm p pág s sec tel v ver vol".split())
"""Words whose full stop ends no sentence where a number follows: "Nr. 5", but "I said no. Then I left"."""

_AHEAD = 16  # characters after a mark that are looked at
_END = re.compile(r"[.!?…]+[\"'“”’»)\]]*\s+")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")
_MONTHS = re.compile(r"(?:jan|feb|mär|apr|mai|jun|jul|aug|sep|okt|nov|dez)", re.IGNORECASE)


def sentences(text: str, language: str) -> list[str]:
    """Give the sentences of *text* in order, without outer spaces; together they hold every word of it."""
    found, start = [], 0
    for end in _END.finditer(text):
        if _is_end(text[start : end.start()], end.group().strip(), text[end.end() : end.end() + _AHEAD], language):
            found.append(text[start : end.end()].strip())
            start = end.end()
    rest = text[start:].strip()
    return [*found, rest] if rest else found


def _is_end(before: str, mark: str, after: str, language: str) -> bool:
    follows = after.lstrip("\"'“‘„«([¿¡*_`")[:1]
    if follows.islower():
        return False
    words = before.split()
    if not mark.startswith(".") or mark.startswith("..") or not words:
        return bool(words)
    last = words[-1].lstrip("\"'“‘„«([¿¡").lower()
    if last in ABBREVIATIONS.get(language, frozenset()) or _INITIALS.fullmatch(last):
        return False
    if last in BEFORE_NUMBERS and follows.isdigit():
        return False
    # A number at the start counts a step; in German one before a month, or before another number, is an ordinal.
    is_ordinal = language == "de" and (_MONTHS.match(after) is not None or follows.isdigit())
    return not (last.isdigit() and (len(words) == 1 or is_ordinal))
