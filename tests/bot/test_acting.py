"""The contract with a Rasa server that calls our actions, over HTTP."""

from __future__ import annotations

import asyncio
import json
from io import BytesIO

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client import REGISTRY
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection

from bot.acting import ACTIONS, DOMAIN, LARGEST_BODY, PATH, add_actions, check_names, make_executor
from bot.errors import DataError, StorageDown
from bot.personal import UNSET
from tests.bot.actions.stage import Shelf

TOKEN = "a-token-of-sixteen"
TRACKER = {"sender_id": "heed-5", "slots": {}, "latest_message": {"text": "agent", "intent": {}}, "events": []}
CALL = {"next_action": "action_hand_off", "sender_id": "heed-5", "tracker": TRACKER, "version": "3.6.21"}
DONE = [{"heed": "hand_off", "reason": "asked_for_person"}]


class Broken(Shelf):
    async def cases(self, conversation_id):
        raise StorageDown("The database is away.")


class Stuck(Shelf):
    async def cases(self, conversation_id):
        await asyncio.Event().wait()


def calling(adviser=None, *, token=TOKEN, executor=None, **more):
    app = web.Application()
    executor = executor or make_executor(adviser or Shelf(), keep_days=90, privacy=UNSET)
    add_actions(app, executor, token=token, **more)
    return TestClient(TestServer(app))


@pytest.fixture
async def client():
    async with calling() as client:
        yield client


async def call(client, body, token=TOKEN):
    """Call as Rasa does and give the status and the answer."""
    data = BytesIO(body if isinstance(body, bytes) else json.dumps(body).encode())
    async with client.post(PATH, data=data, params={"token": token} if token else {}) as answer:
        return answer.status, await answer.json()


def counted(outcome):
    return REGISTRY.get_sample_value("heed_actions_total", {"outcome": outcome}) or 0.0


async def test_an_action_is_run_and_answered_in_rasas_form(client):
    before = counted("run")
    status, answer = await call(client, CALL)

    assert status == 200
    assert set(answer) == {"events", "responses"}
    assert [one["custom"] for one in answer["responses"]] == DONE
    assert {"event": "slot", "timestamp": None, "name": "handed_off", "value": True} in answer["events"]
    assert counted("run") == before + 1


async def test_the_domain_that_rasa_sends_is_taken(client):
    assert (await call(client, {**CALL, "domain": {"slots": {}}}))[0] == 200


@pytest.mark.parametrize("token", ["", "wrong", TOKEN + "x", "\ud800".encode(errors="replace").decode()])
async def test_without_the_right_token_nothing_is_run(client, token):
    before = counted("refused")
    status, answer = await call(client, CALL, token)

    assert (status, answer["action_name"]) == (401, "")
    assert "dialogue.actions_token" in answer["error"]
    assert counted("refused") == before + 1


async def test_an_empty_token_closes_the_address():
    async with calling(token="") as client:
        status, answer = await call(client, CALL)

    assert status == 403
    assert "dialogue.actions_token" in answer["error"]


async def test_an_unknown_action_is_named(client):
    status, answer = await call(client, {**CALL, "next_action": "action_dance"})

    assert (status, answer["action_name"]) == (404, "action_dance")
    assert "action_dance" in answer["error"]


async def test_an_action_that_rejects_is_a_400_as_rasa_takes_it():
    async def reject(dispatcher, tracker, domain):
        raise ActionExecutionRejection("action_shy", "Not now.")

    executor = ActionExecutor()
    executor.register_function("action_shy", reject)
    async with calling(executor=executor) as client:
        assert await call(client, {**CALL, "next_action": "action_shy"}) == (
            400,
            {"error": "Not now.", "action_name": "action_shy"},
        )


@pytest.mark.parametrize(
    "body",
    [
        b"", b"no json", b"[]", b"null", b'"text"', b"{}", b"[" * 100_000,
        {"next_action": ""}, {"next_action": 3}, {"next_action": "action_hand_off"},
        {**CALL, "tracker": []},
        {**CALL, "tracker": {"sender_id": "heed-5"}},
        {**CALL, "tracker": {**TRACKER, "slots": []}},
        {**CALL, "tracker": {**TRACKER, "latest_message": None}},
        {**CALL, "tracker": {**TRACKER, "events": ["user"]}},
    ],
)  # fmt: skip
async def test_what_rasa_would_not_send_is_refused(client, body):
    before = counted("malformed")
    status, answer = await call(client, body)

    assert (status, set(answer)) == (400, {"error", "action_name"})
    assert counted("malformed") == before + 1


async def test_a_body_without_end_is_refused(client):
    status, answer = await call(client, b"x" * (LARGEST_BODY + 1))

    assert (status, answer["error"]) == (400, f"The body has more than {LARGEST_BODY:,} bytes.")


async def test_a_trouble_of_ours_is_a_503_that_says_what_is_wrong():
    before = counted("failed")
    async with calling(Broken()) as client:
        status, answer = await call(client, {**CALL, "next_action": "action_check_case"})

    assert (status, answer) == (503, {"error": "The database is away.", "action_name": "action_check_case"})
    assert counted("failed") == before + 1


async def test_an_action_that_hangs_is_given_up():
    async with calling(Stuck(), patience=0.05) as client:
        status, answer = await call(client, {**CALL, "next_action": "action_check_case"})

    assert (status, answer["error"]) == (503, "Heed could not do it in time.")


def test_the_domain_and_the_actions_that_ship_have_the_same_names():
    check_names()


def test_every_action_that_ships_is_run():
    executor = make_executor(Shelf(), keep_days=90, privacy=UNSET)

    assert set(executor.actions) == {
        file.stem for kind in ("action", "validate") for file in ACTIONS.glob(f"{kind}_*.py")
    }


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "actions").mkdir()
    (tmp_path / "actions/action_dance.py").touch()
    return tmp_path


def check(folder, domain):
    (folder / "domain.yml").write_text(domain, encoding="utf-8")
    check_names(folder / "domain.yml", folder / "actions")


def test_rasas_own_actions_and_sentences_need_no_file(folder):
    check(folder, "actions: [action_restart, utter_hello, action_dance]")
    check(folder, "actions: [{action_dance: {send_domain: true}}]")


def test_a_name_without_a_file_is_named(folder):
    with pytest.raises(DataError, match=r"domain\.yml: it names action_sing.*Add action_sing\.py"):
        check(folder, "actions: [action_dance, action_sing]")


def test_a_file_without_a_name_is_named(folder):
    with pytest.raises(DataError, match=r"does not name action_dance.*take action_dance\.py out"):
        check(folder, "actions: [utter_hello]")


@pytest.mark.parametrize("domain", ["", "[]", "actions: 3", "actions: [", "\0"])
def test_a_domain_that_is_none_is_named(folder, domain):
    with pytest.raises(DataError, match=r"domain\.yml"):
        check(folder, domain)


def test_a_domain_that_is_not_there_is_named(folder):
    with pytest.raises(DataError, match=DOMAIN.name):
        check_names(folder / "domain.yml", folder / "actions")
