"""Mails as a help desk reads and answers them; pure."""

from dataclasses import dataclass, replace
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from email.utils import make_msgid, parseaddr

RESOLVED = "#resolved"
"""First line of an answer that ends the case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the help desk wrote back."""

    text: str  #: Without the quoted mail below it.
    resolves: bool
    sent_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail that the help desk has."""

    id: str  #: The sandbox's own; the later the larger.
    message_id: str
    sender: str
    recipient: str
    reply_to: str  #: Where answers go.
    subject: str
    text: str
    received_at: datetime
    answers: tuple[Answer, ...] = ()  #: Oldest first.

    @property
    def is_resolved(self) -> bool:
        """Whether an answer has ended the case."""
        return any(answer.resolves for answer in self.answers)

    def answered(self, answer: Answer) -> "Mail":
        """Give the mail with one more answer."""
        return replace(self, answers=(*self.answers, answer))


def read(content: bytes, number: str, received_at: datetime) -> Mail:
    """Read a mail as it comes over SMTP; what it does not say is empty."""
    message = message_from_bytes(content, policy=default)
    body = message.get_body(("plain",))
    return Mail(
        id=number,
        message_id=_header(message, "Message-ID"),
        sender=_header(message, "From"),
        recipient=_header(message, "To"),
        reply_to=_header(message, "Reply-To") or _header(message, "From"),
        subject=_header(message, "Subject"),
        text="\n".join(body.get_content().strip().splitlines()) if body else "",
        received_at=received_at,
    )


def compose(mail: Mail, answer: Answer) -> EmailMessage:
    """Write an answer as mail programs do: above the quoted mail, and in its thread."""
    written = EmailMessage(policy=SMTP)
    written["From"] = mail.recipient
    written["To"] = mail.reply_to
    written["Subject"] = f"Re: {mail.subject}"
    written["Date"] = answer.sent_at
    written["Message-ID"] = make_msgid(domain=parseaddr(mail.recipient)[1].rpartition("@")[2])
    written["In-Reply-To"] = written["References"] = mail.message_id
    opening = f"{RESOLVED}\n" if answer.resolves else ""
    quoted = "\n".join(f"> {line}".rstrip() for line in mail.text.splitlines())
    moment = mail.received_at.strftime("%d %b %Y, %H:%M UTC")
    written.set_content(f"{opening}{answer.text}\n\nOn {moment}, {mail.sender} wrote:\n{quoted}\n", charset="utf-8")
    return written


def _header(message: EmailMessage, name: str) -> str:
    """Give a header on one line, whatever its words hide."""
    return " ".join(str(message.get(name, "")).split())
