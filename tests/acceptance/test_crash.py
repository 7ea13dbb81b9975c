"""A service that is killed between post and record says nothing twice and forgets nothing."""

import asyncio
import os
import signal
import sys

import aiohttp
import pytest

from bot.cli.crashing import Plan, rehearse
from tests.acceptance.stage import CLEAR, until

RUN = [sys.executable, "-c", "from bot.cli.main import main; main()", "run"]


@pytest.fixture
def environment(stage):
    """The stage's settings as a process of its own takes them."""
    x, worker = stage.settings.x, stage.settings.worker
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("HEED_")},
        "HEED_DATABASE_URL": stage.settings.database.url.get_secret_value(),
        "HEED_DECIDING_MODE": "auto",
        "HEED_WEB_PORT": "0",
        "HEED_X_ENABLED": "true",
        "HEED_X_BASE_URL": stage.url,
        "HEED_X_CONSUMER_KEY": x.consumer_key.get_secret_value(),
        "HEED_X_CONSUMER_SECRET": x.consumer_secret.get_secret_value(),
        "HEED_X_ACCESS_TOKEN": x.access_token.get_secret_value(),
        "HEED_X_ACCESS_TOKEN_SECRET": x.access_token_secret.get_secret_value(),
        "HEED_X_POLL_SECONDS": "0.25",
        "HEED_X_TIMEOUT_SECONDS": "2",
        "HEED_X_SETTLE_SECONDS": "0.5",
        "HEED_WORKER_HEARTBEAT_SECONDS": str(worker.heartbeat_seconds),
        "HEED_WORKER_STALLED_SECONDS": str(worker.stalled_seconds),
        "HEED_WORKER_SWEEP_SECONDS": str(worker.sweep_seconds),
    }


async def test_killed_between_post_and_record_leaves_one_reply_and_one_receipt(stage, environment):
    first = await asyncio.create_subprocess_exec(*RUN, env=environment, stderr=asyncio.subprocess.DEVNULL)
    try:
        await until(stage.cursor)
        async with aiohttp.ClientSession() as session:
            fault = {"kind": "held", "method": "POST", "path": "/2/tweets", "times": 1}
            async with session.post(f"{stage.url}/sandbox/faults", json=fault) as answer:
                assert answer.status < 300
            post = stage.say(CLEAR)
            await until(lambda: stage.answers(post))
    finally:
        first.send_signal(signal.SIGKILL)
        await first.wait()
    assert await stage.receipts() == 0
    async with aiohttp.ClientSession() as session, session.delete(f"{stage.url}/sandbox/faults"):
        pass

    second = await asyncio.create_subprocess_exec(*RUN, env=environment, stderr=asyncio.subprocess.DEVNULL)
    try:
        await until(stage.receipts)
        # Something new goes through meanwhile, so that a second reply would have had its chance.
        other = stage.say(CLEAR, author="other_one")
        await until(lambda: stage.answers(other))
    finally:
        second.send_signal(signal.SIGTERM)
        code = await asyncio.wait_for(second.wait(), 30)

    assert len(stage.answers(post)) == 1
    assert await stage.receipts() == 2
    assert code == 0


async def test_a_short_drill_loses_nothing_and_says_nothing_twice(stage):
    """The long one is `heed drill crash`."""
    figures = await rehearse(stage.settings, stage.database, Plan(mentions=40, kills=2, workers=2, seed=7))

    assert figures["decided"] == figures["mentions"] == 40
    assert figures["replies"] == figures["receipts"] > 0
    assert figures["lost"] == figures["duplicate_replies"] == 0
