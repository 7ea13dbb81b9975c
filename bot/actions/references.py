"""What a customer calls a case by: short, fit to be said on the phone, and hard to mistype unnoticed. Pure."""

from __future__ import annotations

import re

ALPHABET = "23456789ABCDEFGHJKMNPQRTVWXYZ"
"""No letter that looks or sounds like a digit of it, and 29 of them: a check sum over a prime misses no slip."""

SHORTEST = 6
"""Characters before the check character, as long as those are enough for all ids."""

STRIDE = 387_420_493
"""Ids are spread by this factor, so that two cases in a row look nothing alike; no multiple of the alphabet's size."""

_GROUP = 3
_ANY = f"[{ALPHABET}]"
_DASH = "[-‐-―\u2212]"
_WRITTEN = re.compile(
    rf"(?<![\w-]){_ANY}{{3,6}}(?P<dash>(?:{_DASH}|\s)?){_ANY}{{3}}(?P=dash){_ANY}(?![\w-])", re.IGNORECASE
)


def reference_for(mention_id: int) -> str:
    """Give the reference of the case that the post *mention_id* opened, such as "H7K-2QF-9"; no two are alike."""
    length = SHORTEST
    while mention_id >= len(ALPHABET) ** length:
        length += 1
    spread = mention_id * STRIDE % len(ALPHABET) ** length
    body = ""
    for _ in range(length):
        spread, digit = divmod(spread, len(ALPHABET))
        body += ALPHABET[digit]
    return f"{body[:-_GROUP]}-{body[-_GROUP:]}-{_check(body)}"


def is_reference(text: str) -> bool:
    """Say whether *text* is a reference, in capitals or not, with dashes, spaces or neither."""
    found = _WRITTEN.fullmatch(text.strip())
    return found is not None and _holds(found[0])


def find_references(text: str) -> tuple[str, ...]:
    """Give the references that *text* names, in order and as `reference_for` writes them, each once.

    Words that only happen to be made like one are left out: without dashes, a reference has a digit.
    """
    written = (found[0] for found in _WRITTEN.finditer(text))
    likely = (one for one in written if _holds(one) and (re.search(_DASH, one) or re.search(r"\d", one)))
    return tuple(dict.fromkeys(_grouped(_bare(one)) for one in likely))


def _check(body: str) -> str:
    """Give the character with which no single slip, and no two neighbours swapped, go unnoticed."""
    weighted = sum(place * ALPHABET.index(character) for place, character in enumerate(body, start=1))
    return ALPHABET[weighted % len(ALPHABET)]


def _holds(written: str) -> bool:
    bare = _bare(written)
    return _check(bare[:-1]) == bare[-1]


def _bare(written: str) -> str:
    return re.sub(rf"{_DASH}|\s", "", written).upper()


def _grouped(bare: str) -> str:
    body, check = bare[:-1], bare[-1]
    return f"{body[:-_GROUP]}-{body[-_GROUP:]}-{check}"
