"""Hands cases to a mailbox by SMTP."""

from __future__ import annotations

import asyncio
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from typing import TYPE_CHECKING

import aiosmtplib
from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
)

from bot.errors import DeskDown, DeskRefused
from responders.cases import as_text
from responders.email.addresses import reply_address

if TYPE_CHECKING:
    from bot.settings import EmailSettings
    from bot.vocabulary import Escalation

REFUSED_FOR_GOOD = 500
"""SMTP replies from here on say that the same mail fails again, https://www.rfc-editor.org/rfc/rfc5321#section-4.2.1."""

LONGEST_SUBJECT = 150
"""Characters of a goal that stand in the subject; the whole of it is in the mail."""

HINTED = (
    "Reply to this mail, and the customer gets your words as a direct message. Begin with #resolved when it is done."
)
UNHINTED = "Replies to this mail do not reach the customer; write to the address below."


class EmailDesk:
    """Sends each case as one mail. A help desk in the sense of `bot.ports`."""

    name = "email"

    def __init__(self, settings: EmailSettings) -> None:
        self._settings = settings

    async def open(self, escalation: Escalation, delivery_id: str) -> str:
        """Send the case and give the mail's Message-ID, the same for all tries. Raises DeskDown, DeskRefused."""
        mail = compose(escalation, delivery_id, self._settings)
        seconds = self._settings.timeout_seconds
        try:
            async with asyncio.timeout(seconds):
                await self._send(mail)
        except SMTPRecipientsRefused as error:
            raise _verdict(min(each.code for each in error.recipients)) from error
        except SMTPAuthenticationError as error:
            raise DeskDown(
                f"The SMTP server accepts no log-in ({error.code}); see email.username and email.password."
            ) from error
        except SMTPServerDisconnected as error:
            raise DeskDown("The SMTP server hung up.") from error
        except SMTPResponseException as error:
            raise _verdict(error.code) from error
        except TimeoutError as error:
            raise DeskDown(f"The SMTP server gave no answer in {seconds:g} s.") from error
        except (SMTPException, OSError) as error:
            where = f"{self._settings.host}:{self._settings.port}"
            raise DeskDown(f"The SMTP server {where} cannot be used: {_first_line(error)}") from error
        return str(mail["Message-ID"])

    async def _send(self, mail: EmailMessage) -> None:
        given = self._settings
        await aiosmtplib.send(
            mail,
            hostname=given.host,
            port=given.port,
            username=given.username or None,
            password=given.password.get_secret_value().strip() or None,
            timeout=given.timeout_seconds,
            use_tls=given.security == "tls",
            start_tls=given.security == "starttls",
            tls_context=None if given.security == "none" else ssl.create_default_context(),
        )


def compose(escalation: Escalation, delivery_id: str, settings: EmailSettings) -> EmailMessage:
    """Make the mail of a case; nothing that the customer wrote can become a header of its own."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = settings.sender
    mail["To"] = settings.recipient
    mail["Subject"] = f"[{escalation.reference}] {_on_one_line(escalation.goal)[:LONGEST_SUBJECT]}"
    mail["Date"] = escalation.opened_at
    mail["Message-ID"] = f"<{delivery_id}@{settings.sender.rpartition('@')[2].strip('> ')}>"
    # Keeps away answers such as "I am on holiday": https://www.rfc-editor.org/rfc/rfc3834#section-5.
    mail["Auto-Submitted"] = "auto-generated"
    if settings.reply_domain:
        key = settings.reply_key.get_secret_value().strip()
        mail["Reply-To"] = reply_address(escalation.reference, domain=settings.reply_domain, key=key)
    mail.set_content(as_text(escalation, HINTED if settings.reply_domain else UNHINTED), charset="utf-8")
    return mail


def _on_one_line(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _verdict(code: int) -> DeskDown | DeskRefused:
    if code >= REFUSED_FOR_GOOD:
        return DeskRefused(f"The SMTP server refused the mail with code {code}; see email.sender and email.recipient.")
    return DeskDown(f"The SMTP server put the mail off with code {code}.")


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".") + "."
