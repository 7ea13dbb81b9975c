"""A sandbox in this process and our client on it, and a clock that only tests move."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import stamina
from aiohttp.test_utils import TestServer

from bot.settings import XSettings
from responders.x.asking import TRIES
from responders.x.client import open_client
from sandbox.config import SandboxConfig
from sandbox.server import create_app
from sandbox.state import SANDBOX
from sandbox.world import NewPost, World


class Clock:
    """Stands still until it is moved; each reading is a millisecond after the last, so that ids grow with time."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now

    def move(self, **step: float) -> None:
        self.now += timedelta(**step)


@pytest.fixture(autouse=True)
def _without_pauses():
    """Let reads be tried again at once."""
    with stamina.set_testing(testing=True, attempts=TRIES):
        yield


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def world(clock):
    return World(clock=clock)


@pytest.fixture
async def platform(world):
    async with TestServer(create_app(world, SandboxConfig())) as running:
        yield running


@pytest.fixture
def sandbox(platform):
    """The sandbox's own switches: faults, credentials, held answers."""
    return platform.app[SANDBOX]


def settings_for(origin: str, **changes: object) -> XSettings:
    keys = SandboxConfig()
    given = {
        "enabled": True,
        "base_url": origin,
        "consumer_key": keys.consumer_key,
        "consumer_secret": keys.consumer_secret,
        "access_token": keys.access_token,
        "access_token_secret": keys.access_token_secret,
        "bearer_token": keys.bearer_token,
        "settle_seconds": 0,
    }
    return XSettings.model_validate(given | changes)


@pytest.fixture
def settings(platform):
    return settings_for(str(platform.make_url("/")))


@pytest.fixture
async def client(settings, clock):
    async with open_client(settings, clock) as opened:
        yield opened


@pytest.fixture
def say(world):
    """Publish a post and give its id."""

    def publish(author: str, text: str = "", **references: str) -> str:
        return world.post(NewPost(author=author, text=text, **references)).id

    return publish


@dataclass
class Question:
    """A customer's post, and what the brand answered to it."""

    id: str
    world: World

    @property
    def answers(self) -> list[str]:
        replies = self.world.replies(self.world.get(self.id))
        return [reply.body for reply in replies if reply.author.id == self.world.brand.id]


@pytest.fixture
def ask(world, say):
    """Let a customer ask the brand something."""

    def asked(author: str = "mara_k", text: str = "it does not start") -> Question:
        return Question(id=say(author, f"@TarnwellHelp {text}"), world=world)

    return asked
