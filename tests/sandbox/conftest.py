"""A running sandbox, and the real tweepy client pointed at it."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer
from tweepy.asynchronous import AsyncClient
from yarl import URL

from sandbox.config import SandboxConfig
from sandbox.server import create_app
from sandbox.world import NewPost, World


class Clock:
    """A clock that stands still until it is moved; each reading is a millisecond after the last."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now

    def move(self, **step: float) -> None:
        self.now += timedelta(**step)


class Rerouted:
    """A session that sends every request to another origin, path and query unchanged."""

    def __init__(self, session: aiohttp.ClientSession, origin: str) -> None:
        self._session = session
        self._origin = origin

    def request(self, method: str, url: str | URL, **options: Any) -> Any:
        return self._session.request(method, URL(self._origin + URL(url).raw_path_qs, encoded=True), **options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)


@dataclass
class Pauses:
    """Remembers the pauses asked for, and makes none."""

    seconds: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(clock: Clock) -> World:
    return World(clock=clock)


@pytest.fixture
def config() -> SandboxConfig:
    return SandboxConfig(port=0)


@pytest.fixture
def pauses() -> Pauses:
    return Pauses()


@pytest.fixture
async def web(world: World, config: SandboxConfig, pauses: Pauses) -> AsyncIterator[TestClient]:
    """A plain HTTP client of the sandbox."""
    async with TestClient(TestServer(create_app(world, config, pause=pauses))) as client:
        yield client


@pytest.fixture
def connect(web: TestClient, config: SandboxConfig) -> Callable[..., AsyncClient]:
    """Makes a tweepy client; keys can be given to differ from the sandbox's own."""

    def make(**keys: str) -> AsyncClient:
        own = {
            "bearer_token": config.bearer_token,
            "consumer_key": config.consumer_key,
            "consumer_secret": config.consumer_secret,
            "access_token": config.access_token,
            "access_token_secret": config.access_token_secret,
        }
        client = AsyncClient(**own | keys)
        client.session = Rerouted(web.session, str(web.make_url("")).rstrip("/"))
        return client

    return make


@pytest.fixture
def x(connect: Callable[..., AsyncClient]) -> AsyncClient:
    """The brand's tweepy client."""
    return connect()


@pytest.fixture
def say(world: World) -> Callable[..., str]:
    """Publishes a post and gives its id."""

    def publish(author: str, text: str = "", **references: Any) -> str:
        return world.post(NewPost(author=author, text=text, **references)).id

    return publish
