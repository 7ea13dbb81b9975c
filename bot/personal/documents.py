"""Numbers of a person's documents: those with a sum by themselves, the others where the document is named."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from bot.personal.spans import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

NAMES = (
    r"passport|driv(?:er|ing)['’]?s?\s+licen[cs]e|identity\s+card|national\s+id(?:entity)?(?:\s+card)?|id\s+card"
    r"|national\s+insurance|ni\s+number|nino|social\s+security|ssn|itin|nhs|tax(?:payer)?\s+id"
    r"|pasaporte|(?:carn[eé]|permiso|licencia)\s+de\s+conducir|documento\s+(?:nacional\s+)?de\s+identidad"
    r"|dni|nie|nif|curp|rfc|nss|seguridad\s+social|c[eé]dula"
    r"|(?:personal|reise)?(?:ausweis|pass)|perso|f[uü]hrerschein|steuer-?\s?id(?:entifikationsnummer|nr)?|steuernummer"
    r"|idnr|sozialversicherung|rentenversicherung|svnr|aufenthaltstitel"
)
"""What people call a document, in English, Spanish and German."""

LEAST_DIGITS = 4
"""A word has fewer; a document's number has more."""

_FILLER = (
    r"(?:s?nummer|no|nr|num|number|n[uú]mero|n[º°o]|id|card|code|is|was|ist|lautet|war|es|mi|my|meine?|of|de|del|the|der"
    r"|die|here|hier|aqu[ií]|with|con|mit)\b"
)
_GAP = rf"(?:[\s:=#.,()\"'º°-]|{_FILLER}){{0,16}}"
_WITH_DIGITS = r"(?=[A-Z]{0,4}\d)[A-Z0-9]"
_NUMBER = (
    rf"(?<!\w)(?:[A-Z]{{1,4}}[ -]?)?{_WITH_DIGITS}{{1,20}}(?:[ ./-]{_WITH_DIGITS}{{1,12}}){{0,4}}(?:[ -][A-Z])?(?!\w)"
)
_LONGEST = 48
"""Characters at most of a number that is looked for before its name."""
_NAMED = re.compile(rf"(?<!\w)(?:{NAMES})(?:s?nummer|s?nr)?(?!\w){_GAP}(?P<number>{_NUMBER})", re.IGNORECASE)
_NAMED_AFTER = re.compile(
    rf"\s{{1,3}}(?:is|ist|es)\s+(?:my|meine?|mi)\s+(?:[^\W\d_]{{1,12}}\s+){{0,2}}?(?:{NAMES})(?!\w)", re.IGNORECASE
)
_BEFORE = re.compile(rf"{_NUMBER}$", re.IGNORECASE)

_DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
_CURP_CHARACTERS = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"


def named(text: str) -> Iterator[Span]:
    """Give each number that stands by the name of a document."""
    for found in _NAMED.finditer(text):
        yield from _if_long(text, Span(*found.span("number")))
    for found in _NAMED_AFTER.finditer(text):
        number = _BEFORE.search(text, max(0, found.start() - _LONGEST), found.start())
        if number is not None:
            yield from _if_long(text, Span(*number.span()))


def summed(text: str) -> Iterator[Span]:
    """Give each number whose own sum says that it is of a DNI, a NIE, a CURP or a Steuer-ID."""
    for pattern, is_right in _SUMMED.items():
        for found in pattern.finditer(text):
            if is_right("".join(filter(str.isalnum, found[0])).upper()):
                yield Span(*found.span())


def _if_long(text: str, span: Span) -> Iterator[Span]:
    if sum(map(str.isdigit, text[span.start : span.end])) >= LEAST_DIGITS:
        yield span


def is_dni(number: str) -> bool:
    """Check the letter at the end of a Spanish DNI, or of a NIE, whose X, Y or Z stands for 0, 1 or 2.

    https://www.interior.gob.es/opencms/es/servicios-al-ciudadano/tramites-y-gestiones/dni/calculo-del-digito-de-control-del-nif-nie/
    """
    digits = number[:-1].translate(str.maketrans("XYZ", "012"))
    return _DNI_LETTERS[int(digits) % 23] == number[-1]


def is_curp(number: str) -> bool:
    """Check the last digit of a Mexican CURP: https://www.gob.mx/segob/renapo."""
    values = [_CURP_CHARACTERS.index(character) for character in number[:-1]]
    total = sum(value * weight for value, weight in zip(values, range(18, 1, -1), strict=True))
    return -total % 10 == int(number[-1])


def is_steuer_id(number: str) -> bool:
    """Check a German Steuer-ID: the sum of ISO 7064, MOD 11,10, and that one of ten digits comes two or three times.

    https://www.bzst.de/DE/Privatpersonen/SteuerlicheIdentifikationsnummer/steuerlicheidentifikationsnummer_node.html
    """
    most, *others = sorted(Counter(number[:10]).values(), reverse=True)
    rest = 10
    for digit in number[:10]:
        rest = 2 * ((rest + int(digit)) % 10 or 10) % 11
    return most in {2, 3} and set(others) == {1} and (11 - rest) % 10 == int(number[10])


_SUMMED: Mapping[re.Pattern[str], Callable[[str], bool]] = {
    re.compile(r"(?<!\w)\d{2}\.?\d{3}\.?\d{3}[ -]?[A-Z](?!\w)", re.IGNORECASE): is_dni,
    re.compile(r"(?<!\w)[XYZ][ -]?\d\.?\d{3}\.?\d{3}[ -]?[A-Z](?!\w)", re.IGNORECASE): is_dni,
    re.compile(r"(?<!\w)[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d(?!\w)", re.IGNORECASE): is_curp,
    re.compile(r"(?<![\w.,-])[1-9]\d(?: ?\d{3}){3}(?![\w-]|[.,]\d)"): is_steuer_id,
}
