"""Masks personal data that customers post in public, before it is stored: cards, IBANs, phone numbers, addresses."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from phonenumbers import Leniency, PhoneNumberMatcher

from bot.vocabulary import Audience

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from bot.vocabulary import Mention

CARD, IBAN, PHONE, EMAIL = "card", "IBAN", "phone", "e-mail"
"""Kinds of personal data, as agents read them and as the mask names them."""

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

LEAST_DIGITS = 7
"""What has fewer digits holds neither a card nor a phone number."""

_EMAIL = re.compile(r"(?<![\w@.])[\w%+-]+(?:\.[\w%+-]+)*@(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,}(?![\w-])")
_IBAN = re.compile(r"(?<!\w)(?P<country>[A-Z]{2})\d{2}(?=[ .\-\u00a0]?[A-Z0-9])", re.IGNORECASE)
_DIGITS = re.compile(r"(?<!\w)\d{2,}(?:[ .\-\u00a0]\d{2,})*(?!\w)")
_LINK_OR_HANDLE = re.compile(r"https?://\S+|\bwww\.\S+|(?<![\w@])[@#]\w+", re.IGNORECASE)
_CURRENCY_BEFORE = re.compile(r"(?:[$€£¥]|\b(?:usd|eur|gbp|chf))\s?$", re.IGNORECASE)
_CURRENCY_AFTER = re.compile(r"\s?(?:[$€£¥]|(?:usd|eur|gbp|chf|euros?|dollars?|pounds?)\b|[.,]\d)", re.IGNORECASE)


class Span(NamedTuple):
    """A stretch of a text."""

    start: int
    end: int

    def overlaps(self, others: Iterable[Span]) -> bool:
        """Say whether it shares a character with one of *others*."""
        return any(self.start < other.end and other.start < self.end for other in others)

    def within(self, others: Iterable[Span]) -> bool:
        """Say whether one of *others* holds all of it."""
        return any(other.start <= self.start and self.end <= other.end for other in others)


def masked(mention: Mention, *, keep: Sequence[str], regions: Sequence[str]) -> Mention:
    """Give *mention* with personal data in its text and its parents' taken out, and the kinds of it named.

    Direct messages stay as they are: only we read them, and an agent may need what they hold. *keep* are regular
    expressions of what is never masked, such as order numbers (`deciding.case_numbers`); *regions* are the countries
    whose phone numbers are known without "+" (`intake.phone_regions`).
    """
    if mention.audience is Audience.PRIVATE or mention.ours:
        return mention
    text, kinds = mask(mention.text, keep=tuple(keep), regions=tuple(regions))
    parents = tuple(
        replace(parent, text=mask(parent.text, keep=tuple(keep), regions=tuple(regions))[0])
        for parent in mention.parents
    )
    return replace(mention, text=text, parents=parents, masked=kinds)


def mask(text: str, *, keep: tuple[str, ...], regions: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Give *text* with "[card]" and the like in the place of personal data, and the kinds that were in it."""
    if "@" not in text and sum(map(str.isdigit, text)) < LEAST_DIGITS:
        return text, ()
    kept = [Span(*found.span()) for pattern in (_LINK_OR_HANDLE, _never(keep)) for found in pattern.finditer(text)]
    taken: dict[Span, str] = {}
    finders: tuple[tuple[str, Callable[[], Iterator[Span]]], ...] = (
        (EMAIL, lambda: _emails(text)),
        (IBAN, lambda: _ibans(text)),
        (CARD, lambda: _cards(text)),
        (PHONE, lambda: (span for span in _phones(text, regions) if not span.overlaps(kept))),
    )
    for kind, find in finders:
        taken |= {span: kind for span in find() if not span.within(kept) and not span.overlaps(taken)}
    for span in sorted(taken, reverse=True):
        text = f"{text[: span.start]}[{taken[span]}]{text[span.end :]}"
    return text, tuple(sorted(set(taken.values())))


@lru_cache
def _never(keep: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(keep)})\b" if keep else r"(?!)", re.IGNORECASE)


def _emails(text: str) -> Iterator[Span]:
    return (Span(*found.span()) for found in _EMAIL.finditer(text))


def _ibans(text: str) -> Iterator[Span]:
    for found in _IBAN.finditer(text):
        length = IBAN_LENGTHS.get(found["country"].upper())
        end = _end_after(text, found.start(), length) if length else None
        if end is not None and _is_iban(text[found.start() : end]):
            yield Span(found.start(), end)


def _end_after(text: str, start: int, length: int) -> int | None:
    """Give where *length* letters and digits end, single separators between them aside, if a word ends there too."""
    written = re.compile(rf"[A-Z0-9](?:[ .\-\u00a0]?[A-Z0-9]){{{length - 1}}}(?!\w)", re.IGNORECASE)
    found = written.match(text, start)
    return found.end() if found else None


def _is_iban(written: str) -> bool:
    """Check the sum of ISO 7064, MOD 97-10."""
    plain = "".join(filter(str.isalnum, written))
    return int("".join(str(int(character, 36)) for character in plain[4:] + plain[:4])) % 97 == 1


def _cards(text: str) -> Iterator[Span]:
    """Give each run of groups of digits that is a card number; others may stand before or after it."""
    for run in _DIGITS.finditer(text):
        groups = [Span(*group.span()) for group in re.compile(r"\d+").finditer(text, *run.span())]
        first = 0
        while first < len(groups):
            last = _last_group_of_card(text, groups[first:])
            if last is not None:
                yield Span(groups[first].start, groups[first + last].end)
            first += 1 if last is None else last + 1


def _last_group_of_card(text: str, groups: Sequence[Span]) -> int | None:
    numbers = accumulate(text[group.start : group.end] for group in groups)
    return max((place for place, number in enumerate(numbers) if _is_card(number)), default=None)


def _is_card(number: str) -> bool:
    """Check issuer and length, and the sum of Luhn."""
    if not CARD_NUMBERS.fullmatch(number):
        return False
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in number[-2::-2])
    return (sum(doubled) + sum(int(digit) for digit in number[-1::-2])) % 10 == 0


def _phones(text: str, regions: Sequence[str]) -> Iterator[Span]:
    found = {
        Span(match.start, match.end)
        for region in (*regions, None)
        for match in PhoneNumberMatcher(text, region, leniency=Leniency.VALID)
    }
    settled: list[Span] = []
    for span in sorted(found, key=lambda span: (span.start - span.end, span)):  # the longest first
        if not span.overlaps(settled) and not _is_price(text, span):
            settled.append(span)
            yield span


def _is_price(text: str, span: Span) -> bool:
    return bool(_CURRENCY_BEFORE.search(text[: span.start]) or _CURRENCY_AFTER.match(text, span.end))
