"""Finds what a text names: numbers of orders and devices, error codes, products, and how to reach its author. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.personal import UNSET, Personal, Privacy, find
from bot.personal.legible import legible
from bot.personal.spans import Cover, Span
from bot.vocabulary import Entity, EntityKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bot.nlu.examples import Example
    from bot.settings import Settings


_CONTACTS = frozenset({Personal.EMAIL, Personal.PHONE})
_MAY_BE_CONTACT = re.compile(r"\w@\w|\d(?:[\W_]{0,4}\d){6}")
_LINK_OR_HANDLE = re.compile(r"https?://\S+|\bwww\.\S+|(?<![\w@])@\w+", re.IGNORECASE)

STOP_CODE = r"0x[0-9A-F]{4,8}"
"""An error code that is written alike whoever made the device."""
_STOP_NAME = re.compile(r"(?<!\w)[A-Z]{2,20}(?:_[A-Z0-9]{2,20}){1,5}(?!\w)")
_NAMED_CODE = re.compile(
    r"(?<!\w)(?:(?:error|err|fehler|fallo|stop)(?:[ -]?(?:code|c[oó]digo|meldung))?"
    r"|device manager(?:\s\w{1,12}){0,2}\s+code)"
    r"(?:[\s:=#\"'-]|(?:is|ist|es|code|number|nr)\b){1,6}"
    r"(?P<number>(?:http\s)?(?:[A-Z]{1,4}[-_]?)?\d{2,5})(?![\w%@€$£]|[-.,:/]\d)",
    re.IGNORECASE,
)

_LINKING = (
    r"(?:[\s:=#.(\"'º°-]|(?:number|num|no|nr|nummer|n[uú]mero|n[º°]|id|code|is|was|ist|war|lautet|es|el|de|del)\b){1,8}"
)
_NUMBER = r"(?P<number>(?=(?:[A-Z/-]{0,8}\d){4})[A-Z0-9]{1,12}(?:[-/][A-Z0-9]{1,8}){0,3})(?![\w@]|[-./,]\d)"
"""Four digits at least: what has fewer may be a count or a price, whatever stands before it."""
_NAMED_ORDER = re.compile(
    r"(?<!\w)(?:order|booking|reservation|ref(?:erence)?|case|ticket|tracking|parcel"
    r"|pedido|reserva|referencia|caso|env[ií]o|seguimiento"
    r"|(?:bestell|auftrags?|buchungs?|sendungs?|paket|vorgangs?)(?:nummer|nr|code|ung)?)"
    rf"{_LINKING}{_NUMBER}",
    re.IGNORECASE,
)
_NAMED_SERIAL = re.compile(rf"(?<!\w)(?:s/n|serial|serie|serien(?:nummer|nr)){_LINKING}{_NUMBER}", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forms:
    """How the numbers and names of one brand are written."""

    order_numbers: tuple[str, ...] = ()  #: Regular expressions, `deciding.order_numbers`.
    serial_numbers: tuple[str, ...] = ()  #: Likewise, `deciding.serial_numbers`.
    error_codes: tuple[str, ...] = ()  #: Likewise, `deciding.error_codes`.
    products: tuple[str, ...] = ()  #: Names, found as whole words whatever their case.
    privacy: Privacy = UNSET  #: `Settings.privacy`.

    @classmethod
    def from_settings(cls, settings: Settings, learnt: Iterable[str] = ()) -> Forms:
        """Make the forms that the settings give, with names of products that were *learnt* beside them."""
        deciding = settings.deciding
        return cls(
            order_numbers=deciding.order_numbers,
            serial_numbers=deciding.serial_numbers,
            error_codes=deciding.error_codes,
            products=(*deciding.own_products, *learnt),
            privacy=settings.privacy,
        )


NO_FORMS = Forms()
"""Where a brand has said nothing: only what looks alike everywhere is found."""


def find_entities(text: str, forms: Forms = NO_FORMS) -> tuple[Entity, ...]:
    """Give what *text* names, in order and without overlap; never raises. Links and handles name nothing."""
    view = legible(text)
    taken = Cover(len(view.text), (Span(*found.span()) for found in _LINK_OR_HANDLE.finditer(view.text)))
    entities = []
    for kind, span in _named(view.text, forms):
        if not taken.touches(span):
            taken.add(span)
            start, end = view.original(span)
            entities.append(Entity(kind=kind, text=text[start:end], start=start, end=end))
    return tuple(sorted(entities, key=lambda entity: entity.start))


def learnt_products(examples: Sequence[Example]) -> tuple[str, ...]:
    """Give the names that training examples mark as a product, in lower case."""
    marked = (entity for example in examples for entity in example.entities)
    return tuple(sorted({entity.text.lower() for entity in marked if entity.kind == EntityKind.PRODUCT}))


def _named(text: str, forms: Forms) -> Iterator[tuple[EntityKind, Span]]:
    """Give what may be an entity, the surest first."""
    of_the_brand, products = _patterns(forms)
    has_digits = any(map(str.isdigit, text))
    if has_digits:
        yield from _all(of_the_brand, text)
    if _MAY_BE_CONTACT.search(text):
        yield from ((EntityKind.CONTACT, one.span) for one in find(text, forms.privacy) if one.kind in _CONTACTS)
    if has_digits:
        yield from _all(_NUMBERS, text)
    yield from _all({EntityKind.ERROR_CODE: _STOP_NAME, EntityKind.PRODUCT: products}, text)


def _all(patterns: dict[EntityKind, re.Pattern[str]], text: str) -> Iterator[tuple[EntityKind, Span]]:
    for kind, pattern in patterns.items():
        group = "number" if "number" in pattern.groupindex else 0
        yield from ((kind, Span(*found.span(group))) for found in pattern.finditer(text))


_NUMBERS = {
    EntityKind.SERIAL_NUMBER: _NAMED_SERIAL,
    EntityKind.ORDER_NUMBER: _NAMED_ORDER,
    EntityKind.ERROR_CODE: _NAMED_CODE,
}


@lru_cache
def _patterns(forms: Forms) -> tuple[dict[EntityKind, re.Pattern[str]], re.Pattern[str]]:
    numbers = {
        EntityKind.SERIAL_NUMBER: _either(forms.serial_numbers),
        EntityKind.ORDER_NUMBER: _either(forms.order_numbers),
        EntityKind.ERROR_CODE: _either((STOP_CODE, *forms.error_codes)),
    }
    longest_first = sorted(forms.products, key=len, reverse=True)
    return numbers, _either(r"[\s-]?".join(map(re.escape, name.split())) for name in longest_first)


def _either(shapes: Iterable[str]) -> re.Pattern[str]:
    """Give a pattern of whole words of any of *shapes*; without any it finds nothing."""
    alternatives = "|".join(f"(?:{shape})" for shape in shapes)
    return re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)" if alternatives else r"(?!)", re.IGNORECASE)
