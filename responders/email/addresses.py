"""Addresses that replies go to: each names its case and proves that we gave it out. Pure."""

from __future__ import annotations

import hmac
import re

from bot.errors import Forged

_LENGTH = 16
_ADDRESS = re.compile(rf"case\+([a-z0-9-]{{1,32}})\.([0-9a-f]{{{_LENGTH}}})@([^@\s]+)", re.IGNORECASE)


def reply_address(reference: str, *, domain: str, key: str) -> str:
    """Give the address to which replies to the case *reference* go."""
    return f"case+{reference}.{_sign(reference, key)}@{domain}"


def read_address(address: str, *, domain: str, key: str) -> str:
    """Give the reference in an address of ours, in whatever letters mail servers made of it.

    Raises Forged for any other address.
    """
    found = _ADDRESS.fullmatch(address)
    if found is None or found[3].casefold() != domain.casefold():
        raise Forged("This is no address of a case.")
    reference = found[1].upper()
    if not key or not hmac.compare_digest(_sign(reference, key), found[2].lower()):
        raise Forged("This address of a case was not made by us.")
    return reference


def _sign(reference: str, key: str) -> str:
    return hmac.digest(key.encode(), b"case " + reference.upper().encode(), "sha256").hex()[:_LENGTH]
