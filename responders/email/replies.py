"""Reads a reply mail: the words that are new in it, without what it quotes and how it is signed. Pure."""

from __future__ import annotations

import email
import hashlib
from email import policy
from typing import TYPE_CHECKING

from bot.vocabulary import DeskEvent, DeskEventKind
from responders.cases import LONGEST_AUTHOR, LONGEST_ID, MalformedEvent
from responders.email.markup import words_of
from responders.email.quoting import new_words

if TYPE_CHECKING:
    from email.message import EmailMessage

RESOLVED = frozenset({"#resolved", "#solved", "#gelöst", "#geloest", "#resuelto"})
"""First lines that resolve a case."""

LONGEST_READ = 100_000
"""Characters of a mail that are looked at; what is new stands first, and no direct message holds more than a tenth."""


def read_reply(raw: bytes, reference: str) -> DeskEvent | None:
    """Read the mail *raw* as an event of the case *reference*; None for what a program sent by itself.

    Files are named at the end of the text, and not kept. Raises MalformedEvent where nothing is said.
    """
    mail = email.message_from_bytes(raw, policy=policy.default)
    if is_automatic(mail):
        return None
    first, _, rest = new_words(plain_text(mail)[:LONGEST_READ]).partition("\n")
    is_resolved = first.strip().casefold() in RESOLVED
    text = "\n".join(
        part for part in (rest.strip() if is_resolved else f"{first}\n{rest}".strip(), _files(mail)) if part
    )
    if not text and not is_resolved:
        raise MalformedEvent("The mail says nothing new; write above what it quotes.")
    return DeskEvent(
        id=_id(mail, raw),
        reference=reference,
        kind=DeskEventKind.RESOLVED if is_resolved else DeskEventKind.REPLY,
        text=text,
        author=_author(mail),
    )


def is_automatic(mail: EmailMessage) -> bool:
    """Say whether a program sent *mail* by itself, such as a note of absence.

    https://www.rfc-editor.org/rfc/rfc3834#section-5; `Precedence` and `X-Autoreply` are what older programs say.
    """
    submitted = _header(mail, "Auto-Submitted").partition(";")[0].strip().lower()
    precedence = _header(mail, "Precedence").strip().lower()
    is_old = precedence in {"auto_reply", "bulk", "junk"} or bool(_header(mail, "X-Autoreply"))
    return submitted not in {"", "no"} or is_old or mail.get_content_type() == "multipart/report"


def plain_text(mail: EmailMessage) -> str:
    """Give what *mail* says as plain text, from its HTML where it has nothing else."""
    part = _body(mail)
    if part is None:
        return ""
    try:
        content = part.get_content()
    except (LookupError, ValueError, KeyError):  # an unknown character set, or none of what it says it is
        payload = part.get_payload(decode=True)
        content = payload.decode("utf-8", errors="replace") if isinstance(payload, bytes) else ""
    text = words_of(content) if part.get_content_subtype() == "html" else str(content)
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))


def _body(mail: EmailMessage) -> EmailMessage | None:
    try:
        found = mail.get_body(("plain", "html"))
    except (AttributeError, KeyError):  # parts that are none
        return None
    return found  # type: ignore[return-value]


def _files(mail: EmailMessage) -> str:
    try:
        names = [part.get_filename() for part in mail.walk() if part.get_content_disposition() == "attachment"]
    except (AttributeError, ValueError):
        return ""
    return "\n".join(f"[{' '.join(name.split())[:100]}]" for name in names if name)


def _id(mail: EmailMessage, raw: bytes) -> str:
    given = _header(mail, "Message-ID").strip()
    return given if 0 < len(given) <= LONGEST_ID else hashlib.sha256(raw).hexdigest()


def _author(mail: EmailMessage) -> str:
    """Give the name of who wrote it; an address alone is nobody's name."""
    name = _header(mail, "From").rpartition("<")[0].strip().strip('"').strip()
    return name[:LONGEST_AUTHOR]


def _header(mail: EmailMessage, name: str) -> str:
    try:
        return str(mail.get(name, ""))
    except (ValueError, LookupError, AttributeError, TypeError, IndexError):  # the library fails on some malformed ones
        return ""
