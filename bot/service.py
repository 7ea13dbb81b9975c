"""The composition root: the only place that knows which concrete parts there are. What opens last closes first."""

from __future__ import annotations

import asyncio
import errno
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog
from aiohttp import web
from procrastinate.exceptions import ConnectorException

from bot import memory
from bot.desks import DeskReception, add_desk_doors
from bot.dialogue.advising import ServiceAdviser
from bot.dialogue.opening import Talk, open_talk
from bot.erasing import Rechecker
from bot.errors import HeedError, PortTaken
from bot.hearing import keep_hearing
from bot.jobs import CONVERSE, DECIDE, DELIVER, HAND_OVER, Foreman, Workshop, job_app
from bot.nlu.encoder import SentenceEncoder
from bot.nlu.phrases import NO_PHRASES
from bot.offline import Dispatch, open_desk
from bot.parsing import Reader, add_parsing
from bot.processor import sharing_cores
from bot.training import Librarian, Progress, drop_former_vectors, index, load_brain, load_phrases, silent, train
from bot.web import add_health
from bot.webhooks import Reception, add_x_webhook
from console.app import add_console
from responders.email.receiving import Letterbox, receiving_replies
from responders.outbox import Desk
from responders.x.client import open_client
from responders.x.keywords import XKeywords
from responders.x.listener import XListener
from responders.x.messages import XMessages
from responders.x.own_posts import XOwnPosts
from responders.x.posts import CHANNEL
from responders.x.responder import XResponder, budget_of
from responders.x.tokens import vault_for
from storage import escalations
from storage.database import Database
from storage.embedded import embedded_server
from storage.escalations import NoSuchCase
from storage.migrating import migrate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence

    from procrastinate import App

    from bot.ports import Adviser, Listener
    from bot.settings import Settings, XSettings
    from bot.training import Brain
    from responders.x.client import XClient

log = structlog.get_logger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds between two starts of a part that failed, doubling from the first to the longest."""

AGAIN_SECONDS = 5.0
"""Patience with a part that was told to stop before it is told again."""

DUE_SECONDS = 1.0
"""How long after it is due a job may begin: jobs for later make no noise when their time comes, and are looked for."""

PORTS_TRIED = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Heed, running."""

    settings: Settings
    database: Database
    url: str  #: Of the console.
    workshop: Workshop
    reply_port: int = 0  #: Where replies to cases are taken by SMTP; 0 where none are.

    @property
    def brain(self) -> Brain:
        """What decides at this moment; a changed knowledge base brings another."""
        return self.workshop.brain()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Channels:
    """What is heard and how replies leave, by channel."""

    listeners: tuple[Listener, ...] = ()
    desks: Mapping[str, Desk] = field(default_factory=dict)
    x: XClient | None = None


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[Database]:
    """Open the database that the settings name, or the embedded one, and migrate it. Raises StorageDown."""
    async with AsyncExitStack() as stack:
        if settings.database.url is not None:
            address = settings.database.url.get_secret_value()
        else:
            address = stack.enter_context(embedded_server(settings.data.folder / "postgres"))
        yield await stack.enter_async_context(opened(address, settings))


@asynccontextmanager
async def opened(address: str, settings: Settings) -> AsyncIterator[Database]:
    """Open and migrate the database at *address*. Raises StorageDown."""
    async with Database(address, pool=settings.database.pool) as database:
        await asyncio.to_thread(migrate, database)
        yield database


async def prepare(settings: Settings, database: Database, progress: Progress = silent) -> Brain:
    """Index and train whatever changed, and load it. The first time takes a minute. Raises DataError, StorageDown."""
    encoder = await load_encoder(settings, progress)
    indexed = await index(settings, database, encoder, progress)
    log.info("indexed", articles=indexed.articles, changed=indexed.changed, encoded=indexed.encoded)
    brain = await train(settings, database, encoder, progress=progress)
    await drop_former_vectors(database, encoder)
    memory.give_back()
    return brain


async def load_encoder(settings: Settings, progress: Progress = silent) -> SentenceEncoder:
    """Load the encoder off the event loop."""
    progress("Loading the encoder", 0, 1)
    encoder = await asyncio.to_thread(SentenceEncoder, settings.encoder)
    await asyncio.to_thread(encoder.encode, ["warm"])
    progress("Loading the encoder", 1, 1)
    return encoder


async def wake(settings: Settings, database: Database) -> Brain:
    """Load what was trained before, without looking at any file. Raises NotTrained, StorageDown."""
    return await load_brain(settings, database, await load_encoder(settings))


@asynccontextmanager
async def running(
    settings: Settings, database: Database, brain: Brain, *, serve: bool = True, listen: bool = True
) -> AsyncIterator[Service]:
    """Run all parts until the context ends.

    Jobs run always, the console with *serve*, the channels' listeners with
    *listen*.

    Raises SettingsError, PortTaken, StorageDown. A channel that cannot be reached is tried again and again meanwhile.
    """
    async with AsyncExitStack() as stack:
        stack.enter_context(sharing_cores())
        bench = stack.enter_context(ThreadPoolExecutor(1, thread_name_prefix="bench"))
        app = job_app(database, connections=settings.worker.concurrency + 2)
        await stack.enter_async_context(app.open_async())
        foreman = Foreman(app)
        channels = await _open_channels(settings, database, stack)
        talks = settings.dialogue.leads and (serve or settings.dialogue.rasa == "server")
        talk = await stack.enter_async_context(open_talk(settings, database, now)) if talks else None
        desk = await stack.enter_async_context(open_desk(settings))
        librarian = Librarian(brain, settings, database, bench=bench)
        workshop = Workshop(
            settings=settings,
            database=database,
            brain=lambda: librarian.brain,
            bench=bench,
            desks=channels.desks,
            foreman=foreman,
            recheckers=_recheckers(settings, database, channels),
            dialogue=talk.rasa if talk else None,
            phrases=await asyncio.to_thread(load_phrases, settings) if talk else NO_PHRASES,
            dispatch=Dispatch(settings=settings, database=database, desk=desk, clock=now) if desk else None,
        )
        url, reply_port = "", 0
        if serve:
            if settings.email.reply_domain and workshop.dispatch is not None:
                reply_port = await stack.enter_async_context(receiving_replies(_letterbox(settings, workshop)))
            url = await stack.enter_async_context(_serving(settings, database, workshop, channels, talk))
            if talk is not None:
                talk.found_at(url)
        parts: dict[str, Callable[[], Awaitable[None]]] = {
            "worker": lambda: _work(app, workshop, settings),
            "sweeper": lambda: _sweep(workshop, settings.worker.sweep_seconds),
            "librarian": librarian.keep,
        }
        for listener in channels.listeners if listen else ():
            parts[f"listener {listener.stream}"] = _hearing(listener, database, settings, foreman)
        for rechecker in workshop.recheckers if listen else ():
            parts[f"rechecker {rechecker.channel}"] = rechecker.keep
        if talk is not None:
            parts["rasa"] = talk.keep
        await stack.enter_async_context(_supervised(parts))
        yield Service(settings=settings, database=database, url=url, workshop=workshop, reply_port=reply_port)


def _hearing(
    listener: Listener, database: Database, settings: Settings, foreman: Foreman
) -> Callable[[], Awaitable[None]]:
    return lambda: keep_hearing(listener, database, settings, heard=foreman.decide)


async def _open_channels(settings: Settings, database: Database, stack: AsyncExitStack) -> _Channels:
    if not settings.x.enabled:
        return _Channels()
    client = await stack.enter_async_context(open_client(settings.x, now, vault=vault_for(settings.x, database)))
    desk = Desk(
        database=database,
        responder=XResponder(client, now),
        rules=settings.replying,
        clock=now,
        # A request may still be on its way until its timeout; only after that can our timeline prove anything.
        settle_seconds=settings.x.timeout_seconds + settings.x.settle_seconds,
        budget=budget_of(settings.x),
        privacy=settings.privacy,
    )
    return _Channels(x=client, desks={CHANNEL: desk}, listeners=_listeners(client, settings.x))


def _listeners(client: XClient, settings: XSettings) -> tuple[Listener, ...]:
    listeners: list[Listener] = [XListener(client, settings, now), XOwnPosts(client, settings, now)]
    if settings.messages:
        listeners.append(XMessages(client, settings, now))
    if settings.keywords:
        listeners.append(XKeywords(client, settings, now))
    return tuple(listeners)


def _recheckers(settings: Settings, database: Database, channels: _Channels) -> tuple[Rechecker, ...]:
    client, days = channels.x, settings.x.recheck_days
    if client is None or not days:
        return ()

    async def gone(ids: Sequence[str]) -> Collection[str]:
        return (await client.posts(ids)).missing

    return (Rechecker(database=database, channel=CHANNEL, gone=gone, days=days),)


async def _work(app: App, workshop: Workshop, settings: Settings) -> None:
    await app.run_worker_async(
        queues=[
            DECIDE,
            DELIVER,
            *([CONVERSE] if workshop.dialogue else []),
            *([HAND_OVER] if workshop.dispatch else []),
        ],
        concurrency=settings.worker.concurrency,
        install_signal_handlers=False,
        shutdown_graceful_timeout=settings.x.timeout_seconds,
        fetch_job_polling_interval=DUE_SECONDS,
        delete_jobs="successful",
        update_heartbeat_interval=settings.worker.heartbeat_seconds,
        stalled_worker_timeout=settings.worker.stalled_seconds,
        additional_context={"workshop": workshop},
    )


async def _sweep(workshop: Workshop, pause: float) -> None:
    while True:
        await workshop.sweep()
        await asyncio.sleep(pause)


@asynccontextmanager
async def _supervised(parts: Mapping[str, Callable[[], Awaitable[None]]]) -> AsyncIterator[None]:
    """Run *parts* side by side, start again what fails, and stop all of them at the end."""
    tasks = [asyncio.create_task(_keep_up(name, start), name=name) for name, start in parts.items()]
    try:
        yield
    finally:
        await _stop(tasks)


async def _stop(tasks: Collection[asyncio.Task[None]]) -> None:
    """Cancel *tasks* until each has ended: a driver may turn a cancellation into an error of its own, and lose it."""
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=AGAIN_SECONDS)


async def _keep_up(name: str, start: Callable[[], Awaitable[None]]) -> None:
    pause = FIRST_PAUSE
    while True:
        began = asyncio.get_running_loop().time()
        try:
            await start()
        except Exception as error:
            if (task := asyncio.current_task()) and task.cancelling():
                return
            log.error(  # noqa: TRY400 - a known error's sentence says more than its traceback
                "part failed", part=name, problem=str(error), again_in=pause, exc_info=not _is_known(error)
            )
        if asyncio.get_running_loop().time() - began > LONGEST_PAUSE:
            pause = FIRST_PAUSE
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


def _is_known(error: Exception) -> bool:
    return isinstance(error, HeedError | ConnectorException)


@asynccontextmanager
async def _serving(
    settings: Settings, database: Database, workshop: Workshop, channels: _Channels, talk: Talk | None
) -> AsyncIterator[str]:
    app = web.Application()
    add_health(app, database=database, workshop=workshop)
    reader = Reader(lambda: workshop.brain().steps.understander, workshop.bench)
    parse_token = talk.hops.parse_token if talk else settings.web.parse_token.get_secret_value().strip()
    add_parsing(app, reader, token=parse_token, phrases=workshop.phrases)
    if talk is not None:
        _add_actions(app, settings, _adviser(settings, database, workshop), token=talk.hops.actions_token)
    add_console(app, database=database, settings=settings, enqueue=workshop.foreman.deliver)
    if workshop.dispatch is not None:
        add_desk_doors(app, DeskReception(settings=settings, hear=workshop.hear_desk, clock=now))
    if channels.x is not None and settings.x.webhook:
        add_x_webhook(app, _reception(settings, database, channels.x, workshop.foreman))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2.0)
    await runner.setup()
    try:
        listening = _bind(settings.web.host, settings.web.port, next_free=settings.web.next_free_port)
        await web.SockSite(runner, listening).start()
        yield f"http://{settings.web.host}:{listening.getsockname()[1]}"
    finally:
        await runner.cleanup()


def _letterbox(settings: Settings, workshop: Workshop) -> Letterbox:
    async def knows(reference: str) -> bool:
        try:
            async with workshop.database.begin() as connection:
                await escalations.find(connection, reference)
        except NoSuchCase:
            return False
        return True

    return Letterbox(settings=settings.email, knows=knows, hear=workshop.hear_desk)


def _add_actions(app: web.Application, settings: Settings, adviser: Adviser, *, token: str) -> None:
    from bot.acting import add_actions, check_names, make_executor  # noqa: PLC0415 - Rasa's SDK takes a second to load

    check_names()
    executor = make_executor(adviser, keep_days=settings.offline.keep_days, privacy=settings.privacy)
    add_actions(app, executor, token=token)


def _adviser(settings: Settings, database: Database, workshop: Workshop) -> ServiceAdviser:
    return ServiceAdviser(
        settings=settings,
        database=database,
        steps=lambda: workshop.brain().steps,
        limits=workshop.limits_now,
        bench=workshop.bench,
    )


def _reception(settings: Settings, database: Database, client: XClient, foreman: Foreman) -> Reception:
    return Reception(
        database=database,
        client=client,
        settings=settings,
        secret=settings.x.consumer_secret.get_secret_value().strip(),
        heard=foreman.decide,
    )


def _bind(host: str, port: int, *, next_free: bool) -> socket.socket:
    for candidate in range(port, port + (PORTS_TRIED if next_free else 1)):
        try:
            return socket.create_server((host, candidate))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise PortTaken(
                    f"Cannot listen on {host}:{candidate}: {error.strerror}; set web.host and web.port."
                ) from error
    raise PortTaken(
        f"Port {port} on {host} is taken by another program; stop it, or set web.port (HEED_WEB_PORT) to a free one."
    )


def now() -> datetime:
    """Give the present moment."""
    return datetime.now(UTC)
