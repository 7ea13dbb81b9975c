"""What the handlers of one sandbox share."""

import asyncio
from dataclasses import dataclass, field

from aiohttp import web

from sandbox.changes import Change
from sandbox.config import SandboxConfig
from sandbox.deliveries import Pause
from sandbox.faults import Faults
from sandbox.limits import Limits
from sandbox.notices import Notices
from sandbox.oauth import Credentials
from sandbox.post_office import PostOffice
from sandbox.world import World

Stream = asyncio.Queue[Change | None]  #: Changes to send; None ends the stream.


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """One running sandbox."""

    config: SandboxConfig
    world: World
    credentials: Credentials
    limits: Limits
    faults: Faults
    notices: Notices
    post_office: PostOffice
    pause: Pause  #: Waits for so many seconds.
    released: asyncio.Condition = field(default_factory=asyncio.Condition)  #: Notified to let held answers go.
    streams: set[Stream] = field(default_factory=set)  #: One for each open event stream.

    async def release(self) -> None:
        """Let every held answer go, and every event that a fault holds back."""
        self.notices.announcer.release()
        async with self.released:
            self.released.notify_all()


SANDBOX = web.AppKey("sandbox", Sandbox)
