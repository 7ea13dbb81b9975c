"""Cases that left the network: how far they are, what the help desk said, and another try for what did not arrive."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import insert

from bot.settings import Settings
from bot.vocabulary import ChannelState, EscalationState, Lane, Reason
from console.wording import REASONS
from storage import conditions
from storage.escalations import find
from storage.escalations.showing import PAGE
from storage.tables import desk_events, escalations
from tests.console.rows import mention_of, put_conversation

numbers = count(1)


@pytest.fixture
def settings():
    return Settings(dialogue={"rasa": "child"})


async def put_private(database, text="Could you call me?", **values):
    return await put_conversation(database, text, mention={"audience": "private"}, audience="private", **values)


async def put_case(database, conversation_id, reference="H7K-2QF-9", **given):
    mention = await mention_of(database, conversation_id)
    now = datetime.now(UTC)
    values = {
        "reference": reference,
        "conversation_id": conversation_id,
        "mention_id": mention.id,
        "desk": "email",
        "language": "en",
        "goal": "Wants the third repair to be the last",
        "words": "It is black again.",
        "contact": {"name": "Ana Ruiz", "email": "ana@example.org", "phone": "", "number": ""},
        "consent": {"purpose": "May we keep it?", "keep_days": 90, "given_at": now.isoformat()},
        "delivery_id": f"delivery-{next(numbers)}",
        "opened_at": now - timedelta(minutes=3),
        "next_try_at": now,
        **given,
    }
    async with database.begin() as connection:
        return await connection.scalar(insert(escalations).values(values).returning(escalations.c.id))


async def put_dead(database, reference="H7K-2QF-9"):
    place = await put_private(database)
    await put_case(
        database, place, reference, state="dead", attempts=7, problem="The SMTP server refused the mail with code 550."
    )
    return place


async def shown(browser, path):
    answer = await browser.get(path)
    assert answer.status == 200
    return await answer.text()


async def test_a_conversation_shows_its_case_and_what_the_help_desk_said(browser, database):
    place = await put_private(database)
    now = datetime.now(UTC)
    case_id = await put_case(database, place, state="resolved", attempts=1, sent_at=now, resolved_at=now)
    async with database.begin() as connection:
        for kind, text in (("reply", "A courier comes on Thursday."), ("resolved", "")):
            said = {"escalation_id": case_id, "event_id": kind, "kind": kind, "text": text, "author": "Pat"}
            await connection.execute(insert(desk_events).values(said))

    page = await shown(await browser(), f"/conversations/{place}")

    assert "H7K-2QF-9" in page
    assert "Wants the third repair to be the last" in page
    assert "A courier comes on Thursday." in page
    assert "Pat: resolved" in page
    for event in ("Case H7K-2QF-9 was opened", "The help desk has case", "The help desk resolved case"):
        assert event in page


async def test_a_conversation_without_a_case_speaks_of_none(browser, database):
    page = await shown(await browser(), f"/conversations/{await put_private(database)}")

    assert "Goes to" not in page


async def test_a_case_that_did_not_arrive_says_why_and_is_handed_over_again(browser, database):
    ann, place = await browser(), await put_dead(database)
    page = await shown(ann, f"/conversations/{place}")
    assert "refused the mail with code 550" in page

    answer = await ann.send("/cases/H7K-2QF-9/again")

    assert (answer.status, answer.headers["Location"]) == (303, f"/conversations/{place}?done=again")
    async with database.begin() as connection:
        assert (await find(connection, "H7K-2QF-9")).state is EscalationState.QUEUED


async def test_the_list_stays_where_it_was_after_a_case_is_handed_over_again(browser, database):
    ann = await browser()
    await put_dead(database)

    answer = await ann.send("/cases/H7K-2QF-9/again", back="cases")

    assert answer.headers["Location"] == "/cases?state=dead&done=again"


async def test_only_a_case_that_did_not_arrive_can_be_handed_over_again(browser, database):
    ann = await browser()
    await put_case(database, await put_private(database), state="open", sent_at=datetime.now(UTC))

    assert (await ann.send("/cases/H7K-2QF-9/again")).status == 409
    assert (await ann.send("/cases/NONE-1/again")).status == 404


async def test_a_form_from_elsewhere_hands_nothing_over(browser, database):
    ann = await browser()
    await put_dead(database)

    assert (await ann.send("/cases/H7K-2QF-9/again", csrf="guessed")).status == 403


async def test_all_cases_are_listed_newest_first_and_counted_by_state(browser, database):
    for reference, state in (("AAA-1", "queued"), ("BBB-2", "open"), ("CCC-3", "dead")):
        await put_case(database, await put_private(database), reference, state=state)

    page = await shown(await browser(), "/cases")

    assert page.index("CCC-3") < page.index("BBB-2") < page.index("AAA-1")
    assert 'All cases<span class="count">3</span>' in page
    assert '<span class="count hot">1</span>' in page


@pytest.mark.parametrize("state", EscalationState)
async def test_a_list_of_one_state_holds_no_other(browser, database, state):
    for other in EscalationState:
        await put_case(database, await put_private(database), f"{other.upper()}-1", state=other)

    page = await shown(await browser(), f"/cases?state={state}")

    assert f">{state.upper()}-1<" in page
    assert not [other for other in EscalationState if other is not state and f">{other.upper()}-1<" in page]


async def test_an_empty_list_says_so_and_an_unknown_state_is_not_found(browser):
    ann = await browser()

    assert "Every case arrived." in await shown(ann, "/cases?state=dead")
    assert (await ann.get("/cases?state=lost")).status == 404


async def test_a_long_list_has_pages(browser, database):
    for number in range(PAGE + 1):
        await put_case(database, await put_private(database), f"N-{number}")
    ann = await browser()

    assert "Next</a>" in await shown(ann, "/cases")
    assert ">N-0<" in await shown(ann, "/cases?page=2")


async def test_nobody_who_is_not_logged_in_sees_a_case(stranger, database):
    await put_dead(database)

    answer = await stranger.get("/cases", allow_redirects=False)

    assert answer.headers["Location"].startswith("/login")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"state": "pending"}, "The bot leads this conversation."),
        ({"state": "open"}, "It waits for a person. The bot is silent"),
        ({"state": "open", "owner": "Ann"}, "The bot is silent until you return the conversation."),
        ({"state": "open", "owner": "Bea"}, "The bot is silent until Bea returns the conversation."),
        ({"state": "open", "owner": "somebody on x"}, "The bot is silent until"),
        ({"state": "resolved"}, "When the customer writes again, the bot has it."),
    ],
)
async def test_a_private_conversation_says_who_has_it(browser, database, values, words):
    place = await put_private(database, **values)

    assert words in await shown(await browser(), f"/conversations/{place}")


async def test_a_public_conversation_has_no_such_line(browser, database):
    assert "Who has it" not in await shown(await browser(), f"/conversations/{await put_conversation(database)}")


async def test_returning_a_private_conversation_gives_it_to_the_bot(browser, database):
    ann = await browser()
    place = await put_private(database, state="open", owner="Ann")

    await ann.send(f"/conversations/{place}/return")

    assert "The bot leads this conversation." in await shown(ann, f"/conversations/{place}")


@pytest.mark.parametrize("path", ["/queue", "/cases", "/knowledge", "/channel"])
async def test_a_dialogue_engine_that_is_down_is_told_on_every_page(browser, database, path):
    async with database.begin() as connection:
        until = datetime.now(UTC) + timedelta(seconds=9)
        await conditions.note(
            connection, "rasa", Lane.TALK, ChannelState.DOWN, problem="Rasa ended with code 1.", until=until
        )

    page = await shown(await browser(), path)

    assert "The bot answers no direct messages:</strong> Rasa cannot be reached" in page
    assert "Each new direct message goes to a person at once." in page


async def test_the_page_of_the_channel_says_what_is_wrong_with_the_dialogue_engine(browser, database):
    ann = await browser()
    assert "Leading private conversations" in await shown(ann, "/channel")
    async with database.begin() as connection:
        await conditions.note(
            connection, "rasa", Lane.TALK, ChannelState.DOWN, problem="Rasa ended with code 1.", until=datetime.now(UTC)
        )

    page = await shown(ann, "/channel")

    assert "Rasa ended with code 1." in page
    assert "look at Rasa's own log" in page.replace("&#39;", "'")


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_of_a_decision_has_its_words(reason):
    assert all(REASONS[reason])
