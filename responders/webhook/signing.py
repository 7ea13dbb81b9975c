"""Signatures of webhooks, the same in both directions: who knows the secret wrote the body, and a moment ago. Pure."""

from __future__ import annotations

import hmac
import re
from typing import TYPE_CHECKING

from bot.errors import Forged

if TYPE_CHECKING:
    from datetime import datetime

TIMESTAMP = "Heed-Timestamp"
"""The header that says when a body was signed, in seconds since 1970."""

SIGNATURE = "Heed-Signature"
"""The header that holds the signature."""

VERSION = "v1="

_SECONDS = re.compile(r"[0-9]{1,12}")


def sign(body: bytes, *, timestamp: str, secret: str) -> str:
    """Give the signature of *body*: `v1=` and HMAC-SHA256 over `timestamp.body` in hexadecimal."""
    return VERSION + hmac.digest(secret.encode(), timestamp.encode() + b"." + body, "sha256").hex()


def verify(
    body: bytes, *, timestamp: str, signature: str, secret: str, now: datetime, tolerance_seconds: float
) -> None:
    """Let pass what was signed with *secret*, *tolerance_seconds* before or after *now*; in constant time.

    Raises Forged for anything else.
    """
    if not secret:
        raise Forged("There is no secret that a signature could be made with.")
    if not _SECONDS.fullmatch(timestamp):
        raise Forged(f"{TIMESTAMP} must be the seconds since 1970.")
    expected = sign(body, timestamp=timestamp, secret=secret)
    if not hmac.compare_digest(expected.encode(), signature.encode(errors="replace")):
        raise Forged(f"{SIGNATURE} is not the signature of this body and {TIMESTAMP}.")
    if abs(now.timestamp() - int(timestamp)) > tolerance_seconds:
        raise Forged(f"{TIMESTAMP} is more than {tolerance_seconds:g} seconds off; sign each try anew.")
