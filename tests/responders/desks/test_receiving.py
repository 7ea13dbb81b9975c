"""Replies by e-mail, over real SMTP."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass, field
from email.message import EmailMessage

import aiosmtplib
import pytest
from pydantic import ValidationError

from bot.errors import PortTaken
from bot.settings import EmailSettings
from bot.vocabulary import DeskEventKind
from responders.cases import MalformedEvent
from responders.email.addresses import reply_address
from responders.email.receiving import LARGEST_MAIL, Letterbox, receiving_replies
from storage import escalations
from storage.database import Database
from tests.responders.desks.test_email_desk import KEY, settings_for
from tests.storage.escalating import put_case

DOMAIN = "reply.tarnwell.example"
NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"
ADDRESS = reply_address("H7K-2QF-9", domain=DOMAIN, key=KEY)


@dataclass
class Ear:
    """Keeps what it hears, or raises *problem*."""

    database: Database
    problem: Exception | None = None
    events: list = field(default_factory=list)

    async def knows(self, reference):
        async with self.database.begin() as connection:
            return any(case.escalation.reference == reference for case in await escalations.listing(connection))

    async def hear(self, event):
        if self.problem is not None:
            raise self.problem
        await self.database.ping()
        self.events.append(event)


def box_of(ear, **changes):
    return Letterbox(settings=settings_for(25, reply_port=0, **changes), knows=ear.knows, hear=ear.hear)


@pytest.fixture
async def ear(database):
    await put_case(database, reference="H7K-2QF-9")
    return Ear(database)


@pytest.fixture
async def port(ear):
    async with receiving_replies(box_of(ear)) as listening:
        yield listening


def a_mail(text="It left today.", to=ADDRESS, **headers):
    mail = EmailMessage()
    mail["From"] = "Ilse Brandt <ilse@tarnwell.example>"
    mail["To"] = to
    mail["Message-ID"] = "<1@tarnwell.example>"
    for name, value in headers.items():
        mail[name] = value
    mail.set_content(text)
    return mail


async def bring(port, mail, **changes):
    """Hand a mail in as a mail server does; give the code of a refusal, else 250."""
    try:
        await aiosmtplib.send(mail, hostname="127.0.0.1", port=port, start_tls=False, timeout=10, **changes)
    except aiosmtplib.SMTPRecipientsRefused as error:
        return error.recipients[0].code
    except aiosmtplib.SMTPResponseException as error:
        return error.code
    return 250


async def test_a_reply_is_heard(port, ear):
    assert await bring(port, a_mail("Grüße, es ist unterwegs.")) == 250
    (event,) = ear.events
    assert (event.reference, event.kind, event.text, event.author) == (
        "H7K-2QF-9", DeskEventKind.REPLY, "Grüße, es ist unterwegs.", "Ilse Brandt",
    )  # fmt: skip


async def test_an_address_in_small_letters_is_the_same(port, ear):
    assert await bring(port, a_mail(to=ADDRESS.lower())) == 250
    assert ear.events[0].reference == "H7K-2QF-9"


@pytest.mark.parametrize(
    "address",
    [
        ADDRESS.replace("H7K", "H7L"),
        f"case+H7K-2QF-9.0123456789abcdef@{DOMAIN}",
        f"service@{DOMAIN}",
        reply_address("H7K-2QF-9", domain=DOMAIN, key="another key"),
        reply_address("H7K-2QF-9", domain="elsewhere.example", key=KEY),
        reply_address("XXX-XXX-X", domain=DOMAIN, key=KEY),
    ],
)
async def test_an_address_that_is_no_case_of_ours_is_refused(port, ear, address):
    assert await bring(port, a_mail(to=address)) == 550
    assert ear.events == []


async def test_a_mail_to_a_case_and_to_others_reaches_the_case(port, ear):
    mail = a_mail()
    refused, _ = await aiosmtplib.send(
        mail, recipients=[ADDRESS, f"service@{DOMAIN}"], hostname="127.0.0.1", port=port, start_tls=False
    )
    assert [refused[address].code for address in refused] == [550]
    assert len(ear.events) == 1


async def test_a_note_of_absence_is_taken_and_not_heard(port, ear):
    assert await bring(port, a_mail("I am away.", **{"Auto-Submitted": "auto-replied"})) == 250
    assert ear.events == []


async def test_a_mail_that_says_nothing_new_goes_back_with_a_sentence(port, ear):
    assert await bring(port, a_mail("> all quoted")) == 554
    assert ear.events == []


async def test_a_text_that_no_message_holds_goes_back(port, ear):
    ear.problem = MalformedEvent("text: longer than a direct message.")
    assert await bring(port, a_mail()) == 554


async def test_a_mail_that_is_too_large_goes_back(port, ear):
    mail = a_mail()
    mail.add_attachment(b"x" * LARGEST_MAIL, maintype="application", subtype="pdf", filename="scan.pdf")
    assert await bring(port, mail) == 552
    assert ear.events == []


async def test_while_the_database_is_down_the_mail_stays_with_its_server(ear):
    async with Database(NOWHERE) as nowhere:
        ear.database = nowhere
        async with receiving_replies(box_of(ear)) as port:
            assert await bring(port, a_mail()) == 451
    assert ear.events == []


async def test_a_database_that_goes_while_a_mail_comes_in_loses_nothing(ear):
    async with Database(NOWHERE) as nowhere:
        box = box_of(Ear(nowhere))
        async with receiving_replies(Letterbox(settings=box.settings, knows=ear.knows, hear=box.hear)) as port:
            assert await bring(port, a_mail()) == 451


async def test_a_fault_of_ours_leaves_the_mail_with_its_server(port, ear):
    ear.problem = ZeroDivisionError("broken")
    assert await bring(port, a_mail()) == 451


def test_no_mail_is_taken_without_a_key():
    with pytest.raises(ValidationError, match=r"email\.reply_key"):
        EmailSettings(reply_domain="reply.example")


async def test_a_port_that_is_taken_is_named(ear):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = settings_for(25, reply_port=taken.getsockname()[1])
        with pytest.raises(PortTaken, match=r"email\.reply_port"):
            async with receiving_replies(Letterbox(settings=settings, knows=ear.knows, hear=ear.hear)):
                pass


async def test_the_end_waits_for_no_client_that_is_silent(ear):
    async with receiving_replies(box_of(ear)) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert (await reader.readline()).startswith(b"220")
    assert await reader.read() == b""
    writer.close()
    await writer.wait_closed()
