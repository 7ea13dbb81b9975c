"""E-mail addresses, and phone numbers as `phonenumbers` knows them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phonenumbers import Leniency, PhoneNumberMatcher

from bot.personal.spans import Cover, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LEAST_DIGITS = 7
"""What has fewer digits holds neither a card nor a phone number."""

# A run of what a name may be made of is looked at once, from its beginning: else long words take their length squared.
_EMAIL = re.compile(
    r"(?<![\w@.%+-])[.%+-]*(?P<address>\w[\w.%+-]*(?<!\.)@(?:[^\W_](?:[\w-]{0,62}[^\W_])?\.){1,9}[^\W\d_]{2,63})(?![\w-])"
)
_MAY_BE_PHONE = re.compile(r"\d(?:[\W_]{0,4}\d){6}")
_CURRENCY_BEFORE = re.compile(r"(?:[$€£¥]|\b(?:usd|eur|gbp|chf))\s?$", re.IGNORECASE)
_CURRENCY_AFTER = re.compile(r"\s?(?:[$€£¥]|(?:usd|eur|gbp|chf|euros?|dollars?|pounds?)\b|[.,]\d)", re.IGNORECASE)
_LONGEST_CURRENCY = 4


def emails(text: str) -> Iterator[Span]:
    """Give each e-mail address."""
    return (Span(*found.span("address")) for found in _EMAIL.finditer(text))


def phones(text: str, regions: Sequence[str]) -> Iterator[Span]:
    """Give each phone number: of *regions* as it is written there, of all countries with "+"; prices are none."""
    if not _MAY_BE_PHONE.search(text):
        return
    found = {
        Span(match.start, match.end)
        for region in (*regions, None)
        for match in PhoneNumberMatcher(text, region, leniency=Leniency.VALID)
    }
    settled = Cover(len(text))
    for span in sorted(found, key=lambda span: (span.start - span.end, span)):  # the longest first
        if not settled.touches(span) and not _is_price(text, span):
            settled.add(span)
            yield span


def _is_price(text: str, span: Span) -> bool:
    before = text[max(0, span.start - _LONGEST_CURRENCY - 1) : span.start]
    return bool(_CURRENCY_BEFORE.search(before) or _CURRENCY_AFTER.match(text, span.end))
