"""A real SMTP server that keeps what it is given, or refuses, fails or hangs."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy

from aiosmtpd.smtp import SMTP


@dataclass
class PostOffice:
    """Answers with *answer* to a mail; *port* is where."""

    answer: str = "250 OK"
    recipients: str = "250 OK"
    hangs: bool = False
    mails: list = field(default_factory=list)
    port: int = 0
    server: asyncio.Server | None = None
    connections: list = field(default_factory=list)

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        envelope.rcpt_tos.append(address)
        return self.recipients

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.hangs:
            await asyncio.Event().wait()
        if self.answer.startswith("250"):
            self.mails.append(message_from_bytes(envelope.original_content, policy=policy.default))
        return self.answer

    async def close(self):
        self.server.close()
        for connection in self.connections:
            if connection.transport is not None:
                connection.transport.close()
            if connection._handler_coroutine is not None:
                connection._handler_coroutine.cancel()
                await asyncio.wait([connection._handler_coroutine])
        await self.server.wait_closed()


@asynccontextmanager
async def post_office(tls=None):
    office, loop = PostOffice(), asyncio.get_running_loop()

    def connect():
        office.connections.append(SMTP(office, enable_SMTPUTF8=True, hostname="post.test", loop=loop, tls_context=tls))
        return office.connections[-1]

    office.server = await loop.create_server(connect, "127.0.0.1", 0)
    office.port = office.server.sockets[0].getsockname()[1]
    try:
        yield office
    finally:
        await office.close()
