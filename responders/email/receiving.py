"""Takes replies to cases by SMTP, from the brand's own mail server; what cannot be stored is not taken."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from aiosmtpd.smtp import SMTP

from bot import telemetry
from bot.errors import Forged, PortTaken, StorageDown
from responders.cases import MalformedEvent
from responders.email.addresses import read_address
from responders.email.replies import read_reply
from storage.escalations import NoSuchCase

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from aiosmtpd.smtp import Envelope, Session

    from bot.settings import EmailSettings
    from bot.vocabulary import DeskEvent

LARGEST_MAIL = 10_485_760
"""Bytes; a reply may carry files, though they are not kept."""

IDLE_SECONDS = 60.0
"""Silence after which a connection is closed."""

MOST_CONNECTIONS = 50

DOOR = "email"

_TAKEN = "250 Taken"
_LATER = "451 4.3.0 Heed cannot store the mail now; send it again later"
_UNKNOWN = "550 5.1.1 No case has this address"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterbox:
    """What happens to replies."""

    settings: EmailSettings
    knows: Callable[[str], Awaitable[bool]]  #: Says whether there is a case with a reference. Raises StorageDown.
    hear: Callable[[DeskEvent], Awaitable[None]]
    """Stores an event and has its replies sent. Raises StorageDown, NoSuchCase, MalformedEvent."""


@asynccontextmanager
async def receiving_replies(letterbox: Letterbox) -> AsyncIterator[int]:
    """Take replies until the end, and give the port. Raises PortTaken."""
    settings = letterbox.settings
    loop, desk, open_ones = asyncio.get_running_loop(), _Clerk(letterbox), set[_Connection]()
    try:
        server = await loop.create_server(
            lambda: _Connection(desk, open_ones, loop), settings.reply_host, settings.reply_port
        )
    except OSError as error:
        place = f"{settings.reply_host}:{settings.reply_port}"
        raise PortTaken(
            f"Cannot take replies on {place}: {error.strerror}; set email.reply_host and email.reply_port."
        ) from error
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await asyncio.gather(*[connection.end() for connection in [*open_ones]])
        await server.wait_closed()


class _Connection(SMTP):
    """One client of ours, which is known and can be ended."""

    def __init__(self, clerk: _Clerk, open_ones: set[_Connection], loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(
            clerk,
            data_size_limit=LARGEST_MAIL,
            enable_SMTPUTF8=True,
            ident="Heed",
            timeout=IDLE_SECONDS,
            loop=loop,
            hostname="heed",
        )
        self._open_ones = open_ones

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._open_ones.add(self)
        if len(self._open_ones) > MOST_CONNECTIONS:
            transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        self._open_ones.discard(self)
        super().connection_lost(error)

    async def end(self) -> None:
        """Hang up, and wait until nothing of the connection runs any more."""
        if self.transport is not None:
            self.transport.close()
        if self._handler_coroutine is not None:
            self._handler_coroutine.cancel()
            await asyncio.wait([self._handler_coroutine])


class _Clerk:
    """Answers the commands of SMTP; the names of its methods are aiosmtpd's."""

    def __init__(self, letterbox: Letterbox) -> None:
        self._box = letterbox

    async def handle_RCPT(  # noqa: N802
        self, _: SMTP, __: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take recipients that are cases of ours."""
        try:
            is_known = await self._box.knows(self._reference(address))
        except Forged:
            is_known = False
        except StorageDown as error:
            return self._put_off(error)
        if not is_known:
            telemetry.DESK_EVENTS.labels(DOOR, "unknown").inc()
            return _UNKNOWN
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a mail once everything in it is stored."""
        raw = envelope.original_content or b""
        try:
            for reference in dict.fromkeys(self._reference(address) for address in envelope.rcpt_tos):
                await self._take(raw, reference)
        except StorageDown as error:
            return self._put_off(error)
        except MalformedEvent as error:
            telemetry.DESK_EVENTS.labels(DOOR, "malformed").inc()
            log.warning("reply mail refused", problem=str(error))
            return f"554 5.6.0 {error}"
        except NoSuchCase:
            telemetry.DESK_EVENTS.labels(DOOR, "unknown").inc()
            return _UNKNOWN
        return _TAKEN

    async def handle_exception(self, error: Exception) -> str:
        """Keep a mail that broke the reading with whoever sent it."""
        telemetry.DESK_EVENTS.labels(DOOR, "failed").inc()
        log.error("reply mail not read", exc_info=error)
        return _LATER

    async def _take(self, raw: bytes, reference: str) -> None:
        event = await asyncio.to_thread(read_reply, raw, reference)  # a large one takes a while
        if event is not None:
            await self._box.hear(event)
        telemetry.DESK_EVENTS.labels(DOOR, "passed_over" if event is None else "taken").inc()
        log.info("reply mail taken", reference=reference, kind=event.kind if event else "automatic")

    def _reference(self, address: str) -> str:
        settings = self._box.settings
        return read_address(address, domain=settings.reply_domain, key=settings.reply_key.get_secret_value().strip())

    def _put_off(self, error: StorageDown) -> str:
        telemetry.DESK_EVENTS.labels(DOOR, "failed").inc()
        log.warning("reply mail put off", problem=str(error))
        return _LATER
