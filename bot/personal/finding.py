"""Finds all kinds of personal data in a text, and masks them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from bot.personal import contacts, documents, payments
from bot.personal.addresses import addresses
from bot.personal.kinds import Personal
from bot.personal.legible import legible
from bot.personal.spans import Cover, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from bot.personal.privacy import Privacy

MOST_PASSES = 8
"""A mask may lay bare what stood too near to it; but no text is read more often than this."""

_LINK_OR_HANDLE = re.compile(r"https?://\S+|\bwww\.\S+|(?<![\w@])[@#]\w+", re.IGNORECASE)
_NUMBER = r"(?:\s*(?:number|no\b\.?|nr\b\.?|nummer|n[uú]mero|id|code|is|ist|es|lautet|[:=#º°]))*\s*(?:\w{1,4}[ -]?)?"
_DEVICE = re.compile(rf"(?<!\w)(?:imei|meid|iccid|eid|esn){_NUMBER}\d[\d /-]{{6,30}}", re.IGNORECASE)
_DATE = re.compile(
    r"(?<![\w+-])(?:\d{4}-(?:0\d|1[0-2])-[0-3]\d|[0-3]?\d(?P<by>[./-])[0-3]?\d(?P=by)(?:\d\d){1,2})(?![\w-])"
)
_THING = re.compile(
    r"(?<!\w)(?:order|serial|s/n|sn|invoice|receipt|ticket|case|reference|ref|repair|rma|tracking|parcel|shipment|ups|dhl|fedex"
    r"|usps|part|model|article|product|error|version|build|firmware|pedido|serie|factura|incidencia|referencia|reparaci[oó]n"
    r"|seguimiento|env[ií]o|bestell\w*|auftrags?\w*|serien\w*|rechnungs?\w*|vorgangs?\w*|sendungs?\w*|paket\w*|reparatur\w*"
    rf"|artikel\w*|fehler\w*)s?(?!\w){_NUMBER}[\w-]*\d[\w-]*(?: \d+){{0,6}}(?!\w)",
    re.IGNORECASE,
)
"""Numbers of things, said to be so."""


class Finding(NamedTuple):
    """A stretch of a text that is personal data."""

    span: Span
    kind: Personal


def find(text: str, privacy: Privacy) -> tuple[Finding, ...]:
    """Give what *text* holds of what *privacy* counts as personal data, in order; never raises."""
    view = legible(text)
    digits = sum(map(str.isdigit, view.text))
    if not digits and "@" not in view.text:
        return ()
    never = _cover(view.text, (_LINK_OR_HANDLE, _DEVICE, privacy.kept))
    things = _cover(view.text, (_LINK_OR_HANDLE, _DEVICE, privacy.kept, _THING, _DATE))
    taken, found = Cover(len(view.text)), []
    for kind, spans in _finders(view.text, digits, privacy.regions, never, things):
        for span in spans:
            if not taken.touches(span) and not privacy.is_own(view.text[span.start : span.end]):
                taken.add(span)
                found.append(Finding(view.original(span), kind))
    return tuple(sorted(found))


def mask(text: str, privacy: Privacy, kinds: Collection[Personal] = tuple(Personal)) -> tuple[str, tuple[str, ...]]:
    """Give *text* with "[card]" and the like in the place of personal data of *kinds*, and which of them were in it.

    Masking again changes nothing.
    """
    masked: set[str] = set()
    for _ in range(MOST_PASSES):
        found = [each for each in find(text, privacy) if each.kind in kinds]
        if not found:
            break
        masked |= {str(each.kind) for each in found}
        text = without(text, found)
    return text, tuple(sorted(masked))


def without(text: str, found: Iterable[Finding]) -> str:
    """Give *text* with the kind of each finding, in brackets, in its place; *found* is in order."""
    pieces, place = [], 0
    for span, kind in found:
        pieces += [text[place : span.start], f"[{kind}]"]
        place = span.end
    return "".join([*pieces, text[place:]])


def _finders(
    text: str, digits: int, regions: Sequence[str], never: Cover, things: Cover
) -> Iterator[tuple[Personal, Iterator[Span]]]:
    """Give what looks for each kind, the surest first; what has too few digits is not looked at."""
    if "@" in text:
        yield Personal.EMAIL, _but(contacts.emails(text), never.holds)
    if digits >= contacts.LEAST_DIGITS:
        yield Personal.IBAN, _but(payments.ibans(text), never.holds)
        yield Personal.CARD, _but(payments.cards(text), never.holds)
    if digits >= documents.LEAST_DIGITS:
        yield Personal.DOCUMENT, _but(documents.named(text), never.touches)
        yield Personal.DOCUMENT, _but(documents.summed(text), things.touches)
    if digits:
        yield Personal.ADDRESS, _but(addresses(text), never.holds)
    if digits >= contacts.LEAST_DIGITS:
        yield Personal.PHONE, _but(contacts.phones(text, regions), things.touches)


def _but(spans: Iterable[Span], excluded: Callable[[Span], bool]) -> Iterator[Span]:
    return (span for span in spans if not excluded(span))


def _cover(text: str, patterns: Iterable[re.Pattern[str]]) -> Cover:
    return Cover(len(text), (Span(*found.span()) for pattern in patterns for found in pattern.finditer(text)))
