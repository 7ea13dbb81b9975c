"""The help desk's mail: an SMTP server that keeps what it takes, and answers that go out by SMTP."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count

import aiosmtplib
import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

from sandbox.changes import Change, ChangeKind, Changes, Listener
from sandbox.mail import Answer, Mail, compose, read
from sandbox.refusals import NoSuchMail, NotPossible
from sandbox.snowflake import Clock
from sandbox.society import checked, utc_now

LONGEST_ANSWER = 10_000  #: Characters.
_LARGEST = 1_000_000  #: Bytes of a mail.
_PATIENCE_SECONDS = 10.0  #: With whoever takes the answers.
_NAME = "sandbox"  #: How it greets.
_log = structlog.get_logger(__name__)


class PostOffice:
    """Takes the mails of cases, and sends what the help desk answers."""

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0, clock: Clock = utc_now) -> None:
        self.host = host
        self.port = port  #: Where mails are taken; 0, any free one, until it is open.
        self._replies_to: tuple[str, int] | None = None
        self._clock = clock
        self._numbers = count(1)
        self._mails: dict[str, Mail] = {}
        self._changes = Changes()
        self._talking: set[SMTP] = set()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Take mails while the context lasts; raises OSError where the port is taken."""
        server = await asyncio.get_running_loop().create_server(self._greet, self.host, self.port)
        self.port = server.sockets[0].getsockname()[1]
        _log.info("post_office_listening", port=self.port)
        try:
            yield
        finally:
            server.close()
            for caller in self._talking:
                if caller.transport:
                    caller.transport.close()

    def send_replies_to(self, host: str, port: int) -> None:
        """Send answers to Heed's own SMTP port from now on."""
        self._replies_to = host, port

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call *listener* on every mail that comes or is answered; the function returned ends that."""
        return self._changes.subscribe(listener)

    def mails(self) -> list[Mail]:
        """List all mails, newest first."""
        return list(reversed(self._mails.values()))

    def get(self, number: str) -> Mail:
        """Return one mail; raises `NoSuchMail`."""
        if number not in self._mails:
            raise NoSuchMail(f"There is no mail {number}.")
        return self._mails[number]

    async def answer(self, number: str, text: str, *, resolves: bool = False) -> Mail:
        """Send an answer to where the mail wants it, and give the mail with it.

        Raises `NoSuchMail`, `BadText`, and `NotPossible` where nobody takes the answer.
        """
        mail = self.get(number)
        words = checked(text.strip(), "answer", longest=LONGEST_ANSWER)
        answer = Answer(text=words, resolves=resolves, sent_at=self._clock())
        await self._send(mail, answer)
        return self._keep(self.get(number).answered(answer))

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802
        """Keep a mail; aiosmtpd calls this."""
        content = envelope.content or b""
        number = str(next(self._numbers))
        self._keep(read(content if isinstance(content, bytes) else content.encode(), number, self._clock()))
        return f"250 Kept as {number}"

    def _greet(self) -> SMTP:
        self._talking = {caller for caller in self._talking if caller.transport}
        caller = SMTP(
            self,
            hostname=_NAME,
            ident=_NAME,
            data_size_limit=_LARGEST,
            enable_SMTPUTF8=True,
            loop=asyncio.get_running_loop(),
        )
        self._talking.add(caller)
        return caller

    async def _send(self, mail: Mail, answer: Answer) -> None:
        if self._replies_to is None:
            raise NotPossible(
                "Nobody has said yet where Heed takes answers; POST its host and port to /sandbox/replies."
            )
        host, port = self._replies_to
        try:
            await aiosmtplib.send(
                compose(mail, answer), hostname=host, port=port, timeout=_PATIENCE_SECONDS, start_tls=False
            )
        except (aiosmtplib.SMTPException, OSError) as error:
            raise NotPossible(f"Heed did not take the answer: {error}") from error

    def _keep(self, mail: Mail) -> Mail:
        self._mails[mail.id] = mail
        self._changes.tell(Change(kind=ChangeKind.MAILED))
        return mail
