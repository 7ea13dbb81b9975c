"""Street addresses in English, Spanish and German, where words before it or a postcode beside it say that it is one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.personal.spans import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

FAR = 40
"""Characters at most between the words that announce an address and its street."""

_CUE = re.compile(
    r"(?<!\w)(?:"
    r"address|(?:i|we)(?:['’](?:m|re)|\s+am|\s+are)?\s+(?:now\s+)?liv(?:e|ing)\s+(?:at|on|in)|living\s+at|moved\s+to"
    r"|(?:send|sent|ship|shipped|deliver|delivered|post|posted|mail|mailed|return)(?:\s+\w+){0,3}?\s+to"
    r"|direcci[oó]n|domicilio|viv(?:o|imos)\s+en|(?:env[ií]|m[aá]nd|entr[eé]g)\w*(?:\s+\w+){0,3}?\s+(?:a|en)|mudado\s+a"
    r"|\w*(?:adresse|anschrift)|wohn(?:e|en|haft)|(?:schick|send|liefer|versend)\w*(?:\s+\w+){0,4}?\s+(?:an|nach|in)"
    r"|umgezogen"
    r")(?!\w)",
    re.IGNORECASE,
)
_LONGEST_CUE = 80
_STOP = re.compile(r"[.!?]\s|\n\s*\n")

_GAP = r"[^\S\n]{1,3}"
_REST = r"[\w'’.-]{0,29}"
_NAME = rf"[^\W\d_]{_REST}"
_PROPER = r"(?-i:[A-ZÀ-Þ])[\w'’-]{0,29}"
_NUMBER = r"\d{1,5}(?:[-/]\d{1,4})?(?:\s?[a-z])?"
_NO_NAME = r"(?-i:this|that|a|an|the|of|in|on|is|it|and|or|to|my|your|way|by|at|for)"
_NO_DAY = (
    r"(?!\w*tag\b|januar|februar|märz|april|mai\b|juni|juli|august|september|oktober|november|dezember|jahr\b|preis\b)"
)

_ENGLISH = (
    rf"(?:(?:flat|apt\.?|apartment|unit|suite){_GAP}\w{{1,5}},?{_GAP})?{_NUMBER}{_GAP}"
    rf"(?!(?:min|minutes?|hours?|days?|weeks?|months?|years?|km|miles?|times?)\b|{_NO_NAME}\b)(?:{_NAME}{_GAP}){{1,4}}?"
    r"(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd|close|court|ct|crescent|cres|square|sq|terrace"
    r"|place|pl|way|gardens|grove|parkway|pkwy|highway|hwy|hill|mews|row|circle|trail)\b"
)
_SPANISH = (
    r"(?:calle|c/|avenida|avda\.?|av\.?|plaza|pza\.?|paseo|p[º°]|camino|carrer|ronda|traves[ií]a|carretera|ctra\.?"
    rf"|urbanizaci[oó]n|urb\.|colonia|callej[oó]n)\s{{0,3}}(?:{_NAME},?{_GAP}){{1,6}}?"
    rf"(?:n(?:[º°.]|úm\.?|úmero)\s?|\#\s?)?{_NUMBER}"
)
_GERMAN = (
    rf"(?:(?:{_NAME}{_GAP}|[^\W\d_][\w-]{{0,39}}?)"
    r"(?:stra(?:ß|ss)e|str\.?|weg|platz|gasse|allee|ring|damm|ufer|markt|chaussee|steig|pfad)\s{0,3}"
    rf"|(?:am|an{_GAP}der|auf{_GAP}de[mr]|im|unter{_GAP}den|zu[mr]){_GAP}{_NO_DAY}(?:{_NAME}{_GAP}){{1,2}}?)"
    r"\d{1,3}(?:\s?[a-z])?"
)
_BOX = r"(?:p\.?\s?o\.?\s?box|apartado(?:\s+de\s+correos)?|postfach)\s{1,3}\d[\d ]{0,9}"

_TOWN = rf"{_PROPER}(?:[ -](?:(?:am|an|de|del|der|la|upon|on|im)[ -])?{_PROPER}){{0,2}}"
_FLAT = (
    r"(?:(?:flat|apt\.?|apartment|unit|suite|floor|piso|puerta|esc\.?|planta|whg\.?|wohnung|etage|\#)\s?\w{1,5}"
    r"|\d{1,2}\s?[º°ª.]\s?\w{0,4}|[ns][ew]\b)"
)
_POSTCODE = (
    rf"(?:[a-z]{{1,2}}\d[a-z\d]?\s?\d[a-z]{{2}}(?!\w)|(?-i:[A-Z]{{2}}){_GAP}\d{{5}}(?:-\d{{4}})?(?!\w)"
    rf"|(?:c\.?p\.?\s?|(?:d|e|a|ch)-)?\d{{4,5}}{_GAP}{_TOWN})"
)
_BETWEEN = r"\.?(?:\s{0,3}[,;]\s{0,3}|\s{1,3}(?:-\s{1,3})?)"

_STREET = re.compile(
    rf"(?<![\w/])(?P<postcode>(?:(?:d|e|a)-)?\d{{5}}{_GAP}{_TOWN}{_BETWEEN})?"
    rf"(?:{_ENGLISH}|{_SPANISH}|{_GERMAN}|{_BOX})(?!\w)",
    re.IGNORECASE,
)
_WITH_POSTCODE = re.compile(
    rf"(?:{_BETWEEN}(?:{_FLAT}|{_TOWN})){{0,3}}{_BETWEEN}{_POSTCODE}(?:\s{{0,2}},\s{{0,2}}{_TOWN})?", re.IGNORECASE
)
_REMAINDER = re.compile(
    rf"(?:{_GAP}[ns][ew]?\b)?(?:\s{{0,2}},\s{{0,2}}(?:{_FLAT}|{_TOWN})){{0,3}}(?:{_GAP}(?:in|en){_GAP}{_TOWN})?",
    re.IGNORECASE,
)


def addresses(text: str) -> Iterator[Span]:
    """Give each address, with the flat, the postcode and the town that belong to it."""
    for street in _STREET.finditer(text):
        beside = _WITH_POSTCODE.match(text, street.end())
        if beside is not None:
            yield Span(street.start(), beside.end())
        elif street["postcode"] or _is_announced(text, street.start()):
            remainder = _REMAINDER.match(text, street.end())
            yield Span(street.start(), remainder.end() if remainder else street.end())


def _is_announced(text: str, start: int) -> bool:
    """Say whether words shortly before *start*, in the same sentence, announce an address."""
    before = text[max(0, start - FAR - _LONGEST_CUE) : start]
    gaps = (before[cue.end() :] for cue in _CUE.finditer(before))
    return any(len(gap) <= FAR and not _STOP.search(gap) for gap in gaps)
