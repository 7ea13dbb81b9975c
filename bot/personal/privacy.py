"""What counts as personal data for one brand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.personal.contacts import LEAST_DIGITS

REGIONS = ("US", "GB", "ES", "DE")
"""Countries whose phone numbers are known without "+", unless ops name others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Privacy:
    """What counts as personal data, and what never does."""

    keep: tuple[str, ...] = ()  #: Regular expressions of what is none, such as order numbers.
    regions: tuple[str, ...] = REGIONS  #: `intake.phone_regions`.
    own: tuple[str, ...] = ()  #: The brand's own contacts, which everybody may know; `replying.own_contacts`.

    @property
    def kept(self) -> re.Pattern[str]:
        """What `keep` says, as one expression."""
        return _pattern(self.keep)

    def is_own(self, written: str) -> bool:
        """Say whether *written* is a contact of the brand, in whatever grouping, with the country's code or without."""
        return any(_is_same(_squeezed(written), _squeezed(own)) for own in self.own)


UNSET = Privacy()
"""Where ops have set nothing."""


@lru_cache
def _pattern(keep: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(keep)})\b" if keep else r"(?!)", re.IGNORECASE)


def _squeezed(written: str) -> str:
    return "".join(filter(str.isalnum, written.casefold().replace("(0)", ""))).lstrip("0")


def _is_same(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    is_number = shorter.isdecimal() and longer.isdecimal() and len(shorter) >= LEAST_DIGITS
    return one == other or (is_number and longer.endswith(shorter))
