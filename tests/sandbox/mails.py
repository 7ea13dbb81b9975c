"""Mails as Heed sends them, and a second post office in the place where Heed takes the answers."""

from email.message import EmailMessage

import aiosmtplib

TO_THE_CASE = "case+abc.0123@replies.example"


async def send_case(
    port, *, subject="[H7K-2QF-9] A screen that stays black", text="The customer writes:\nIt is black."
):
    """Send a mail to the help desk at *port*, as whoever hands over a case does."""
    mail = EmailMessage()
    mail["From"] = "Heed <heed@tarnwell.example>"
    mail["To"] = "desk@tarnwell.example"
    mail["Reply-To"] = TO_THE_CASE
    mail["Subject"] = subject
    mail["Message-ID"] = "<first@tarnwell.example>"
    mail.set_content(text)
    await aiosmtplib.send(mail, hostname="127.0.0.1", port=port, start_tls=False)
