"""What everybody sees of the channel: what works, what is lost, what is used up, and what X demands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from bot.settings import Settings
from bot.vocabulary import ChannelState
from console.channel import demands
from console.troubles import CHANNEL_STATES
from storage.tables import cursors, gaps
from tests.console.rows import put_conversation, put_trouble


@pytest.mark.parametrize("path", ["/queue", "/certificate", "/knowledge", "/channel", "/conversations/1"])
async def test_a_lane_that_does_not_work_is_told_on_every_page(browser, database, path):
    ann = await browser()
    await put_conversation(database)
    await put_trouble(database, "post", "spent")

    page = await (await ann.get(path)).text()

    assert "Replies are not posted on X:</strong> out of credits, tried again in" in page


async def test_nobody_hears_of_a_lane_that_works(browser):
    ann = await browser()

    assert "on X:</strong>" not in await (await ann.get("/queue")).text()


async def test_who_is_not_logged_in_is_told_nothing_of_the_channel(stranger, database):
    await put_trouble(database)

    assert "on X:</strong>" not in await (await stranger.get("/login")).text()


async def test_the_page_says_what_is_wrong_and_what_helps(browser, database):
    ann = await browser()
    await put_trouble(database, "hear", "refused", "X does not accept the access token.")

    page = await (await ann.get("/channel")).text()

    assert "X does not accept the access token." in page
    assert "Check the tokens" in page


@pytest.mark.parametrize("state", set(ChannelState) - {ChannelState.WORKING})
def test_every_trouble_says_what_helps(state):
    _, words, helps = CHANNEL_STATES[state]

    assert words
    assert helps


async def test_a_trouble_whose_time_is_over_is_tried_again_now(browser, database):
    ann = await browser()
    await put_trouble(database, "post", "down", minutes=-1)

    assert "tried again now" in await (await ann.get("/channel")).text()


async def test_what_cannot_be_had_any_more_is_told(browser, database):
    ann = await browser()
    now = datetime.now(UTC)
    lost = {
        "since": now - timedelta(days=9),
        "until": now - timedelta(days=7),
        "why": "Search reaches no further back.",
    }
    async with database.begin() as connection:
        await connection.execute(insert(gaps).values(channel="x", stream="x", **lost))

    page = await (await ann.get("/channel")).text()

    assert "Search reaches no further back." in page
    assert "Nothing was lost" not in page


async def test_each_stream_says_when_it_last_had_something_new(browser, database):
    ann = await browser()
    moved_at = datetime.now(UTC) - timedelta(hours=3)
    async with database.begin() as connection:
        await connection.execute(insert(cursors).values(stream="x messages", value="1", updated_at=moved_at))

    page = await (await ann.get("/channel")).text()

    assert "Direct messages" in page
    assert ">3 h<" in page


@pytest.mark.parametrize(
    ("section", "values", "told"),
    [
        ("replying", {"stop_words": ()}, "Set replying.stop_words."),
        ("x", {"summoned_by": "anything"}, "x.summoned_by is 'anything', which only Enterprise plans allow."),
        ("x", {"messages": True}, "Set replying.privacy_url."),
    ],
)
def test_a_demand_that_is_not_met_says_what_to_do(section, values, told):
    settings = Settings.model_validate({section: values})

    assert told in [demand.remedy for demand in demands(settings) if demand.met is False]


def test_the_settings_as_they_come_meet_all_that_heed_can_see():
    assert [demand for demand in demands(Settings()) if demand.met is False] == []
