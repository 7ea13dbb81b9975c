"""All the ways in which the sandbox tells an app of changes without being asked: webhooks and streams."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import aiohttp
from aiohttp import web

from sandbox.activity import Subscriptions
from sandbox.announcer import Announcer
from sandbox.deliveries import Courier, Pause
from sandbox.faults import Faults
from sandbox.filtered import FilteredStream
from sandbox.taps import Taps
from sandbox.webhooks import Webhooks
from sandbox.world import World

_ACTIVITY_CONNECTIONS = 2  #: https://docs.x.com/x-api/fundamentals/rate-limits


class Notices:
    """Puts the parts together, and runs them while the server runs."""

    def __init__(self, world: World, secret: str, faults: Faults, pause: Pause) -> None:
        self.webhooks = Webhooks(world.clock, secret)
        self.subscriptions = Subscriptions(world.clock)
        self.activity = Taps(most=_ACTIVITY_CONNECTIONS)
        self.search = FilteredStream(world)
        self.courier = Courier(self.webhooks, world.clock, pause)
        self.announcer = Announcer(
            world, subscriptions=self.subscriptions, courier=self.courier, stream=self.activity, faults=faults
        )
        self._world = world
        self._session: aiohttp.ClientSession | None = None

    @property
    def session(self) -> aiohttp.ClientSession:
        """What the sandbox reaches receivers with while the server runs."""
        assert self._session is not None  # noqa: S101  # requests come only while it runs
        return self._session

    async def running(self, _: web.Application) -> AsyncIterator[None]:
        """Listen to the world and deliver, from the start of the server to its end."""
        hearing = [self._world.subscribe(hear) for hear in (self.announcer.hear, self.search.hear)]
        async with aiohttp.ClientSession() as self._session:
            delivering = asyncio.create_task(self.courier.run(self._session))
            try:
                yield
            finally:
                for end in hearing:
                    end()
                delivering.cancel()
                with suppress(asyncio.CancelledError):
                    await delivering

    def disconnect(self) -> None:
        """End every connection as X does for reasons of its own."""
        self.activity.disconnect()
        self.search.taps.disconnect()

    def end_streams(self) -> None:
        """Let every connection end."""
        self.activity.end()
        self.search.taps.end()
