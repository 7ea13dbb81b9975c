"""Card numbers and IBANs: known by first characters, length and sum."""

from __future__ import annotations

import re
from itertools import accumulate, islice
from typing import TYPE_CHECKING

from bot.personal.spans import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

IBAN_LENGTHS = {
    code[:2]: int(code[2:])
    for code in (
        "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 "
        "FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LI21 LT20 LU20 "
        "LV21 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SE24 SI19 SK24 SM27 "
        "TN24 TR26 UA29 VA22 VG24 XK20"
    ).split()
}
"""Characters of an IBAN by country, from ISO 13616's registry, https://www.swift.com/standards/data-standards/iban."""

CARD_NUMBERS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}"
    r"|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}|35(?:2[89]|[3-8]\d)\d{12}|(?:50|5[6-9]|6\d)\d{10,17}"
)
"""Issuers' numbers by first digits and length (ISO/IEC 7812). An IMEI of a device passes the same sum, and is none."""

LONGEST_CARD = 19
"""Digits of the longest card number, so the most groups that it can be written in."""

_GROUPS = re.compile(r"(?<!\w)\d+(?:[ .\-]{1,2}\d+)*(?!\w)")
_GROUP = re.compile(r"\d+")
_IBAN = re.compile(r"(?<!\w)(?P<country>[A-Z]{2})\d{2}(?=[ .\-]?[A-Z0-9])", re.IGNORECASE)


def cards(text: str) -> Iterator[Span]:
    """Give each run of groups of digits that is a card number; others may stand before or after it."""
    for run in _GROUPS.finditer(text):
        groups = [Span(*group.span()) for group in _GROUP.finditer(text, *run.span())]
        first = 0
        while first < len(groups):
            last = _last_group_of_card(text, groups[first : first + LONGEST_CARD])
            if last is not None:
                yield Span(groups[first].start, groups[first + last].end)
            first += 1 if last is None else last + 1


def ibans(text: str) -> Iterator[Span]:
    """Give each IBAN, in one piece or in groups."""
    for found in _IBAN.finditer(text):
        length = IBAN_LENGTHS.get(found["country"].upper())
        end = _end_after(text, found.start(), length) if length else None
        if end is not None and _is_iban(text[found.start() : end]):
            yield Span(found.start(), end)


def passes_luhn(number: str) -> bool:
    """Check the sum of ISO/IEC 7812-1 that cards and devices share; *number* is digits only."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in number[-2::-2])
    return (sum(doubled) + sum(int(digit) for digit in number[-1::-2])) % 10 == 0


def _last_group_of_card(text: str, groups: Sequence[Span]) -> int | None:
    lengths = accumulate(group.end - group.start for group in groups)
    fitting = [place for place, length in enumerate(lengths) if length <= LONGEST_CARD]
    numbers = accumulate(text[group.start : group.end] for group in islice(groups, len(fitting)))
    return max((place for place, number in enumerate(numbers) if _is_card(number)), default=None)


def _is_card(number: str) -> bool:
    return CARD_NUMBERS.fullmatch(number) is not None and passes_luhn(number)


def _end_after(text: str, start: int, length: int) -> int | None:
    """Give where *length* letters and digits end, single separators between them aside, if a word ends there too."""
    written = re.compile(rf"[A-Z0-9](?:[ .\-]?[A-Z0-9]){{{length - 1}}}(?!\w)", re.IGNORECASE)
    found = written.match(text, start)
    return found.end() if found else None


def _is_iban(written: str) -> bool:
    """Check the sum of ISO 7064, MOD 97-10."""
    plain = "".join(filter(str.isalnum, written))
    return int("".join(str(int(character, 36)) for character in plain[4:] + plain[:4])) % 97 == 1
