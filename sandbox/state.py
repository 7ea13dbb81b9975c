"""What the handlers of one sandbox share."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

from sandbox.config import SandboxConfig
from sandbox.faults import Faults
from sandbox.limits import Limits
from sandbox.oauth import Credentials
from sandbox.world import Change, World

Pause = Callable[[float], Awaitable[None]]
Stream = asyncio.Queue[Change | None]  #: Changes to send; None ends the stream.


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """One running sandbox."""

    config: SandboxConfig
    world: World
    credentials: Credentials
    limits: Limits
    faults: Faults
    pause: Pause  #: Waits for so many seconds.
    released: asyncio.Condition = field(default_factory=asyncio.Condition)  #: Notified to let held answers go.
    streams: set[Stream] = field(default_factory=set)  #: One for each open event stream.

    async def release(self) -> None:
        """Let every held answer go."""
        async with self.released:
            self.released.notify_all()


SANDBOX = web.AppKey("sandbox", Sandbox)
