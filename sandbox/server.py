"""Builds the sandbox's web application and keeps it listening."""

import asyncio
import errno
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog
from aiohttp import web

from sandbox import api, consent, control, page
from sandbox.config import SandboxConfig
from sandbox.deliveries import Pause
from sandbox.faults import Faults
from sandbox.gate import gate
from sandbox.limits import Limits
from sandbox.notices import Notices
from sandbox.oauth import Credentials
from sandbox.origin import same_origin
from sandbox.post_office import PostOffice
from sandbox.state import SANDBOX, Sandbox
from sandbox.world import World

_TRIES = 50  #: Ports looked at after a taken one.
_log = structlog.get_logger(__name__)


class PortTaken(OSError):
    """Another program listens on the port."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a sandbox listens."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """The page's address, and the origin of the API, without a slash at the end."""
        return f"http://{self.host}:{self.port}"


def create_app(
    world: World,
    config: SandboxConfig,
    *,
    faults: Faults | None = None,
    post_office: PostOffice | None = None,
    pause: Pause = asyncio.sleep,
) -> web.Application:
    """Build the sandbox over *world*: X's API under /2, its control under /sandbox, and the pages.

    *faults* are those that a scenario arms, and *post_office* is what its help desk has, when there is one. *pause*
    waits out latencies and the time between two deliveries of an event; tests pass their own.
    """
    app, faults = web.Application(middlewares=[same_origin, gate]), faults or Faults()
    notices = Notices(world, config.consumer_secret, faults, pause)
    post_office = post_office or PostOffice(host=config.host, port=config.mail_port, clock=world.clock)
    app[SANDBOX] = Sandbox(
        config=config,
        world=world,
        credentials=Credentials(config, world.clock),
        limits=Limits(world.clock, scale=config.limit_scale),
        faults=faults,
        notices=notices,
        post_office=post_office,
        pause=pause,
    )
    app.add_routes([*api.routes(), *consent.routes(), *control.routes(), *page.routes()])
    page.set_up(app)
    app.cleanup_ctx.append(notices.running)
    app.cleanup_ctx.append(_post_office_open)
    app.on_shutdown.append(_let_go)
    return app


@asynccontextmanager
async def running(
    world: World,
    config: SandboxConfig,
    *,
    faults: Faults | None = None,
    post_office: PostOffice | None = None,
    next_free: bool = False,
) -> AsyncIterator[Address]:
    """Listen while the context lasts, with the *faults* and the *post_office* of a scenario, when there is one.

    Port 0 takes any free port. A taken port raises `PortTaken`, or with *next_free* gives way to the next free one; a
    taken port of the help desk's mail raises OSError.
    """
    app = create_app(world, config, faults=faults, post_office=post_office)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    try:
        await runner.setup()
        listener = _bind(config, tries=_TRIES if next_free else 1)
        await web.SockSite(runner, listener).start()
        address = Address(config.host, listener.getsockname()[1])
        _log.info("sandbox_listening", url=address.url)
        yield address
    finally:
        await runner.cleanup()


def _bind(config: SandboxConfig, *, tries: int) -> socket.socket:
    for port in range(config.port, config.port + tries):
        try:
            return socket.create_server((config.host, port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
    raise PortTaken(f"Port {config.port} on {config.host} is taken; choose another, or 0 for any free one.")


async def _post_office_open(app: web.Application) -> AsyncIterator[None]:
    async with app[SANDBOX].post_office.open():
        yield


async def _let_go(app: web.Application) -> None:
    """End event streams and held answers, so that the server can stop."""
    for stream in app[SANDBOX].streams:
        stream.put_nowait(None)
    app[SANDBOX].notices.end_streams()
    await app[SANDBOX].release()
