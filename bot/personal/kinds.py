"""The kinds of personal data that Heed knows."""

from __future__ import annotations

from enum import StrEnum


class Personal(StrEnum):
    """A kind of personal data, as agents read it and as the mask names it: "[card]"."""

    CARD = "card"
    IBAN = "IBAN"
    PHONE = "phone"
    EMAIL = "e-mail"
    ADDRESS = "address"  #: Of a street, with what follows it: flat, postcode, town.
    DOCUMENT = "document"  #: The number of a passport, licence, identity card, tax or insurance record of a person.


PAYMENT = frozenset({Personal.CARD, Personal.IBAN})
"""The kinds that money can be taken with."""
