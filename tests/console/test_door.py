"""What stands before every page."""

from __future__ import annotations

import pytest

from storage.database import Database
from tests.console.rows import put_conversation


@pytest.mark.parametrize("path", ["/login", "/nowhere", "/assets/console.css", "/queue"])
async def test_every_answer_carries_the_content_security_policy(stranger, path):
    policy = (await stranger.get(path, allow_redirects=False)).headers["Content-Security-Policy"]

    assert policy.startswith("default-src 'self'")
    assert "unsafe" not in policy


async def test_no_page_holds_inline_script_or_style(browser, database):
    ann = await browser()
    conversation_id = await put_conversation(database)
    for path in ("/queue", f"/conversations/{conversation_id}"):
        page = await (await ann.get(path)).text()
        assert " style=" not in page
        assert "<style" not in page
        assert "<script>" not in page
        assert " onclick=" not in page


async def test_pages_of_others_are_left_alone(stranger):
    answer = await stranger.get("/healthz")

    assert await answer.text() == "ok"
    assert "Content-Security-Policy" not in answer.headers


async def test_pages_are_not_kept_by_browsers(browser):
    ann = await browser()

    assert (await ann.get("/queue")).headers["Cache-Control"] == "no-store"


async def test_a_form_without_its_token_is_refused(browser, database):
    ann = await browser()
    conversation_id = await put_conversation(database)

    answer = await ann.client.post(f"/conversations/{conversation_id}/take-over")

    assert answer.status == 403


async def test_a_form_with_another_sessions_token_is_refused(browser, database):
    ann, ben = await browser(), await browser("Ben", "BE")
    conversation_id = await put_conversation(database)

    answer = await ann.send(f"/conversations/{conversation_id}/take-over", csrf=ben.csrf)

    assert answer.status == 403


async def test_a_form_of_another_origin_is_refused(browser, database):
    ann = await browser()
    conversation_id = await put_conversation(database)

    answer = await ann.client.post(
        f"/conversations/{conversation_id}/take-over",
        data={"csrf": ann.csrf},
        headers={"Origin": "https://evil.example"},
    )

    assert answer.status == 403


async def test_a_log_in_form_that_we_did_not_make_is_refused(stranger):
    assert (await stranger.post("/login", data={"name": "Ann", "password": "x"})).status == 403


async def test_a_form_that_is_no_text_is_refused(browser):
    ann = await browser()

    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    answer = await ann.client.post("/pause", data=b"csrf=\xff\xfe", headers=headers)

    assert answer.status in {400, 403}


async def test_a_page_that_is_not_there_says_so(browser):
    ann = await browser()

    answer = await ann.get("/conversations/999")

    assert answer.status == 404
    assert "There is no such page" in await answer.text()


@pytest.mark.parametrize("path", ["/queue?view=nothing", "/conversations/99999999999999999999", "/conversations/x"])
async def test_an_address_that_cannot_be_is_not_found(browser, path):
    ann = await browser()

    assert (await ann.get(path)).status == 404


async def test_a_method_that_a_page_does_not_know_says_so(browser):
    ann = await browser()

    assert (await ann.get("/logout")).status == 405


@pytest.fixture
def away(database, monkeypatch):
    """Moves the database to where nobody listens."""

    def leave():
        monkeypatch.setattr(database, "begin", Database("postgresql://nobody@127.0.0.1:9/nothing").begin)

    return leave


async def test_a_database_that_is_away_is_said_and_retried(browser, away):
    ann = await browser()
    away()

    answer = await ann.get("/queue")
    page = await answer.text()

    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    assert "The database is away" in page
    assert 'http-equiv="refresh"' in page
