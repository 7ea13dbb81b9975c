"""Cases by e-mail, against a real SMTP server."""

from __future__ import annotations

from dataclasses import dataclass
from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import DeskDown, DeskRefused
from bot.settings import EmailSettings
from responders.email.addresses import read_address
from responders.email.desk import EmailDesk, compose
from tests.responders.desks.certificates import self_signed
from tests.responders.desks.contract import PATIENCE_SECONDS, DeskContract
from tests.responders.desks.post_office import PostOffice, post_office
from tests.responders.desks.values import DELIVERY, ESCALATION, an_escalation

KEY = "a key of the test"


def settings_for(port, **changes):
    given = {
        "host": "127.0.0.1",
        "port": port,
        "security": "none",
        "sender": "Tarnwell <bot@tarnwell.example>",
        "recipient": "service@tarnwell.example",
        "timeout_seconds": PATIENCE_SECONDS,
        "reply_domain": "reply.tarnwell.example",
        "reply_key": KEY,
    }
    return EmailSettings.model_validate(given | changes)


@dataclass
class Counter:
    """The contract's stage: a mailbox at the end of SMTP."""

    office: PostOffice
    desk: EmailDesk

    def cases(self):
        by_id = {mail["Message-ID"]: f"{mail['Subject']}\n{mail.get_content()}" for mail in self.office.mails}
        return list(by_id.values())

    def refuse(self):
        self.office.answer = "554 No mara@example.org here"

    def break_down(self):
        self.office.answer = "451 Not now, mara@example.org"

    def hang(self):
        self.office.hangs = True

    async def leave(self):
        await self.office.close()


@pytest.fixture
async def office():
    async with post_office() as opened:
        yield opened


class TestEmailDesk(DeskContract):
    @pytest.fixture
    def stage(self, office):
        return Counter(office=office, desk=EmailDesk(settings_for(office.port)))


async def sent(office, escalation=ESCALATION, **changes):
    await EmailDesk(settings_for(office.port, **changes)).open(escalation, DELIVERY)
    return office.mails[-1]


async def test_the_reference_and_the_goal_are_the_subject(office):
    mail = await sent(office)
    assert mail["Subject"] == "[H7K-2QF-9] Wants the dock replaced"


async def test_answers_go_to_an_address_that_only_we_can_make(office):
    mail = await sent(office)
    address = mail["Reply-To"].addresses[0].addr_spec
    assert read_address(address, domain="reply.tarnwell.example", key=KEY) == "H7K-2QF-9"
    assert "Begin with #resolved" in mail.get_content()


async def test_without_a_domain_for_replies_the_mail_says_that_they_reach_nobody(office):
    mail = await sent(office, reply_domain="")
    assert mail["Reply-To"] is None
    assert "do not reach the customer" in mail.get_content()


async def test_the_mail_says_that_a_program_sent_it(office):
    assert (await sent(office))["Auto-Submitted"] == "auto-generated"


async def test_a_server_that_offers_no_encryption_gets_nothing_unless_that_is_set(office):
    with pytest.raises(DeskDown, match="STARTTLS"):
        await EmailDesk(settings_for(office.port, security="starttls")).open(ESCALATION, DELIVERY)
    assert office.mails == []


async def test_a_case_goes_over_an_encrypted_connection(tmp_path, monkeypatch):
    file, context = self_signed(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    async with post_office(context) as office:
        desk = EmailDesk(settings_for(office.port, security="starttls", timeout_seconds=10))
        await desk.open(ESCALATION, DELIVERY)
        assert len(office.mails) == 1


async def test_a_server_that_cannot_prove_who_it_is_gets_nothing(tmp_path):
    _, context = self_signed(tmp_path)
    async with post_office(context) as office:
        desk = EmailDesk(settings_for(office.port, security="starttls", timeout_seconds=10))
        with pytest.raises(DeskDown, match="certificate"):
            await desk.open(ESCALATION, DELIVERY)
        assert office.mails == []


async def test_a_mailbox_that_does_not_exist_is_a_refusal(office):
    office.recipients = "550 No such mailbox"
    with pytest.raises(DeskRefused, match="550"):
        await EmailDesk(settings_for(office.port)).open(ESCALATION, DELIVERY)


async def test_a_recipient_that_is_put_off_is_tried_again(office):
    office.recipients = "450 Greylisted"
    with pytest.raises(DeskDown, match="450"):
        await EmailDesk(settings_for(office.port)).open(ESCALATION, DELIVERY)


async def test_a_log_in_that_is_not_accepted_kills_no_case(office):
    settings = settings_for(office.port, username="bot", password="wrong")
    with pytest.raises(DeskDown):
        await EmailDesk(settings).open(ESCALATION, DELIVERY)


@given(st.text(max_size=300), st.text(max_size=300))
def test_nothing_that_a_customer_writes_becomes_a_header(goal, words):
    texts = [text.encode(errors="ignore").decode() for text in (goal, words)]
    escalation = an_escalation(goal=f"{texts[0]}\r\nBcc: all@example.org\n{texts[0]}", words=f"{texts[1]}\r\n.\r\nX: y")
    mail = compose(escalation, DELIVERY, settings_for(25))
    read = message_from_bytes(mail.as_bytes(), policy=policy.default)
    assert sorted(read.keys()) == sorted(mail.keys())
    assert set(read.keys()) == {
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Reply-To", "MIME-Version", "Content-Type",
        "Content-Transfer-Encoding",
    }  # fmt: skip
    assert read["Bcc"] is None
    # A long subject may begin on its second line, with the blank that a folded line begins with.
    assert str(read["Subject"]).lstrip().startswith("[H7K-2QF-9]")
