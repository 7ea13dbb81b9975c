"""The seven private conversations, through the real client, a real Rasa, the database and a real mailbox."""

from __future__ import annotations

from contextlib import AsyncExitStack
from itertools import count

import pytest
import pytest_asyncio

from bot.vocabulary import EscalationState
from storage.cases.replying import write_reply
from storage.cases.settling import return_to_bot, take_over
from storage.tables import contacts, conversations, decisions, escalations, feedback, handoffs, mentions, opt_outs
from tests.acceptance.stage import IRATE, until
from tests.acceptance.theatre import LACKING, Customer, a_mailbox, playing, with_dialogue

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(bool(LACKING), reason=LACKING),
]

FN = "How do I swap the Fn and Ctrl keys on my Book 15?"
FN_ES = "Hola, ¿cómo cambio las teclas Fn y Ctrl en mi Book 15?"
FN_DE = "Wie kann ich die Tasten Fn und Strg an meinem Book 15 tauschen?"
DOCK = "How do I connect my Dock 2 to two displays?"
OPEN = "I would like to open a case, my dock of order TN-123456 never arrived"
OPEN_ES = "Quiero abrir un caso por mi pedido TN-123456, por favor"
OPEN_DE = "Ich möchte einen Fall eröffnen, meine Bestellung TN-123456 ist nie angekommen"

numbers = count(1)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def theatre(a_stage, trained):
    """A service with its Rasa and a mailbox, for all conversations of this file."""
    async with AsyncExitStack() as stack:
        mailbox, port = await stack.enter_async_context(a_mailbox())
        stage = with_dialogue(await stack.enter_async_context(a_stage()), port)
        running = await stack.enter_async_context(playing(stage, trained[1]))
        yield stage, mailbox, running


@pytest.fixture
def stage(theatre):
    return theatre[0]


@pytest.fixture
def mailbox(theatre):
    return theatre[1]


@pytest.fixture
def customer(stage):
    """Somebody who has never written before."""
    return Customer(stage, f"customer_{next(numbers)}")


async def talk_of(customer):
    """Give the private conversation of a customer."""
    rows = await customer.stage.all(
        conversations, conversations.c.author_handle == customer.handle, conversations.c.audience == "private"
    )
    return rows[-1]


async def reasons_of(customer):
    """Give the reasons of all decisions in a customer's private conversation, in their order."""
    place = (await talk_of(customer)).id
    heard = [row.id for row in await customer.stage.all(mentions, mentions.c.conversation_id == place)]
    return [row.reasons for row in await customer.stage.all(decisions, decisions.c.mention_id.in_(heard))]


async def case_of(customer):
    """Wait for the case of a customer."""
    place = (await talk_of(customer)).id
    (case,) = await until(lambda: customer.stage.all(escalations, escalations.c.conversation_id == place))
    return case


async def the_mail(mailbox, reference):
    """Wait for the mail about a case."""
    (mail,) = await until(lambda: mailbox.about(reference))
    return mail


@pytest.mark.parametrize(
    ("hello", "stop", "person"),
    [("hello", "STOP", "person"), ("hola, buenos días", "PARAR", "persona"), ("Guten Tag", "STOPP", "Mensch")],
)
async def test_the_opening_says_what_it_is_and_offers_a_person_and_an_end(customer, hello, stop, person):
    said = await customer.says(hello)

    assert stop in said
    assert person in said
    assert "https://tarnwell.example/privacy" in said
    assert said.endswith("^Bot")


@pytest.mark.parametrize(
    ("question", "yes", "names"), [(FN, "yes", "Tarnwell Hub"), (FN_ES, "sí", "Teclado"), (FN_DE, "ja", "Hub")]
)
async def test_a_question_is_answered_and_over_when_that_helped(stage, customer, question, yes, names):
    answer = await customer.says(question)
    await customer.says(yes)
    talk = await until(lambda: stage.all(conversations, conversations.c.author_handle == customer.handle))

    assert names in answer
    assert await reasons_of(customer) == [["confident"], ["in_dialogue"]]
    assert talk[-1].state == "resolved"
    assert len(customer.heard) == 2


async def test_an_answer_that_did_not_help_is_followed_by_one_more_and_then_by_a_person(stage, customer):
    first = await customer.says(DOCK)
    second = await customer.says("no")
    if "help" in second:
        await customer.says("no")
    told = [row.helped for row in await stage.all(feedback)]

    assert first != second
    assert False in told
    assert (await reasons_of(customer))[-1] == ["not_helped"]
    assert (await talk_of(customer)).state == "open"


async def test_a_case_is_opened_with_consent_and_read_back(stage, mailbox, customer):
    consent = await customer.says(OPEN)
    name = await customer.says("yes")
    contact = await customer.says("Ana Ruiz")
    back = await customer.says("ana.ruiz@mail.example")
    done = await customer.says("yes")
    case = await case_of(customer)
    mail = await the_mail(mailbox, case.reference)
    [known] = await stage.all(contacts, contacts.c.email == "ana.ruiz@mail.example")

    assert "90 days" in consent
    assert "name" in name
    assert "mail" in contact
    assert all(given in back for given in ("Ana Ruiz", "ana.ruiz@mail.example", "TN-123456"))
    assert case.reference in done
    assert OPEN in mail.get_content()
    assert (known.keep_days, known.name) == (90, "Ana Ruiz")
    assert known.purpose in consent
    assert (await reasons_of(customer))[-1] == ["escalated"]


async def test_each_step_can_be_changed_skipped_and_interrupted(mailbox, customer):
    await customer.says("I would like to open a case")
    await customer.says("yes")
    contact = await customer.says("skip")
    aside = await customer.says(FN)
    wrong = await customer.says("ana at mail")
    await customer.says("+44 20 7946 0958")
    back = await customer.says("skip")
    changing = await customer.says("change the contact")
    again = await customer.says("ana@mail.example")
    await customer.says("yes")
    case = await case_of(customer)

    assert "mail" in contact
    assert "Tarnwell Hub" in aside
    assert "mail" in aside.splitlines()[-1]
    assert wrong != aside
    assert "+44" in back
    assert "mail" in changing
    assert "ana@mail.example" in again
    assert case.contact["email"] == "ana@mail.example"
    assert (case.contact["name"], case.contact["number"]) == ("", "")


async def test_a_case_in_spanish(mailbox, customer):
    await customer.says(OPEN_ES)
    await customer.says("sí")
    await customer.says("María José Pérez")
    back = await customer.says("maria@correo.example")
    done = await customer.says("sí")
    case = await case_of(customer)

    assert "María José Pérez" in back
    assert "¿" in back
    assert case.reference in done
    assert (case.language, case.contact["email"]) == ("es", "maria@correo.example")


async def test_a_case_in_german(mailbox, customer):
    await customer.says(OPEN_DE)
    await customer.says("ja")
    await customer.says("Jörg Müller")
    wrong = await customer.says("joerg@")
    back = await customer.says("joerg.mueller@post.example")
    done = await customer.says("ja")
    case = await case_of(customer)

    assert "E-Mail" in wrong
    assert "Jörg Müller" in back
    assert case.reference in done
    assert case.language == "de"


async def test_two_wrong_contacts_bring_a_person(customer):
    await customer.says("I would like to open a case")
    await customer.says("yes")
    await customer.says("Ana")
    await customer.says("ana at mail")
    await customer.says("12")

    assert (await reasons_of(customer))[-1] == ["not_understood"]
    assert (await talk_of(customer)).state == "open"


async def test_a_novel_is_no_answer_and_is_kept(stage, customer):
    await customer.says("I would like to open a case")
    await customer.says("yes")
    novel = "It all began on a rainy morning in spring, when the parcel came. " * 40
    said = await customer.says(novel)
    place = (await talk_of(customer)).id

    assert said
    kept = [row.text for row in await stage.all(mentions, mentions.c.conversation_id == place)]
    assert [text.strip() for text in kept][-1] == novel.strip()


@pytest.mark.parametrize(
    ("begin", "yes", "stop"),
    [("open a case please", "yes", "stop"), (OPEN_DE, "ja", "stopp"), (OPEN_ES, "sí", "parar")],
)
async def test_stop_ends_everything_at_once(stage, customer, begin, yes, stop):
    await customer.says(begin)
    await customer.says(yes)
    customer.writes(stop)
    author = (await talk_of(customer)).author_id
    await until(lambda: stage.all(opt_outs, opt_outs.c.author_id == author))
    customer.writes("hello again")
    await until(lambda: stage.all(handoffs, handoffs.c.conversation_id == place_of(customer, author)))

    assert len(customer.heard) == 2


def place_of(customer, author):
    return (
        conversations.select()
        .with_only_columns(conversations.c.id)
        .where(conversations.c.author_id == author)
        .scalar_subquery()
    )


@pytest.mark.parametrize("wish", ["agent", "quiero hablar con una persona", "Ich möchte mit einem Menschen sprechen"])
async def test_a_person_is_there_for_the_asking(customer, wish):
    await customer.says(wish)

    assert (await reasons_of(customer))[-1] == ["asked_for_person"]
    assert (await talk_of(customer)).state == "open"


async def test_an_angry_customer_gets_a_person_even_in_the_middle_of_a_form(customer):
    await customer.says("I would like to open a case")
    await customer.says("yes")
    await customer.says(IRATE)

    assert (await reasons_of(customer))[-1] == ["irate"]


async def test_danger_is_left_to_people_without_a_word(stage, customer):
    await customer.says("hello")
    customer.writes("my laptop is on fire and there is smoke everywhere")
    place = (await talk_of(customer)).id
    [made] = await until(lambda: stage.all(handoffs, handoffs.c.conversation_id == place))

    assert made.reasons == ["safety"]
    assert len(customer.heard) == 1


async def test_while_an_agent_has_it_the_bot_is_silent_until_it_is_handed_back(stage, theatre, customer):
    ana = await stage.agent()
    await customer.says("can I talk to a person please")
    place = (await talk_of(customer)).id
    await stage.act(take_over, place, by=ana)
    reply_id = await stage.act(write_reply, place, text="Hi, this is Ana. What can I do?", by=ana)
    await theatre[2].workshop.foreman.deliver(reply_id)
    await customer.hears(2)
    customer.writes(FN)
    await until(lambda: silent(customer))
    await stage.act(return_to_bot, place, by=ana)
    answer = await customer.says(DOCK)

    assert "Ana" in customer.heard[1]
    assert len(customer.heard) == 3
    assert "Dock 2" in answer


async def silent(customer):
    """Say whether the latest message was left to the agent."""
    return (await reasons_of(customer))[-1] == ["conversation_with_agent"]


async def test_a_change_of_language_is_followed(customer):
    english = await customer.says(DOCK)
    german = await customer.says(FN_DE)

    assert "help" in english
    assert "geholfen" in german


async def test_a_case_goes_out_by_mail_and_its_answers_come_back(stage, theatre, mailbox, customer):
    await customer.says(OPEN)
    for said in ("yes", "Ana Ruiz", "ana@mail.example", "yes"):
        await customer.says(said)
    case = await case_of(customer)
    mail = await the_mail(mailbox, case.reference)
    where = await customer.says("where is my case?")
    heard = len(customer.heard)
    await mailbox.answers(mail, "It is on its way, with you on Monday.", port=theatre[2].reply_port)
    told = await customer.hears(heard + 1)
    await mailbox.answers(mail, "#resolved\nIt was delivered.", port=theatre[2].reply_port)
    ended = await customer.hears(heard + 2)
    [after] = await stage.all(escalations, escalations.c.id == case.id)

    assert case.reference in where
    assert told.startswith("It is on its way, with you on Monday.")
    assert ended.startswith("It was delivered.")
    assert after.state == EscalationState.RESOLVED


async def test_a_case_that_began_in_public_is_closed_there_with_one_line(stage, theatre, mailbox, customer):
    post = stage.say(IRATE, author=customer.handle)
    assert (await stage.decision(post)).route == "handoff"
    await customer.says("Hi, it is about my order TN-123456, I want to open a case")
    for said in ("yes", "Ana Ruiz", "ana@mail.example", "yes"):
        await customer.says(said)
    case = await case_of(customer)
    mail = await the_mail(mailbox, case.reference)
    await mailbox.answers(mail, "#resolved\nA new one is on its way.", port=theatre[2].reply_port)
    [line] = await until(lambda: stage.answers(post))

    assert line.endswith("^Bot")
    assert "ana@mail.example" not in line
