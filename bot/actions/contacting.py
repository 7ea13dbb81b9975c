"""Reads how a customer may be reached, and how a field of the contact form is meant, from their own words. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import phonenumbers

from bot.personal import Personal, find
from bot.vocabulary import Contact

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.personal import Privacy

REGIONS: Mapping[str, str] = {"en": "GB", "es": "ES", "de": "DE"}
"""Where a telephone number without "+" is looked for first, by the customer's language."""

LONGEST_NAME = 80

_LEAD_IN = re.compile(
    r"^(?:hi|hello|hola|hallo)?[\s,]*(?:(?:yes|sure|sí|si|claro|ja|gerne?)[\s,]+)?"
    r"(?:(?:my|the)?\s*name\s+is|my\s+name['’]?s|i\s+am|i['’]m|it['’]s|call\s+me|this\s+is"
    r"|(?:mi|el)\s+nombre\s+es|me\s+llamo|soy|se\s+llama"
    r"|(?:mein|der)\s+name\s+(?:ist|lautet)|ich\s+hei(?:ß|ss)e|ich\s+bin|hier\s+ist|name)\b[\s:,]*",
    re.IGNORECASE,
)
_LINK = re.compile(r"https?://|\bwww\.|\b\w[\w-]*\.(?:com|net|org|io|de|es|info|biz)\b", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|[ .,'’´`-])*")


def read_name(text: str) -> str:
    """Give the name that *text* is, without "my name is" and the like; empty where it is none."""
    name = " ".join(_LEAD_IN.sub("", text.strip()).split()).strip(" .,!")
    if len(name) > LONGEST_NAME or _LINK.search(name) or not _NAME.fullmatch(name):
        return ""
    return name


def is_bare_name(text: str) -> bool:
    """Say whether *text* is a name and nothing else: then it tells nothing of the language that its author speaks."""
    return bool(read_name(text)) and _LEAD_IN.match(text.strip()) is None


def read_contact(text: str, language: str, privacy: Privacy) -> str:
    """Give the e-mail address or the telephone number, in international form, that *text* names; empty without one."""
    for span, kind in find(text, privacy):
        written = text[span.start : span.end]
        if kind is Personal.EMAIL:
            return written
        if kind is Personal.PHONE:
            return next(_international(written, language, privacy), "")
    return ""


def as_contact(*, name: str, reached_by: str, number: str) -> Contact:
    """Give what the form has collected as a contact; *reached_by* is what `read_contact` gave."""
    email = reached_by if "@" in reached_by else ""
    return Contact(name=name, email=email, phone="" if email else reached_by, number=number)


def _international(written: str, language: str, privacy: Privacy) -> Iterator[str]:
    """Give the number as it is in each region where it may be one, the likeliest first."""
    home = REGIONS.get(language, "")
    for region in sorted(privacy.regions, key=lambda region: region != home) or (None,):
        try:
            number = phonenumbers.parse(written, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            yield phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
