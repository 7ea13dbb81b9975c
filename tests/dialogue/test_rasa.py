"""Rasa itself accepts the data, and leads whole conversations with our understanding and our actions."""

from __future__ import annotations

import shutil
import tempfile
from itertools import count
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from bot.actions.references import find_references, is_reference
from tests.databases import a_database
from tests.dialogue.rasa import KEEP_DAYS, MODEL, NOW, PROGRAM, a_server

pytestmark = pytest.mark.asyncio(loop_scope="module")

PETRA = "petra@example.org"

numbers = count(1)


@pytest.fixture(scope="module")
def folder():
    """Where Rasa keeps what it says and computes."""
    if not PROGRAM.exists() or not MODEL.exists():
        pytest.skip("Rasa's environment or its rules are missing; `make dialogue` prepares both")
    made = Path(tempfile.mkdtemp(prefix="heed-rasa-"))
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def rasa(folder, server):
    """One Rasa server for all conversations; each has a sender of its own."""
    with a_database(server) as address:
        async with a_server(folder, address) as running:
            yield running


@pytest.fixture
def talk(rasa):
    """Say one text after the other in a conversation of its own, and give what came back on each."""
    sender = f"heed-{next(numbers)}"

    async def said(*texts):
        return [await rasa.say(sender, text) for text in texts]

    return said


async def test_without_the_token_nobody_talks_to_rasa(rasa):
    async with aiohttp.ClientSession(rasa.client._base_url) as stranger:
        body = {"sender": "heed-1", "message": "hello"}
        for headers in ({}, {"Authorization": "Bearer wrong"}):
            async with stranger.post("/webhooks/heed/webhook", json=body, headers=headers) as answer:
                assert answer.status == 401
        async with stranger.post("/webhooks/rest/webhook", json=body) as answer:
            assert answer.status == 404


@pytest.mark.parametrize(
    ("greeting", "beginning"), [("hello", "Hello!"), ("hola", "¡Hola!"), ("Guten Morgen!", "Hallo!")]
)
async def test_a_greeting_is_returned_in_its_language(talk, greeting, beginning):
    (said,) = await talk(greeting)

    assert said.words.startswith(beginning)
    assert said.orders == []


@pytest.mark.parametrize(
    ("question", "helped", "asked"),
    [
        ("how do I reset my password?", "yes", "Did that help?"),
        ("¿cómo restablezco mi contraseña?", "sí", "¿Le ha servido?"),
        ("Wie setze ich mein Passwort zurück?", "danke", "Hat das geholfen?"),
    ],
)
async def test_an_answer_that_helped_ends_the_conversation(talk, question, helped, asked):
    answer, end = await talk(question, helped)

    assert answer.texts[0] == "Answer reset-password."
    assert answer.texts[1].startswith(asked)
    assert answer.kinds == ["answered"]
    assert end.orders == [{"heed": "feedback", "helped": True}]
    assert len(end.texts) == 1


async def test_an_answer_that_did_not_help_is_followed_by_one_more_and_then_by_a_person(talk):
    first, second, third = await talk("how do I reset my password?", "no", "it did not help")

    assert first.orders[0]["article_id"] == "reset-password"
    assert second.texts[0] == "Answer unlock-account."
    assert second.kinds == ["feedback", "answered"]
    assert third.kinds == ["feedback", "hand_off"]
    assert third.orders[1]["reason"] == "not_helped"


async def test_a_question_without_an_answer_goes_to_a_person(talk):
    (said,) = await talk("how long does the warranty last?")

    assert said.orders == [{"heed": "hand_off", "reason": "uncertain"}]
    assert said.texts == ["I have passed this on to one of our team, who will reply here."]


async def test_danger_goes_to_a_person_at_once(talk):
    (said,) = await talk("smoke comes out of it, smoke comes out")

    assert said.orders == [{"heed": "hand_off", "reason": "safety"}]


@pytest.mark.parametrize(
    ("word", "said"), [("agent", "one of our team"), ("Mensch", "Kollegin"), ("persona", "equipo")]
)
async def test_a_person_comes_when_asked_for(talk, word, said):
    (answer,) = await talk(word)

    assert answer.orders == [{"heed": "hand_off", "reason": "asked_for_person"}]


FORMS = {
    "en": (
        "open a case", "yes", "Petra Klein", PETRA, "TN-482913", "yes", "where is my case?",
        "May we keep", "What is your name", "Which e-mail", "order number", "Please check", "Your case is",
        "is with our",
    ),
    "es": (
        "abrir un caso", "sí", "me llamo Petra Klein", PETRA, "el pedido es TN-482913", "sí", "¿dónde está mi caso?",
        "¿Podemos guardar", "¿Cómo se llama", "correo electrónico", "número de pedido", "Compruébelo", "Su caso es",
        "lo tiene nuestro",
    ),
    "de": (
        "Fall anlegen", "ja", "Petra Klein", PETRA, "TN-482913", "ja", "Wo ist mein Fall?",
        "Dürfen wir", "Wie heißen Sie", "Unter welcher", "Bestellnummer", "Bitte prüfen", "Ihr Fall ist",
        "ist bei unserem",
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", list(FORMS))
async def test_the_form_becomes_a_case_that_can_be_asked_for(rasa, talk, language):
    texts, expected = FORMS[language][:7], FORMS[language][7:]
    answers = await talk(*texts[:6])
    (order,) = answers[-1].orders
    rasa.adviser.opens(order["reference"])
    answers += await talk(texts[6])

    assert [want for want, answer in zip(expected, answers, strict=True) if want not in answer.words] == []
    assert is_reference(order["reference"])
    assert all(find_references(answer.words) == (order["reference"],) for answer in answers[-2:])
    assert order["contact"] == {"name": "Petra Klein", "email": PETRA, "phone": "", "number": "TN-482913"}
    assert order["consent"]["purpose"] == answers[0].texts[-1]
    assert order["consent"]["keep_days"] == KEEP_DAYS
    assert str(KEEP_DAYS) in order["consent"]["purpose"]
    assert order["consent"]["given_at"] == NOW.isoformat()


async def test_a_complaint_begins_the_form(talk):
    (said,) = await talk("the screen of my laptop flickers all day")

    assert "May we keep" in said.words


async def test_a_report_with_a_number_begins_the_form_and_brings_the_number_along(talk):
    *_, check = await talk("how long does it last, my order TN-482913?", "yes", "skip", PETRA)

    assert "Name: –" in check.words
    assert "Number: TN-482913" in check.words


async def test_a_question_in_the_middle_is_answered_and_the_form_goes_on(talk):
    _, _, answer, unknown, contact = await talk(
        "open a case", "yes", "how do I reset my password?", "how long does the warranty last?", "Petra"
    )

    assert answer.texts == ["Answer reset-password.", 'What is your name? You can write "skip" instead.']
    assert unknown.texts[0] == "That one I cannot answer myself; our team can."
    assert "What is your name?" in unknown.texts[1]
    assert "Which e-mail" in contact.words


async def test_where_is_my_case_in_the_middle_is_answered_too(talk):
    *_, said = await talk("open a case", "yes", "where is my case?")

    assert "What is your name?" in said.texts[-1]
    assert len(said.texts) == 2


async def test_a_change_is_made_and_read_back(talk):
    *_, asked, check, sent = await talk(
        "Fall anlegen", "ja", "Petra", PETRA, "überspringen", "E-Mail ändern", "p.klein@example.org", "ja"
    )

    assert "Unter welcher" in asked.words
    assert "p.klein@example.org" in check.words
    assert sent.orders[0]["contact"]["email"] == "p.klein@example.org"
    assert sent.orders[0]["contact"]["number"] == ""


async def test_a_no_to_what_is_read_back_asks_what_to_change(talk):
    *_, asked, name, check = await talk("open a case", "yes", "Petra", PETRA, "skip", "no", "the name", "Petra Klein")

    assert asked.texts == ["What shall I change: the name, the contact or the number?"]
    assert "What is your name?" in name.words
    assert "Name: Petra Klein" in check.words


async def test_a_wrong_contact_is_explained_and_the_second_one_brings_a_person(talk):
    *_, wrong, person = await talk("abrir un caso", "sí", "Petra", "petra@example", "12345")

    assert wrong.texts[0].startswith("Eso no es una dirección de correo completa")
    assert person.orders == [{"heed": "hand_off", "reason": "not_understood"}]


async def test_no_consent_brings_a_person_and_nothing_is_kept(talk):
    *_, said = await talk("open a case", "no")

    assert said.orders == [{"heed": "hand_off", "reason": "asked_for_person"}]


@pytest.mark.parametrize(("word", "kind", "texts"), [("stop", "opt_out", 0), ("agent", "hand_off", 1)])
async def test_the_form_is_left_at_once_and_begins_anew(talk, word, kind, texts):
    *_, left, again = await talk("open a case", "yes", "Petra", word, "open a case")

    assert left.kinds == [kind]
    assert len(left.texts) == texts
    assert "May we keep" in again.words


async def test_an_attachment_and_a_novel_are_asked_again(talk):
    *_, empty, novel = await talk("open a case", "yes", "", "Once upon a time there was a laptop. " * 20)

    assert empty.texts[0].startswith("I can only read text")
    assert novel.texts[0].startswith("That is more than fits")
    assert "What is your name?" in novel.texts[1]


async def test_a_change_of_language_in_the_middle_is_followed_but_not_by_a_name(talk):
    *_, contact, number = await talk(
        "open a case", "yes", "María José Pérez", "Meine Adresse lautet petra@example.org, bitte schön"
    )

    assert "Which e-mail" in contact.words
    assert "Wie lautet die Bestellnummer" in number.words


async def test_a_second_case_begins_with_consent_again(talk):
    form = ("open a case", "yes", "Petra", PETRA, "skip", "yes")
    answers = await talk(*form, *form)

    assert answers[6].texts[-1] == answers[0].texts[-1]
    assert answers[5].orders[0]["reference"] != answers[11].orders[0]["reference"]
