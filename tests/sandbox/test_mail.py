"""The help desk of the sandbox: mails come by SMTP, answers go by SMTP."""

import json
import re
from email import message_from_bytes
from email.policy import default

import pytest

from sandbox.mail import Answer, compose, read
from sandbox.post_office import PostOffice
from sandbox.server import running
from sandbox.state import SANDBOX
from tests.sandbox.mails import TO_THE_CASE, send_case


@pytest.fixture
def desk(web):
    """The post office of the sandbox."""
    return web.app[SANDBOX].post_office


@pytest.fixture
async def heed(desk):
    """Takes the answers in the place of Heed."""
    taker = PostOffice()
    async with taker.open():
        desk.send_replies_to("127.0.0.1", taker.port)
        yield taker


async def listed(web):
    return await (await web.get("/sandbox/mails")).json()


async def test_a_mail_that_comes_by_smtp_is_listed_with_what_the_desk_needs(web, desk):
    await send_case(desk.port)
    told = await listed(web)
    (mail,) = told["mails"]
    assert told["port"] == desk.port
    assert mail["sender"] == "Heed <heed@tarnwell.example>"
    assert mail["reply_to"] == TO_THE_CASE
    assert mail["subject"] == "[H7K-2QF-9] A screen that stays black"
    assert mail["text"] == "The customer writes:\nIt is black."
    assert (mail["answers"], mail["is_resolved"]) == ([], False)


async def test_the_newest_mail_is_listed_first(web, desk):
    for subject in ("first", "second"):
        await send_case(desk.port, subject=subject)
    assert [mail["subject"] for mail in (await listed(web))["mails"]] == ["second", "first"]


async def test_an_answer_reaches_the_reply_address_in_the_thread_of_its_mail(web, desk, heed):
    await send_case(desk.port)
    answer = await web.post("/sandbox/mails/1/answers", json={"text": "We send a courier."})
    assert answer.status == 201
    (taken,) = heed.mails()
    assert (taken.sender, taken.recipient) == ("desk@tarnwell.example", TO_THE_CASE)
    assert taken.subject == "Re: [H7K-2QF-9] A screen that stays black"
    assert re.match(
        r"We send a courier\.\n\nOn .+ UTC, Heed <heed@tarnwell\.example> wrote:\n> The customer writes:\n> It is",
        taken.text,
    )


async def test_resolving_says_so_on_the_first_line(web, desk, heed):
    await send_case(desk.port)
    await web.post("/sandbox/mails/1/answers", json={"text": "It is on its way.", "resolve": True})
    assert heed.mails()[0].text.startswith("#resolved\nIt is on its way.\n\nOn ")
    (mail,) = (await listed(web))["mails"]
    assert mail["is_resolved"]
    assert [answer["text"] for answer in mail["answers"]] == ["It is on its way."]


async def test_an_answer_points_at_the_mail_that_it_answers(clock):
    content = b"From: a@b.example\r\nTo: c@d.example\r\nMessage-ID: <first@b.example>\r\n\r\nhello\r\n"
    mail = read(content, "1", clock())
    written = message_from_bytes(compose(mail, Answer(text="hi", resolves=False, sent_at=clock())).as_bytes())
    assert written["In-Reply-To"] == written["References"] == "<first@b.example>"
    assert written["To"] == "a@b.example"
    assert written["Message-ID"] != "<first@b.example>"


async def test_letters_of_all_languages_come_and_go_whole(web, desk, heed):
    await send_case(desk.port, subject="Señor Grün – ¿pantalla negra?", text="Größe: groß 🙂")
    await web.post("/sandbox/mails/1/answers", json={"text": "¡Hecho, señor Grün!"})
    assert (await listed(web))["mails"][0]["subject"] == "Señor Grün – ¿pantalla negra?"
    assert heed.mails()[0].text.startswith("¡Hecho, señor Grün!")
    assert "> Größe: groß 🙂" in heed.mails()[0].text


async def test_an_answer_that_nobody_takes_is_refused_and_not_kept(web, desk):
    await send_case(desk.port)
    unknown = await web.post("/sandbox/mails/1/answers", json={"text": "hello"})
    assert (unknown.status, "/sandbox/replies" in await unknown.text()) == (400, True)
    async with (gone := PostOffice()).open():
        pass
    assert (await web.post("/sandbox/replies", json={"port": gone.port})).status == 200
    refused = await web.post("/sandbox/mails/1/answers", json={"text": "hello"})
    assert refused.status == 400
    assert "did not take the answer" in (await refused.json())["error"]
    assert desk.get("1").answers == ()


@pytest.mark.parametrize(
    ("path", "body", "status", "words"),
    [
        ("/sandbox/mails/1/answers", {"text": " "}, 400, "Write something"),
        ("/sandbox/mails/1/answers", {}, 400, "An answer needs text"),
        ("/sandbox/mails/1/answers", {"text": "x" * 10_001}, 400, "at most 10,000"),
        ("/sandbox/mails/1/answers", {"text": "x", "resolve": "yes"}, 400, "true or false"),
        ("/sandbox/mails/2/answers", {"text": "x"}, 404, "There is no mail 2."),
        ("/sandbox/replies", {"port": 0}, 400, "from 1 to 65535"),
        ("/sandbox/replies", {"port": "25"}, 400, "whole number"),
        ("/sandbox/replies", {"port": 25, "host": ""}, 400, "name or address"),
        ("/sandbox/replies", {"port": 25, "user": "me"}, 400, "Unknown field 'user'"),
    ],
)
async def test_an_order_that_cannot_be_used_gets_a_sentence(web, desk, heed, path, body, status, words):
    await send_case(desk.port)
    answer = await web.post(path, json=body)
    assert (answer.status, words in await answer.text()) == (status, True)


async def test_listeners_hear_of_a_mail_and_of_its_answer(web, desk, heed):
    async with web.get("/sandbox/events") as events:
        await events.content.readuntil(b"\n\n")
        await send_case(desk.port)
        await desk.answer("1", "hello")
        for _ in range(2):
            event = (await events.content.readuntil(b"\n\n")).decode()
            assert json.loads(event.partition("data: ")[2])["kind"] == "mailed"


async def test_a_mail_larger_than_any_case_is_refused(desk):
    with pytest.raises(Exception, match="exceeds fixed maximum message size"):
        await send_case(desk.port, text="long " * 300_000)
    assert desk.mails() == []


async def test_the_mailbox_is_where_whoever_starts_the_sandbox_put_it(world, config):
    post_office = PostOffice()
    async with running(world, config, post_office=post_office):
        await send_case(post_office.port)
        assert len(post_office.mails()) == 1


async def test_the_page_shows_the_newest_mail_and_how_many_wait(web, desk):
    await send_case(desk.port, subject="<b>bold</b>")
    page = await (await web.get("/mail?as=jon")).text()
    assert "&lt;b&gt;bold&lt;/b&gt;" in page
    assert TO_THE_CASE in page
    timeline = await (await web.get("/?as=jon")).text()
    assert '<span class="unseen">, to answer: </span>1' in timeline


async def test_a_mail_is_answered_and_resolved_by_form(web, desk, heed):
    await send_case(desk.port)
    await web.post("/mail/1", data={"as": "jon", "text": "one\r\ntwo"})
    answer = await web.post("/mail/1", data={"as": "jon", "text": "done", "resolve": "1"})
    assert "as=jon" in str(answer.url)
    page = await answer.text()
    assert "one\ntwo" in page
    assert page.count("resolved</span>") == 2  # in the list and at the answer
    assert [mail.text.splitlines()[0] for mail in heed.mails()] == ["#resolved", "one"]


async def test_an_answer_that_was_refused_stays_in_its_field(web, desk):
    await send_case(desk.port)
    answer = await web.post("/mail/1", data={"text": "keep me"})
    page = await answer.text()
    assert answer.status == 400
    assert "keep me</textarea>" in page
    assert "Nobody has said yet" in page


async def test_a_mail_that_never_came_is_not_found(web):
    assert (await web.get("/mail/7")).status == 404
    assert (await web.post("/mail/7", data={"text": "hello"})).status == 404
    assert "mailbox is empty" in await (await web.get("/mail")).text()


async def test_headers_are_no_way_to_write_others(clock):
    content = b"From: a@b.example\r\nTo: c@d.example\r\nSubject: =?utf-8?q?one=0ABcc=3A_x=40y.example?=\r\n\r\nhello"
    mail = read(content, "1", clock())
    sent = compose(mail, Answer(text="hi", resolves=False, sent_at=clock())).as_bytes()
    assert message_from_bytes(sent, policy=default)["Bcc"] is None
