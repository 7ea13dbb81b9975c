"""The contract with a Rasa server, over HTTP."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import aiohttp
import hypothesis
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY
from pydantic import SecretStr

from bot import service
from bot.errors import NotTrained
from bot.nlu.entities import Forms
from bot.nlu.examples import Example
from bot.nlu.lexicon import load_lexicons
from bot.nlu.phrases import Phrases
from bot.nlu.understander import Understander
from bot.parsing import LARGEST_BODY, LONGEST_TEXT, PATH, Reader, add_parsing, as_rasa_reads
from bot.settings import Settings, WebSettings
from bot.vocabulary import Danger, Entity, Ranked
from storage.database import Database
from tests.bot.nlu.schooling import AlwaysEnglish, CountingEncoder, trained
from tests.bot.values import an_understanding

TOKEN = "a-token-of-sixteen"
PATIENCE_SECONDS = 10
YES = Phrases([Example(text="yes", intent="affirm")])


@pytest.fixture
def encoder():
    return CountingEncoder()


@pytest.fixture
def understander(encoder):
    return Understander(
        encoder=encoder,
        heads=trained().heads,
        languages=AlwaysEnglish(),
        lexicons=load_lexicons(),
        forms=Forms.from_settings(Settings()),
    )


@pytest.fixture
def bench():
    with ThreadPoolExecutor(1) as bench:
        yield bench


@pytest.fixture
def reader(understander, bench):
    return Reader(lambda: understander, bench)


@pytest.fixture
async def client(reader):
    async with asking(reader) as client:
        yield client


def asking(reader, *, token=TOKEN, **more):
    app = web.Application()
    add_parsing(app, reader, token=token, **more)
    return TestClient(TestServer(app))


async def ask(client, body, **more):
    """Ask as Rasa does and give the status and the answer."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    async with client.post(PATH, data=data, **more) as answer:
        return answer.status, await answer.json()


def counted(outcome):
    return REGISTRY.get_sample_value("heed_parses_total", {"outcome": outcome}) or 0.0


async def test_a_text_is_answered_in_rasas_form(client):
    asked = {"text": "my lawyer will hear of TN-482913", "token": TOKEN, "message_id": "anna"}
    status, answer = await ask(client, asked)

    assert status == 200
    assert answer["text"] == asked["text"]
    assert answer["intent"] == answer["intent_ranking"][0]
    assert answer["entities"] == [
        {"entity": "order_number", "value": "TN-482913", "start": 23, "end": 32, "extractor": "Heed"},
        {"entity": "language", "value": "en", "start": 0, "end": 32, "extractor": "Heed"},
    ]
    assert set(answer["heed"]) == {"mood", "danger", "dangers", "language"}


async def test_the_ranking_holds_every_intent_and_none_of_them_and_adds_up_to_one(client):
    _, answer = await ask(client, {"text": "how do I reset my password", "token": TOKEN})
    confidences = [one["confidence"] for one in answer["intent_ranking"]]

    assert {one["name"] for one in answer["intent_ranking"]} == {*trained().heads.intent.labels, "nlu_fallback"}
    assert confidences == sorted(confidences, reverse=True)
    assert sum(confidences) == pytest.approx(1, abs=0.001)


def test_what_is_rather_none_of_the_intents_is_rasas_fallback():
    understood = an_understanding(intents={"question": 0.3, "complaint": 0.1}, strange=0.6)

    assert as_rasa_reads("…", understood)["intent"] == {"name": "nlu_fallback", "confidence": 0.6}
    assert [one["name"] for one in as_rasa_reads("…", understood)["intent_ranking"]] == [
        "nlu_fallback",
        "question",
        "complaint",
    ]


def test_where_the_best_intent_is_a_guess_it_is_rasas_fallback():
    understood = an_understanding(intents={"safety": 0.2, "question": 0.1}, strange=0.1)
    ranking = as_rasa_reads("…", understood)["intent_ranking"]

    assert [one["name"] for one in ranking] == ["nlu_fallback", "safety", "question"]
    assert [one["confidence"] for one in ranking] == pytest.approx([0.8, 0.2 * 2 / 3, 0.2 / 3])


def test_a_short_phrase_of_the_examples_is_read_for_sure():
    understood = an_understanding(intents={"question": 0.6, "affirm": 0.1}, strange=0.3)
    ranking = as_rasa_reads("Yes!", understood, YES)["intent_ranking"]

    assert ranking[0] == {"name": "affirm", "confidence": 0.99}
    assert [one["name"] for one in ranking[1:]] == ["question", "nlu_fallback"]
    assert sum(one["confidence"] for one in ranking) == pytest.approx(1)


def test_what_no_phrase_is_keeps_its_ranking():
    understood = an_understanding(intents={"question": 0.6, "affirm": 0.1}, strange=0.3)

    assert as_rasa_reads("yes or no?", understood, YES) == as_rasa_reads("yes or no?", understood)


def test_a_language_that_is_sure_is_an_entity_of_the_whole_text():
    said = as_rasa_reads("wo ist es", an_understanding(language="de"))

    assert said["entities"] == [{"entity": "language", "value": "de", "start": 0, "end": 9, "extractor": "Heed"}]


def test_a_language_that_is_unsure_is_no_entity():
    assert as_rasa_reads("ok", an_understanding(language=None))["entities"] == []


def test_a_phrase_tells_the_language_where_the_detector_cannot():
    phrases = Phrases([Example(text="Fall anlegen", intent="open_case", language="de")])
    (language,) = as_rasa_reads("fall anlegen", an_understanding(language=None), phrases)["entities"]

    assert language["value"] == "de"


def test_what_rasa_has_no_place_for_is_given_beside():
    understood = an_understanding(
        mood=0.7,
        danger=0.2,
        dangers=(Ranked(label=Danger.FIRE, probability=0.2),),
        language=None,
        entities=(Entity(kind="product", text="Pen", start=0, end=3),),
    )

    assert as_rasa_reads("Pen", understood)["heed"] == {
        "mood": 0.7,
        "danger": 0.2,
        "dangers": [{"name": "fire", "confidence": 0.2}],
        "language": None,
    }


@pytest.mark.parametrize(
    "more",
    [
        {"params": {"token": TOKEN}},
        {"headers": {"Authorization": f"Bearer {TOKEN}"}},
        {"headers": {"authorization": f"bearer  {TOKEN} "}},
    ],
)
async def test_the_token_may_also_come_in_the_query_or_as_a_bearer(client, more):
    assert (await ask(client, {"text": "hello", "token": None}, **more))[0] == 200


@pytest.mark.parametrize(
    ("body", "more"),
    [
        ({"text": "hello"}, {}),
        ({"text": "hello", "token": ""}, {}),
        ({"text": "hello", "token": None}, {}),
        ({"text": "hello", "token": 7}, {}),
        ({"text": "hello", "token": TOKEN[:-1]}, {}),
        ({"text": "hello", "token": f"{TOKEN} "}, {}),
        ({"text": "hello", "token": "\ud800"}, {}),
        ({"text": "hello", "token": "wrong"}, {"params": {"token": TOKEN}}),
        ({"text": "hello"}, {"headers": {"Authorization": f"Basic {TOKEN}"}}),
        ({}, {}),
    ],
)
async def test_without_the_right_token_nothing_is_read(client, encoder, body, more):
    refused = counted("refused")
    status, answer = await ask(client, body, **more)

    assert (status, answer["reason"]) == (401, "NotAuthenticated")
    assert "web.parse_token" in answer["message"]
    assert encoder.passes == []
    assert counted("refused") == refused + 1


@pytest.mark.parametrize("body", [{"text": "hello", "token": ""}, {"text": "hello", "token": TOKEN}, b"{"])
async def test_without_a_token_in_the_settings_the_address_is_closed(reader, body):
    async with asking(reader, token="") as client:
        status, answer = await ask(client, body)

    assert (status, answer["status"], answer["code"]) == (403, "failure", 403)
    assert "set web.parse_token" in answer["message"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "The body is not JSON."),
        (b"text=hello", "The body is not JSON."),
        (b"\xff\xfe\x00", "The body is not JSON."),
        (b"[" * 100_000, "The body is not JSON."),
        (b"9" * 5_000, "The body is not JSON."),
        (["text"], "The body is not a JSON object"),
        ({"token": TOKEN}, "'text' is missing or is not a string."),
        ({"text": None, "token": TOKEN}, "'text' is missing or is not a string."),
        ({"text": 7, "token": TOKEN}, "'text' is missing or is not a string."),
        ({"text": ["hello"], "token": TOKEN}, "'text' is missing or is not a string."),
        ({"text": "x" * (LONGEST_TEXT + 1), "token": TOKEN}, "'text' has 25,001 characters; at most 25,000 are read."),
        ({"text": "half \ud83d", "token": TOKEN}, "'text' holds half of a surrogate pair"),
        (b"x" * (LARGEST_BODY + 1), "The body has more than 524,288 bytes."),
    ],
)
async def test_a_request_that_rasa_would_not_make_is_refused_with_a_sentence(client, encoder, body, said):
    status, answer = await ask(client, body)

    assert (status, answer["reason"]) == (400, "BadRequest")
    assert answer["message"].startswith(said)
    assert encoder.passes == []


async def test_the_longest_text_fits_however_it_is_escaped(client):
    text = "😀" * LONGEST_TEXT
    status, answer = await ask(client, {"text": text, "token": TOKEN})

    assert (status, answer["text"]) == (200, text)


async def test_a_text_without_words_is_answered_too(client):
    for text in ("", " ", "@TarnwellHelp", "😀"):
        assert (await ask(client, {"text": text, "token": TOKEN}))[0] == 200


async def test_texts_that_come_while_the_bench_is_busy_are_read_in_one_pass(reader, bench, encoder):
    free = Event()
    bench.submit(free.wait, PATIENCE_SECONDS)
    texts = [f"text {number}" for number in range(5)]

    async def let_go():
        free.set()

    *read, _ = await asyncio.gather(*(reader.understand(text) for text in texts), let_go())

    assert [understanding.text for understanding in read] == texts
    assert encoder.passes == [texts]


async def test_who_does_not_wait_takes_nothing_from_the_others(reader, bench):
    free = Event()
    bench.submit(free.wait, PATIENCE_SECONDS)
    impatient, patient = (asyncio.ensure_future(reader.understand(text)) for text in ("one", "two"))

    async def leave():
        impatient.cancel()
        free.set()

    _, understanding = await asyncio.gather(leave(), patient)

    assert impatient.cancelled()
    assert understanding.text == "two"


async def test_a_text_that_is_not_read_in_time_is_given_up(reader, bench):
    free, failed = Event(), counted("failed")
    bench.submit(free.wait, PATIENCE_SECONDS)
    async with asking(reader, patience=0.05) as client:
        status, answer = await ask(client, {"text": "hello", "token": TOKEN})
    free.set()

    assert (status, answer["reason"]) == (503, "Unavailable")
    assert answer["message"] == "Heed could not read it in time; ask again."
    assert counted("failed") == failed + 1


async def test_while_there_is_no_brain_it_says_so_and_then_it_reads(understander, bench):
    brains = iter([None, understander])

    def find():
        if (found := next(brains)) is None:
            raise NotTrained
        return found

    async with asking(Reader(find, bench)) as client:
        first = await ask(client, {"text": "hello", "token": TOKEN})
        second = await ask(client, {"text": "hello", "token": TOKEN})

    assert (first[0], first[1]["message"]) == (503, "The heads or the index are missing; run `heed train` first.")
    assert second[0] == 200


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
requests = st.fixed_dictionaries(
    {}, optional={"text": st.text(st.characters()) | json_values, "token": st.just(TOKEN) | json_values}
)


@given(body=st.binary() | json_values | requests)
@hypothesis.settings(deadline=None, suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture])
async def test_whatever_is_asked_gets_an_answer_of_the_contract(client, body):
    status, answer = await ask(client, body)

    assert status in {200, 400, 401}
    assert ("intent" in answer) == (status == 200)
    assert answer.get("message", "-") != ""


async def test_the_running_service_understands_for_a_rasa_server_on_this_machine_only(taught, taught_url, settings):
    web = WebSettings(port=0, parse_token=SecretStr(f"{TOKEN}\n"))
    _, brain = taught
    async with (
        Database(taught_url) as database,
        service.running(settings.model_copy(update={"web": web}), database, brain, listen=False) as running,
        aiohttp.ClientSession(running.url) as client,
    ):
        refused = await ask(client, {"text": "where is TN-482913", "token": "wrong"})
        status, answer = await ask(client, {"text": "where is TN-482913", "token": TOKEN})

    assert running.url.startswith("http://127.0.0.1:")
    assert refused[0] == 401
    assert (status, [entity["value"] for entity in answer["entities"]]) == (200, ["TN-482913", "en"])
