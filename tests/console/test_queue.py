"""The queue: what is in which view."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from storage.agents import Role
from storage.cases import PAGE, View, count_cases, list_cases
from storage.switches import Switch, turn
from tests.console.rows import put_conversation, put_decision, put_draft, put_mention, put_reply


async def ids(database, view, *, agent="Ann", page=1):
    async with database.begin() as connection:
        return [row.id for row in await list_cases(connection, view, agent=agent, page=page)]


async def test_an_open_conversation_needs_a_person(database):
    conversation_id = await put_conversation(database, state="open")
    await put_conversation(database, state="pending")

    assert await ids(database, View.NEEDS_PERSON) == [conversation_id]


async def test_a_conversation_with_a_draft_waits_for_approval_only(database):
    conversation_id = await put_conversation(database, state="open")
    await put_draft(database, conversation_id)

    assert await ids(database, View.DRAFTS) == [conversation_id]
    assert await ids(database, View.NEEDS_PERSON) == []


@pytest.mark.parametrize(("route", "view"), [("answer", View.ANSWERED), ("ignore", View.IGNORED)])
async def test_the_newest_decision_says_what_the_bot_did(database, route, view):
    conversation_id = await put_conversation(database)
    await put_decision(database, conversation_id, "handoff")
    await put_mention(database, conversation_id, "And now?")
    await put_decision(database, conversation_id, route)

    assert await ids(database, view) == [conversation_id]


async def test_a_conversation_is_mine_until_it_is_resolved(database):
    mine = await put_conversation(database, owner="Ann", state="open")
    await put_conversation(database, owner="Ben", state="open")
    await put_conversation(database, owner="Ann", state="resolved")

    assert await ids(database, View.MINE) == [mine]


async def test_the_most_urgent_comes_first_and_then_whoever_waits_longest(database):
    low = await put_conversation(database, state="open", priority=0.1)
    older = await put_conversation(database, state="open", priority=0.9)
    newer = await put_conversation(database, state="open", priority=0.9)
    await put_mention(database, older, "I am still waiting")

    assert await ids(database, View.NEEDS_PERSON) == [older, newer, low]


async def test_a_reply_that_failed_is_marked(browser, database):
    ann = await browser()
    conversation_id = await put_conversation(database, state="open")
    await put_reply(database, conversation_id, state="failed")

    assert "reply failed" in await (await ann.get("/queue")).text()


async def test_pages_neither_repeat_nor_lose_a_row(database):
    made = [await put_conversation(database) for _ in range(PAGE + 2)]

    first, second = await ids(database, View.ALL), await ids(database, View.ALL, page=2)

    assert (len(first), len(second)) == (PAGE, 2)
    assert sorted(first + second) == made


async def test_every_view_is_counted(database):
    conversation_id = await put_conversation(database, state="open")
    await put_decision(database, conversation_id, "ignore")

    async with database.begin() as connection:
        counts = await count_cases(connection, agent="Ann")

    assert {view: n for view, n in counts.items() if n} == {View.NEEDS_PERSON: 1, View.IGNORED: 1, View.ALL: 1}


async def test_a_row_shows_route_reasons_mood_and_owner(browser, database):
    ann = await browser()
    conversation_id = await put_conversation(database, state="open", owner="Ben", priority=0.9)
    angry = {"intents": [], "mood": 0.9, "danger": 0.0, "language": "en", "text": ""}
    await put_decision(database, conversation_id, "handoff", reasons=["irate"], understanding=angry)

    page = await (await ann.get("/queue")).text()

    for shown in ("to a person", "angry 90%", ">Ben<", "high", "My wifi drops"):
        assert shown in page


async def test_what_customers_write_is_escaped_everywhere(browser, database):
    ann = await browser()
    evil = "<script>alert(1)</script>"
    conversation_id = await put_conversation(
        database, f"post {evil}", name=f"name {evil}", handle='"><b>', state="open"
    )

    for path in ("/queue", f"/conversations/{conversation_id}"):
        page = await (await ann.get(path)).text()
        assert evil not in page
        assert '"><b>' not in page
        assert "post &lt;script&gt;" in page
        assert "name &lt;script&gt;" in page


@pytest.mark.parametrize("view", View)
async def test_an_empty_view_says_why(browser, view):
    ann = await browser()

    page = await (await ann.get(f"/queue?view={view}")).text()

    assert "New posts appear here by themselves." in page


async def test_ops_pause_the_bot_and_everybody_sees_who_did(browser, database):
    ops = await browser("Olga", "OL", Role.OPS)

    assert (await ops.send("/pause", on="1")).status == 303
    page = await (await ops.get("/queue")).text()

    assert re.search(r"The bot is paused\.</strong> Olga paused it", page)


async def test_ops_resume_the_bot(browser, database):
    ops = await browser("Olga", "OL", Role.OPS)
    async with database.begin() as connection:
        await turn(connection, Switch.PAUSED, on=True, by="Olga")

    await ops.send("/pause", on="0")

    assert "The bot is paused" not in await (await ops.get("/queue")).text()


async def test_the_kill_switch_is_for_ops_only(browser):
    ann = await browser()

    assert (await ann.send("/pause", on="1")).status == 403
    assert "Pause the bot" not in await (await ann.get("/queue")).text()


async def test_the_queue_can_be_narrowed_to_a_team(database):
    sales = await put_conversation(database, state="open", team="sales")
    await put_conversation(database, state="open", team="legal")
    async with database.begin() as connection:
        rows = await list_cases(connection, View.NEEDS_PERSON, agent="Ann", team="sales")
        counts = await count_cases(connection, agent="Ann", team="sales")

    assert [row.id for row in rows] == [sales]
    assert {view: n for view, n in counts.items() if n} == {View.NEEDS_PERSON: 1, View.ALL: 1}


async def test_the_team_stays_in_every_address_of_the_queue(browser, database):
    ann = await browser()
    for _ in range(PAGE):
        await put_conversation(database, state="open", team="customer service")

    page = await (await ann.get("/queue?team=customer%20service")).text()

    for address in (
        "/queue?view=needs-person&amp;page=1&amp;team=customer%20service",
        "/queue?view=needs-person&amp;page=2&amp;team=customer%20service",
        "/queue?view=drafts&amp;team=customer%20service",
        "/queue?view=needs-person&amp;team=sales",
    ):
        assert f'"{address}"' in page


async def test_a_team_in_the_address_is_escaped(browser):
    ann = await browser()

    page = await (await ann.get("/queue?team=%22%3E%3Cscript%3E")).text()

    assert '"><script>' not in page


async def test_a_row_shows_its_team(browser, database):
    ann = await browser()
    await put_conversation(database, state="open", team="press desk")

    assert ">press desk<" in await (await ann.get("/queue")).text()


async def test_who_waits_past_the_deadline_overtakes_a_more_urgent_one(database):
    now = datetime.now(UTC)
    times = [(now - timedelta(minutes=1), now + timedelta(hours=1)), (now - timedelta(hours=3), now)]
    fresh, late = [
        await put_conversation(database, state="open", priority=priority, waiting_since=since, due_at=due)
        for priority, (since, due) in zip((0.15, 0.05), times, strict=True)
    ]

    assert await ids(database, View.NEEDS_PERSON) == [late, fresh]
