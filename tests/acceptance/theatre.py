"""What a private conversation needs on stage: a service with its Rasa, a mailbox for cases, and customers who write."""

from __future__ import annotations

import asyncio
import email
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from email import policy
from email.message import EmailMessage
from email.utils import make_msgid

import aiosmtplib
from aiosmtpd.smtp import SMTP
from cryptography.fernet import Fernet

from bot.dialogue.server import lacking
from bot.training.certifying import limits_in_force
from bot.vocabulary import Lane
from storage import conditions
from tests.acceptance.stage import Stage, serving, until

LACKING = lacking()
"""Why no Rasa can be started here; empty where one can."""


@dataclass
class Mailbox:
    """A real SMTP server that keeps what it takes."""

    mails: list = field(default_factory=list)
    refuses: str = ""  #: What it answers instead of taking a mail.

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - aiosmtpd's name
        if self.refuses:
            return self.refuses
        self.mails.append(email.message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"

    async def answers(self, mail, words, *, port):
        """Answer a mail as the help desk does, to where it says, through Heed's own door."""
        answer = EmailMessage()
        answer["From"], answer["To"] = mail["To"], mail["Reply-To"]
        answer["Subject"], answer["In-Reply-To"] = f"Re: {mail['Subject']}", mail["Message-ID"]
        answer["Message-ID"] = make_msgid(domain="tarnwell.example")
        quoted = "\n".join(f"> {line}" for line in mail.get_content().splitlines())
        answer.set_content(f"{words}\n\nOn Monday {mail['From']} wrote:\n{quoted}\n")
        await aiosmtplib.send(answer, hostname="127.0.0.1", port=port, start_tls=False)

    def about(self, reference):
        """Give the mails about a case."""
        return [mail for mail in self.mails if reference in mail["Subject"]]


@asynccontextmanager
async def a_mailbox():
    """Open a mailbox on a free port, and give it with the port."""
    mailbox, loop = Mailbox(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(mailbox, loop=loop), "127.0.0.1", 0)
    async with server:
        yield mailbox, server.sockets[0].getsockname()[1]


def with_dialogue(stage, smtp_port):
    """Give *stage* under settings with a Rasa of its own and a help desk that reads mail."""
    return stage.under(
        dialogue={"rasa": "child"},
        offline={"desk": "email"},
        email={
            "host": "127.0.0.1",
            "port": smtp_port,
            "security": "none",
            "sender": "cases@tarnwell.example",
            "recipient": "desk@tarnwell.example",
            "reply_domain": "reply.tarnwell.example",
            "reply_port": 0,
            "reply_key": Fernet.generate_key().decode(),
        },
        replying={"privacy_url": "https://tarnwell.example/privacy"},
        x={"message_poll_seconds": 0.2, "messages_per_window": 10_000, "messages_per_day": 100_000},
    )


@asynccontextmanager
async def playing(stage, brain):
    """Run the service until the block ends, from the moment that its Rasa answers."""
    talkative = replace(brain, limits=limits_in_force(stage.settings, brain.proof))
    async with serving(stage, talkative) as running:
        await rasa_is_up(stage, running)
        yield running


async def rasa_is_up(stage, running):
    """Wait until Rasa leads private conversations."""

    async def is_up():
        async with stage.database.begin() as connection:
            known = await conditions.find(connection, "rasa", Lane.TALK)
        return known is None and await running.workshop.dialogue.is_up()

    await until(is_up)


@dataclass
class Customer:
    """Somebody who writes direct messages to the brand."""

    stage: Stage
    handle: str

    @property
    def heard(self):
        """What the brand wrote back, oldest first."""
        world = self.stage.world
        me = world.accounts.named(self.handle)
        thread = world.message_thread(world.brand.id, me.id) if me else []
        return [message.text for message in thread if message.sender.id == world.brand.id]

    def writes(self, text):
        """Write, and go on."""
        self.stage.world.send(self.handle, self.stage.world.brand.handle, text)

    async def says(self, text):
        """Write, and give the answer."""
        before = len(self.heard)
        self.writes(text)
        await until(lambda: len(self.heard) > before)
        return self.heard[-1]

    async def hears(self, number):
        """Wait for the message with *number*, from 1, and give it."""
        await until(lambda: len(self.heard) >= number)
        return self.heard[number - 1]
